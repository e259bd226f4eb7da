"""Comments that give a tensor's shape, such as `# (…, seq, d_head)`."""

import re

_SIZE = r"(?:\.\.\.|…|\*?[A-Za-z_]\w*(?: ?[*+-] ?\w+)?|\d+)"
_TUPLE = re.compile(rf"[(\[]\s*{_SIZE}\s*(?:[,x×]\s*{_SIZE}\s*)+,?\s*[)\]]")
_SIZES_IN_A_ROW = re.compile(rf"(?<![\w.]){_SIZE}(?:\s*[x×]\s*{_SIZE})+(?![\w.])")
_WORD = re.compile(r"\b(?:shapes?|dims?|sizes?)\b", re.IGNORECASE)


def gives_a_shape(text: str) -> bool:
    """Whether a comment or a docstring gives the shape of something."""
    return bool(
        _TUPLE.search(text) or _SIZES_IN_A_ROW.search(text) or (_WORD.search(text) and re.search(r"[(\[\d]", text))
    )
