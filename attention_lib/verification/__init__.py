"""What `verify()` in `attention_lib.progress` does: run the notebook again from the top, remember, show."""
