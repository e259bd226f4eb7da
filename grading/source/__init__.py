"""The instructor's notebook: its mistakes, and what it was compiled into."""
