"""Where this checkout lies, and the error that names what is missing. Imports nothing, for a quick start of workers."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


class CourseError(Exception):
    """Something of the course is missing; the message names it and the remedy."""
