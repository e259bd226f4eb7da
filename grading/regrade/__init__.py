"""`python -m grading regrade`: the class's submissions judged by corrected tests."""
