"""Comments that give a tensor's shape, such as `# (…, seq, d_head)`, `# n_q by d_k`, or `# shape of Q: n_q, d_k`."""

import re

_NAME = r"(?:\.\.\.|…|\*?[A-Za-z_]\w{0,15}(?: ?[*+/-] ?\w{1,15})?)"
_SIZE = rf"(?:{_NAME}|\d+)"
# (a, b), (2, 3), [a, b]; no lists of numbers, which may be anything.
_TUPLE = re.compile(
    rf"\(\s*{_SIZE}\s*(?:,\s*{_SIZE}\s*)+,?\s*\)|\[\s*{_NAME}\s*(?:,\s*{_SIZE}\s*)+,?\s*\]|\(\s*{_SIZE}\s*,\s*\)"
)
_ROW = re.compile(rf"(?<![\w.]){_SIZE}(?: [x×] {_SIZE})+(?![\w.])|(?<![\w.])\d+(?:[x×]\d+)+(?![\w.])")
# What only can be a size: a number, a letter, or a name of the field such as n_q, seq or d_model.
_FIELD_SIZE = (
    r"(?:\.\.\.|…|[A-Z]|[a-z]|[dnh]_\w{1,10}|d[kvq]|seq(?:_?len\w*)?|batch(?:_size)?|heads|dim|tokens|queries|keys"
    r"|width)"
)
_BY = re.compile(
    rf"(?<![\w.])(?<!divide )(?<!multiply )(?<!scale )(?:{_FIELD_SIZE} by {_FIELD_SIZE}|\d+ by \d+)(?![\w.])"
    r"|(?<![\w.])[dn]_\w{1,10} ?[x×*,] ?[dn]_\w{1,10}(?![\w.])"
)
_AFTER_SHAPE = re.compile(
    rf"\bshape\b(?: of \w{{1,20}})?(?: is| are)? ?[:=]? ?"
    rf"[(\[<]?\s*(?:\d+|{_FIELD_SIZE})\s*(?:[,x×]\s*(?:\d+|{_FIELD_SIZE})\s*)+(?!\w)",
    re.IGNORECASE,
)


def gives_a_shape(text: str) -> bool:
    """Whether a comment or a docstring gives the shape of something."""
    return any(form.search(text) for form in (_TUPLE, _ROW, _BY, _AFTER_SHAPE))
