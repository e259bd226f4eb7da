"""All that a student's server needs of the hub: its nbgrader configuration, and the submit that hands in to a service.

Imports nothing of `grading`, nor of the rest of `hub`, so that this folder alone may be readable by students.
"""
