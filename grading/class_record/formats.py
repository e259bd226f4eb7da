"""How the class's tables write ids, points and sentences."""


def printable(text: str) -> str:
    """The text as a terminal may show it: what cannot be printed is spelt out, as Python does."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def one_line(text: str) -> str:
    """The text on one line, with what cannot be printed spelt out."""
    return printable(" ".join(text.split()))


def number(points: float) -> str:
    """Points as people write them: 1, 0.5."""
    return f"{round(points, 6) + 0:.10g}"
