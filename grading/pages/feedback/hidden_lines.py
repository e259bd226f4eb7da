"""The last look before a page leaves: no line of a hidden test is on it."""

import io
import re
import tokenize
from collections.abc import Iterable
from html import escape, unescape
from html.parser import HTMLParser

SHORTEST = 20  # characters; a shorter line, such as `)` or `x = x + 1`, tells nothing
WITHHELD = "[withheld]"

_TAG = re.compile(r"<[^>]*>")
_BEGIN, _END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"  # nbgrader's own delimiters (ClearHiddenTests)


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
        inside = False
        for number, line in enumerate(source.split("\n"), start=1):
            if _BEGIN in line:
                inside = True
            elif _END in line:
                inside = False
            elif inside:
                line = _single_spaces(line)
                if len(line) >= SHORTEST and line not in known and not (number in in_strings and line in said):
                    hidden.add(line)
    return hidden


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
    page = _Page(html)
    text = _single_spaces("".join(seen for _, seen in page.text))
    found = {line for line in lines if line in text}
    in_attributes = {line for line in lines for _, value in page.attributes if line in _single_spaces(value)}
    if not found and not in_attributes:
        return html, set()
    text, places = _squeezed(page.text)
    cuts, beginnings = set(), set()
    for line in found:
        start = text.find(line)
        while start >= 0:
            cuts.update(places[start : start + len(line)])
            beginnings.add(places[start])
            start = text.find(line, start + 1)
    return page.without(cuts, beginnings, in_attributes), found | in_attributes


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


def _squeezed(pieces: list[tuple[int, str]]) -> tuple[str, list[tuple[int, int]]]:
    """The text of `pieces` with white space as one space, and for each character its piece and place in it."""
    characters, places = [], []
    for index, text in pieces:
        for offset, character in enumerate(text):
            if character.isspace():
                if characters and characters[-1] == " ":
                    continue
                character = " "
            characters.append(character)
            places.append((index, offset))
    return "".join(characters), places


class _Page(HTMLParser):
    """A page in pieces that can be put together again."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=False)
        self._pieces: list[str] = []  # the page's own characters
        self.text: list[tuple[int, str]] = []  # piece, what the reader sees of it
        self.attributes: list[tuple[int, str]] = []  # piece, value of one of its attributes
        self.feed(html)
        self.close()

    def without(self, cuts: set[tuple[int, int]], beginnings: set[tuple[int, int]], lines: set[str]) -> str:
        pieces = list(self._pieces)
        cut: dict[int, set[int]] = {}
        for index, offset in cuts:
            cut.setdefault(index, set()).add(offset)
        seen = dict(self.text)
        for index, offsets in cut.items():
            rest = []
            for offset, character in enumerate(seen[index]):
                if (index, offset) in beginnings:
                    rest.append(WITHHELD)
                if offset not in offsets:
                    rest.append(escape(character))
            pieces[index] = "".join(rest)
        for index, value in self.attributes:
            if any(line in _single_spaces(value) for line in lines):
                pieces[index] = pieces[index].split(None, 1)[0].rstrip(">") + ">"
        return "".join(pieces)

    def handle_starttag(self, tag, attrs):
        self._pieces.append(self.get_starttag_text())
        self.attributes.extend((len(self._pieces) - 1, value) for _, value in attrs if value and len(value) < 20_000)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        self._pieces.append(f"</{tag}>")

    def handle_data(self, data):
        self._show(data, data)

    def handle_entityref(self, name):
        self._show(f"&{name};", unescape(f"&{name};"))

    def handle_charref(self, name):
        self._show(f"&#{name};", unescape(f"&#{name};"))

    def handle_comment(self, data):
        self._show(f"<!--{data}-->", "")

    def handle_decl(self, decl):
        self._pieces.append(f"<!{decl}>")

    def _show(self, raw: str, seen: str) -> None:
        self._pieces.append(raw)
        if seen:
            self.text.append((len(self._pieces) - 1, seen))
