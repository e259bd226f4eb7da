"""What the assignment is: its cells, and what their code says."""
