"""What the instructor looks at: the class's table in the terminal, as CSV, and as one HTML page."""
