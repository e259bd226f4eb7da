"""The assignment as its notebook declares it: its cells, what their code says, its answers, what is built over what."""
