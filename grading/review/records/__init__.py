"""Replies and decisions, in the gradebook's database beside nbgrader's tables."""
