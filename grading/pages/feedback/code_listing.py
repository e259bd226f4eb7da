"""A student's code as lines with numbers and colours."""

from dataclasses import dataclass

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from grading.pages.feedback.plain_text import cut_lines

MOST_LINES = 1_000
MOST_CHARACTERS = 40_000

_LEXER = PythonLexer(stripnl=False, ensurenl=False)
_FORMATTER = HtmlFormatter(nowrap=True)


@dataclass(frozen=True)
class Remark:
    """A comment beside lines `first` to `last` (counted from 1) of a cell; `html` is sanitised.

    by: who answers for it: `code`, which shows it, or `a person`, who approved a model's words
    before, after, section: a small example, and the title of the lesson's section that explains it; each may be ""
    """

    first: int
    last: int
    html: Markup
    by: str
    before: str = ""
    after: str = ""
    section: str = ""


@dataclass(frozen=True)
class Line:
    """One line of code: its number from 1, its HTML, and the remarks that end at it."""

    number: int
    html: Markup
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Listing:
    """Code to show. `cut` says what is missing, or is empty."""

    lines: tuple[Line, ...]
    cut: str


def code_listing(source: str, remarks: list[Remark] = ()) -> Listing:
    """Return the lines of `source` (plain text) with their colours as pygments' short CSS classes.

    Remarks on lines that do not exist, or were cut, stand at the last line.
    """
    source = source.strip("\n") if not remarks else source.rstrip("\n")
    source, cut = cut_lines(source, MOST_LINES, MOST_CHARACTERS)
    html = highlight(source, _LEXER, _FORMATTER).split("\n")
    count = source.count("\n") + 1
    html = (html + [""] * count)[:count]
    ending: dict[int, list[Remark]] = {}
    for remark in remarks:
        ending.setdefault(min(max(remark.last, 1), count), []).append(remark)
    lines = tuple(
        Line(number, Markup(line), tuple(ending.get(number, ()))) for number, line in enumerate(html, start=1)
    )
    return Listing(lines, cut)
