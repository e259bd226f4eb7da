"""Findings: what code can prove of an answer's style, without a model, a network, or running it."""
