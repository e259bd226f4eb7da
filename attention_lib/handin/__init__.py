"""A student's side of handing in: pack, hash, send, receipt."""
