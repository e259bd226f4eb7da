"""The course as nbgrader's configuration names it: folders, time zone, student ids."""
