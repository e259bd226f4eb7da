"""A comment's text, made ready for reading: plain words, with names, numbers and line numbers set apart."""

import re
import unicodedata
from dataclasses import dataclass

_CONTRACTED = {
    "isn't": "is not",
    "aren't": "are not",
    "wasn't": "was not",
    "doesn't": "does not",
    "don't": "do not",
    "didn't": "did not",
    "can't": "cannot",
    "couldn't": "could not",
    "won't": "will not",
    "wouldn't": "would not",
    "hasn't": "has not",
    "haven't": "have not",
    "needn't": "need not",
    "it's": "it is",
    "that's": "that is",
    "there's": "there is",
    "you're": "you are",
    "you've": "you have",
    "here's": "here is",
    "what's": "what is",
    "it'd": "it would",
    "it'll": "it will",
    "you'd": "you would",
    "you'll": "you will",
    "can not": "cannot",
    "let's": "let us",
    "i'd": "i would",
    "e.g.": "such as",
    "i.e.": "that is",
}
_CONTRACTIONS = re.compile(r"\b(?:" + "|".join(map(re.escape, _CONTRACTED)) + r")(?!\w)", re.IGNORECASE)
_LINES = re.compile(r"\blines? (\d+)(?:(?:\s*[-–]\s*| to | and | through )(\d+))?", re.IGNORECASE)
# Stands for `@` until no other `@` is left.
_NAME = "\ue000"
_KEYWORDS = frozenset({"return", "raise", "break", "continue", "pass", "import", "for", "while", "lambda", "def"})
_QUOTED = re.compile(r"(`+)(.+?)\1")
_BARE_NAME = re.compile(
    r"(?<![\w@.])(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?:\(\))?|\.[A-Za-z_]\w*(?:\(\))?"
    r"|[A-Za-z]\w*\(\)|[A-Za-z]*_\w*|[A-Za-z]+\d\w*)"
)
_WORD = re.compile(r"[A-Za-z]+")
_NUMBER = re.compile(r"(?<![\w@.])\d+(?:\.\d+)?(?![\w.]*\w)")
_BREAK = re.compile(r"\s*(?:[.!?:;]+(?=\s|$)|\s[-–—]+\s|—|\(|\)|…)\s*")


@dataclass(frozen=True)
class Said:
    """What a text says, in pieces.

    sentences: lists of words without punctuation but the comma; a name is `@0`, `@1` …, a number `#0`, `#1` …
    names: what stands for the names, as written, without the backticks
    numbers: what stands for the numbers
    outside: the line numbers that the text names and the comment is not about
    """

    sentences: tuple[str, ...]
    names: tuple[str, ...]
    numbers: tuple[float, ...]
    outside: tuple[int, ...]


def said(text: str, words: frozenset[str], identifiers: frozenset[str], lines: tuple[int, int]) -> Said:
    """Take a text apart. A bare word that is an identifier of the code is a name, unless it is one of `words`."""
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    names: list[str] = []
    numbers: list[float] = []
    outside: list[int] = []

    def name(found: str) -> str:
        if found in _KEYWORDS or re.fullmatch(r"\d+(?:\.\d+)?", found):
            return f" {found} "
        names.append(found)
        return f" {_NAME}{len(names) - 1} "

    def line_words(match: re.Match) -> str:
        named = [int(group) for group in match.groups() if group and len(group) < 7] or [-1]
        outside.extend(line for line in named if not lines[0] <= line <= lines[1])
        return "these lines" if match[2] else "this line"

    # What could be taken for the marks of names and numbers, or for the end of the text, is none of it.
    text = re.sub(rf"[\x00-\x1f\x7f{_NAME}]", " ", text)
    text = re.sub(r"(?<!\w)\((\s*\d[\d\s,.x×]*)\)", r" \1 ", text)
    text = re.sub(r"(?<![\w'])'([A-Za-z_]\w*)'(?!\w)", r"`\1`", text)
    text = _QUOTED.sub(lambda match: name(match[2].strip()), text)
    text = re.sub(r"[@#]+(?=\w)|#", " ¤ ", text)
    text = _CONTRACTIONS.sub(lambda match: _CONTRACTED[match[0].lower()], text)
    text = _LINES.sub(line_words, text)
    text = _BARE_NAME.sub(lambda match: name(match[0]), text)
    text = re.sub(r"(?<=\s)@(?=\s|$)|(?<=\s)~(?=\s|$)", lambda match: name(match[0]), text)
    text = _WORD.sub(
        lambda match: (
            name(match[0])
            if match[0] in identifiers and match[0].lower() not in words and match[0] != "I"
            else match[0]
        ),
        text,
    )

    text = text.replace(_NAME, "@")

    def number(match: re.Match) -> str:
        numbers.append(float(match[0][:300]))
        return f" #{len(numbers) - 1} "

    text = _NUMBER.sub(number, text)
    sentences = []
    for sentence in _BREAK.split(text.lower().replace('"', " ")):
        plain = re.sub(r"\s+", " ", re.sub(r"(?<=[a-z])-(?=[a-z])", " ", sentence.replace(",", " , "))).strip(" ,'*")
        if plain:
            sentences.append(plain)
    return Said(tuple(sentences), tuple(names), tuple(numbers), tuple(outside))


def names_in(text: str) -> tuple[str, ...]:
    """What a text marks as code, by backticks or by its form, as written."""
    return said(text, frozenset(), frozenset(), (1, 1)).names
