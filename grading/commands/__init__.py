"""What `python -m grading` runs for the whole class."""
