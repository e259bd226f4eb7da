"""The exchange on the staff's side, and plain `nbgrader submit`: regular files only, deadlines, feedback's way back."""
