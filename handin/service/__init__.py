"""The hand-in service: takes submissions over HTTP, stamps and stores them where no student can reach.

With nbgrader's own exchange a student owns the files in `inbound/`, and may change them, their time and their name
later.
"""
