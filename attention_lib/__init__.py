"""What students of the attention lesson import: pictures, checks, the running example, and `verify()`."""
