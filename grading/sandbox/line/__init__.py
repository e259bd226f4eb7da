"""What goes over the line between the trusted process and the student's: data, never code."""
