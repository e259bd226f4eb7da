"""The last look before a page leaves: no line of a hidden test is on it."""

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from html import unescape

from bs4 import BeautifulSoup, NavigableString
from nbgrader.preprocessors import ClearHiddenTests

SHORTEST = 20  # characters; a shorter line, such as `)` or `x = x + 1`, tells nothing
WITHHELD = "[withheld]"

_TAG = re.compile(r"<[^>]*>")


def hidden_lines(test_sources: Iterable[str], student_sources: Iterable[str], messages: Iterable[str]) -> set[str]:
    """Return the lines that must not be on a student's page, with single spaces.

    These are the lines between nbgrader's delimiters (to the end of the cell if the last is missing) that have at
    least `SHORTEST` characters. A line that the student's own text holds is no secret. Nor is one inside a string of
    several lines, if a check's message says it: that is the sentence and not the test.

    Args:
        test_sources: the texts of the test cells.
        student_sources: the texts of the student's cells.
        messages: the sentences of the check records.
    """
    known = "\n".join(_single_spaces(source) for source in student_sources)
    said = "\n".join(_single_spaces(message) for message in messages)
    hidden = set()
    for source in test_sources:
        in_strings = _lines_in_strings(source)
        for number, line in _between_delimiters(source):
            line = _single_spaces(line)
            if len(line) >= SHORTEST and line not in known and not (number in in_strings and line in said):
                hidden.add(line)
    return hidden


def hidden_tests(source: str) -> str:
    """The lines between nbgrader's delimiters, to the end where the last is missing; "" where there are none."""
    return "\n".join(line for _, line in _between_delimiters(source)).strip("\n")


def _between_delimiters(source: str) -> Iterator[tuple[int, str]]:
    """These lines with their numbers, from 1."""
    delimiters, inside = ClearHiddenTests(), False
    for number, line in enumerate(source.split("\n"), start=1):
        if delimiters.begin_test_delimeter in line:
            inside = True
        elif delimiters.end_test_delimeter in line:
            inside = False
        elif inside:
            yield number, line


def withhold(html: str, lines: set[str]) -> tuple[str, set[str]]:
    """Take hidden lines out of a page.

    Looks at the page as a reader sees it: tags apart, entities decoded, any white space as one space; and at the
    values of attributes.

    Args:
        html: the whole page.
        lines: as `hidden_lines` gives them.

    Returns:
        The page with `WITHHELD` in place of each line, and the lines that were found.
    """
    quick = _single_spaces(unescape(_TAG.sub("", html))) + "\n" + _single_spaces(unescape(html))
    if not any(line in quick for line in lines):
        return html, set()
    page = BeautifulSoup(html, "html.parser")
    found = _out_of_attributes(page, lines) | _out_of_text(page, lines)
    return (str(page) if found else html), found


def _out_of_attributes(page: BeautifulSoup, lines: set[str]) -> set[str]:
    found = set()
    for tag in page.find_all(True):
        for name, value in list(tag.attrs.items()):
            text = " ".join(value) if isinstance(value, list) else value
            # A longer one is a picture.
            here = {line for line in lines if line in _single_spaces(text)} if len(text) < 20_000 else set()
            if here:
                del tag[name]
                found |= here
    return found


def _out_of_text(page: BeautifulSoup, lines: set[str]) -> set[str]:
    pieces = [piece for piece in page.find_all(string=True) if type(piece) is NavigableString]
    text = "".join(pieces)
    found, cuts, beginnings = set(), set(), set()
    for line in lines:
        wanted = re.compile(r"\s+".join(map(re.escape, line.split())))
        match = wanted.search(text)
        while match:
            found.add(line)
            cuts.update(range(*match.span()))
            beginnings.add(match.start())
            match = wanted.search(text, match.start() + 1)
    offset = 0
    for piece in pieces:
        places = range(offset, offset + len(piece))
        offset = places.stop
        if not cuts.isdisjoint(places):
            rest = (WITHHELD * (at in beginnings) + c * (at not in cuts) for at, c in zip(places, piece, strict=True))
            piece.replace_with("".join(rest))
    return found


def _single_spaces(text: str) -> str:
    return " ".join(text.split())


def _lines_in_strings(source: str) -> set[int]:
    """The numbers of the lines that lie wholly within a string of several lines; none if the text is not Python."""
    inside: set[int] = set()
    starts: list[int] = []
    f_start, f_end = getattr(tokenize, "FSTRING_START", None), getattr(tokenize, "FSTRING_END", None)
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.STRING:
                inside.update(range(token.start[0] + 1, token.end[0]))
            elif token.type == f_start:
                starts.append(token.start[0])
            elif token.type == f_end:
                inside.update(range(starts.pop() + 1, token.end[0]))
    except (tokenize.TokenError, SyntaxError, IndexError):
        return set()
    return inside
