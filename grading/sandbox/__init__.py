"""Where student code runs. SANDBOX.md says what is promised.

`inside/` runs within the walls, `line/` is what both sides speak, and the files here are the trusted side.
"""
