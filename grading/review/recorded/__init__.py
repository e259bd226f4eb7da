"""Answers of a real model, recorded for demonstrations and tests, and the server that repeats them."""
