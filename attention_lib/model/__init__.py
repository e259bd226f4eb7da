"""The tiny pretrained transformer, and what puts a student's attention into it."""
