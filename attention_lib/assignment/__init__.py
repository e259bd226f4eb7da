"""The assignment as its notebook declares it: answers, names, points, and what is built over what."""
