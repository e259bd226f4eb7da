"""`make hub`: a complete course on this machine's loopback, to try the workflow. It protects nobody."""
