"""The teaching assistants' desk: a web page where people decide about comments that wait."""
