"""The page that a student gets: what was right, what was not, and where to look."""
