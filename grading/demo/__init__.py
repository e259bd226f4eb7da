"""A small class that hands in the assignment, and the run of the whole course over it."""
