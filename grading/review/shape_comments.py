"""Comments that give a tensor's shape, such as `# (…, seq, d_head)`."""

import re

_NAME = r"(?:\.\.\.|…|\*?[A-Za-z_]\w{0,15}(?: ?[*+/-] ?\w{1,15})?)"
_SIZE = rf"(?:{_NAME}|\d+)"
# (a, b), (2, 3), [a, b]; no lists of numbers, which may be anything.
_TUPLE = re.compile(
    rf"\(\s*{_SIZE}\s*(?:,\s*{_SIZE}\s*)+,?\s*\)|\[\s*{_NAME}\s*(?:,\s*{_SIZE}\s*)+,?\s*\]|\(\s*{_SIZE}\s*,\s*\)"
)
_ROW = re.compile(rf"(?<![\w.]){_SIZE}(?: [x×] {_SIZE})+(?![\w.])|(?<![\w.])\d+(?:[x×]\d+)+(?![\w.])")


def gives_a_shape(text: str) -> bool:
    """Whether a comment or a docstring gives the shape of something."""
    return bool(_TUPLE.search(text) or _ROW.search(text))
