"""The pages that people read: feedback for a student, the report on the class."""
