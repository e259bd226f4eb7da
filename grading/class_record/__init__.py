"""What is known of a class and an assignment, read once: for the terminal's table, the CSV and the report."""
