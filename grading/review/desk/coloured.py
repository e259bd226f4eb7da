"""Code as lines of coloured pieces that a page can write as text, with what cannot be seen made visible."""

import re
import unicodedata

from pygments.lexers import PythonLexer
from pygments.token import STANDARD_TYPES

from grading.pages.feedback.code_listing import MOST_CHARACTERS, MOST_LINES
from grading.pages.feedback.plain_text import cut_lines, plain_text

UNSEEN = "unseen"
_LEXER = PythonLexer(stripnl=False, ensurenl=False)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")

Piece = tuple[str, str]


def coloured_lines(source: str) -> tuple[list[list[Piece]], str]:
    """The lines of `source` as pieces of (pygments' short CSS class, text), and what was cut, in words.

    Invisible characters (zero width, direction, tags) become pieces of the class UNSEEN, such as "U+200B".
    """
    source, cut = cut_lines(plain_text(source).rstrip("\n"), MOST_LINES, MOST_CHARACTERS)
    lines: list[list[Piece]] = [[]]
    for token, text in _LEXER.get_tokens(source):
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            lines[-1] += _pieces(STANDARD_TYPES.get(token, ""), part)
    count = source.count("\n") + 1
    return (lines + [[] for _ in range(count)])[:count], cut


def visible(text: str) -> str:
    """A sentence with its invisible characters written out, such as "[U+200B]"."""
    return "".join(f"[{part}]" if name == UNSEEN else part for name, part in _pieces("", plain_text(text)))


def _pieces(name: str, text: str) -> list[Piece]:
    if not text:
        return []
    if not _BEYOND_ASCII.search(text):
        return [(name, text)]
    pieces: list[Piece] = []
    for character in text:
        if unicodedata.category(character) in ("Cf", "Co", "Cn", "Zl", "Zp"):
            pieces.append((UNSEEN, f"U+{ord(character):04X}"))
        elif pieces and pieces[-1][0] == name:
            pieces[-1] = (name, pieces[-1][1] + character)
        else:
            pieces.append((name, character))
    return pieces
