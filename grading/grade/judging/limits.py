"""Limits of time for one submission."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds that one cell, and all runs of one submission together, may take."""

    cell_seconds: float
    total_seconds: float
