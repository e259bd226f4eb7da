"""What `verify()` in `attention_lib.progress` does: run the notebook afresh, remember, show."""
