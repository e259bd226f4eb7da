"""How far a model's reviews can be trusted: labelled answers, what a run says of them, and the table of its figures."""
