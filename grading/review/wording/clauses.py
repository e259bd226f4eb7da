"""Reads a comment clause by clause. What no clause accounts for is not understood, and then a person must read it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from attention_lib.findings.code import Code
from grading.review.checkers.grounded import Grounded
from grading.review.said import Said, said
from grading.review.wording.english import ADVICE, LEADS, MACROS
from grading.review.wording.simpler import simpler

MOST_PIECES = 24
OWN_FUNCTIONS = ("project_qkv", "attention_scores", "attention_weights", "aggregate_values")
_CONNECTORS = (
    "and",
    "but",
    "so",
    "because",
    "since",
    "as",
    "while",
    "therefore",
    "thus",
    "then",
    "also",
    "however",
    "hence",
    "which means",
    "this means",
    "that means",
    "meaning",
    "so that",
    "that is why",
    "though",
    "although",
    "yet",
    "and so",
    "and then",
    "and also",
    "and thus",
    "and therefore",
    "given that",
    "here",
    "in fact",
)
_JOIN = re.compile(
    r" (?=(?:instead of|rather than|without|which|to|for|before|by|that) )|(?: ?, ?| |^)(?:"
    + "|".join(sorted(map(re.escape, _CONNECTORS), key=len, reverse=True))
    + r")(?: , (?:and |but )?| |$)| , "
)
# Parts a text from the facts that are put behind it, and those from each other.
_FACTS = "\x1f"
_LEAD = re.compile("^" + LEADS)
_ADVICE = re.compile("^" + ADVICE)
_MACRO = re.compile(r"\{(\w+)\}|\{\?(\w+):((?:[^{}]|\{\w+\})*)\}")
# A name that may fill a slot carries the slot's letter: `@0sc` is a subject that stands in the lines.
_LETTERS = {
    "subject": "s",
    "own": "o",
    "place": "p",
    "code": "c",
    "tool": "t",
    "constant": "k",
    "operand": "x",
    "wide": "w",
}


@dataclass(frozen=True)
class Clause:
    """A form of words. It says something true if `needs` are among the facts.

    pattern: a regular expression over whole clauses, with `{slots}`, `{macros}` and `{?fact:words}`, which are words
        that need a fact, its blanks written as `_`. A slot `{subject}` is a name that the
        claim has to be true of, `{place}` the function around, `{code}` anything that stands in these lines' code,
        `{tool}` what may be used instead, `{number}` a number that the claim is true of
    states: whether the clause states the kind's claim
    """

    pattern: str
    needs: tuple[str, ...] = ()
    states: bool = False


@dataclass(frozen=True)
class Wording:
    """All that a comment of one kind may say. macros: parts of patterns by their names.

    aliases: words for what may stand in backticks, if it stands in the commented lines too
    number_words: words for numbers
    """

    clauses: tuple[Clause, ...]
    macros: dict[str, str]
    aliases: dict[str, str]
    number_words: dict[float, str]


class Reader:
    """Reads comments of one kind."""

    def __init__(self, wording: Wording):
        self._macros = {**MACROS, **wording.macros}
        self._aliases = {_tight(name): words for name, words in wording.aliases.items()}
        self._number_words = wording.number_words
        self._clauses = [(clause, self._expanded(clause.pattern)) for clause in wording.clauses]
        self._compiled: list[tuple[Clause, re.Pattern] | None] = [None] * len(self._clauses)
        self.words = _words(LEADS + " " + ADVICE + " " + " ".join(pattern for _, pattern in self._clauses))

    def trouble(self, text: str, grounded: Grounded, code: Code, lines: tuple[int, int]) -> str | None:
        """Why this text may say something that was not confirmed, as a sentence; None if all of it is understood."""
        it = said(text, self.words, code.names, lines)
        if it.outside:
            return f"It speaks of line {it.outside[0]}, which it is not about."
        marked = [self._marked(sentence, it, grounded, code, lines) for sentence in it.sentences]
        expressions = self._expressions(grounded.facts)
        facts = _FACTS + _FACTS.join(sorted(grounded.facts)) + _FACTS
        stated = False
        for plain, sentence in zip(it.sentences, marked):
            read = _read(sentence, expressions, facts)
            if read is None:
                unknown = [word for word in re.findall(r"(?<![@#\w])[^\W\d_]+", plain) if word not in self.words]
                if unknown:
                    return f"The word “{unknown[0][:40]}” is not understood."
                return f"“{_as_written(plain, it)[:120]}” is not understood, or is more than the code shows."
            stated |= read
        return None if stated else "It does not say what the checker confirmed."

    def _marked(self, sentence: str, it: Said, grounded: Grounded, code: Code, lines: tuple[int, int]) -> str:
        """The sentence with words for what has an alias, and with its names and numbers marked by what they may be."""
        text = code.without_prose(*lines)

        def name(match: re.Match) -> str:
            written = it.names[int(match[1])]
            plain = written.removesuffix("()")
            stands = _stands_in(written.removeprefix("."), text)
            if stands and _tight(written) in self._aliases:
                return self._aliases[_tight(written)]
            fits = {
                "subject": written in grounded.names
                or plain in grounded.names
                or plain.removeprefix(".") in grounded.names,
                "own": plain in OWN_FUNCTIONS and f"calls {plain}" in grounded.facts,
                "operand": f"on {plain}" in grounded.facts,
                "wide": f"width of {plain}" in grounded.facts,
                "place": plain in code.places_at(*lines),
                "code": stands,
                "tool": plain in grounded.tools or written in grounded.tools,
                "constant": plain in ("None", "True", "False") and stands,
            }
            return match[0] + "".join(_LETTERS[slot] for slot, fit in fits.items() if fit)

        def number(match: re.Match) -> str:
            value = it.numbers[int(match[1])]
            return self._number_words.get(value, match[0] + ("n" if value in grounded.numbers else ""))

        return re.sub(r"#(\d+)", number, re.sub(r"@(\d+)", name, sentence))

    def _expressions(self, facts: frozenset[str]) -> list[tuple[Clause, re.Pattern]]:
        """The clauses that these facts allow, those that state the claim first."""
        for place, compiled in enumerate(self._compiled):
            if compiled is None:
                clause, pattern = self._clauses[place]
                self._compiled[place] = (clause, re.compile(f"(?:{pattern}){_FACTS}.*"))
        allowed = [pair for pair in self._compiled if set(pair[0].needs) <= facts]
        return sorted(allowed, key=lambda pair: not pair[0].states)

    def _expanded(self, pattern: str) -> str:
        """The pattern without macros. A condition looks for its fact behind the text, where `_read` puts the facts."""

        def expand(match: re.Match) -> str:
            if match[1] is None:
                fact = match[2].replace("_", " ")
                return f"(?:(?=.*{_FACTS}{fact}{_FACTS})(?:{self._expanded(match[3])}))"
            if match[1] in _LETTERS:
                return rf"@\d+[a-z]*{_LETTERS[match[1]]}[a-z]*"
            if match[1] == "number":
                return r"#\d+n"
            return f"(?:{self._expanded(self._macros[match[1]])})"

        return _MACRO.sub(expand, pattern)


def _read(sentence: str, expressions: list[tuple[Clause, re.Pattern]], facts: str) -> bool | None:
    """Cut the sentence at connectors so that a clause accounts for each piece; True if one states the claim."""
    cuts = [(0, 0)] + [match.span() for match in _JOIN.finditer(sentence)] + [(len(sentence),) * 2]
    if cuts[1][0] == 0:
        cuts.pop(0)
    if len(cuts) > MOST_PIECES:
        return None
    reached: dict[int, bool] = {0: False}
    for start in range(len(cuts) - 1):
        if start not in reached:
            continue
        for end in range(start + 1, len(cuts)):
            piece = sentence[cuts[start][1] : cuts[end][0]].replace(" ,", "").strip()
            meaning = _meaning(piece, expressions, facts)
            if meaning is not None:
                reached[end] = reached.get(end, False) or reached[start] or meaning
    return reached.get(len(cuts) - 1)


def _meaning(piece: str, expressions: list[tuple[Clause, re.Pattern]], facts: str) -> bool | None:
    if not piece:
        return False
    forms = {piece: None, _LEAD.sub("", piece): None}
    forms |= {_ADVICE.sub("", form): None for form in list(forms)}
    forms |= {simpler(form): None for form in list(forms)}
    forms |= {_ADVICE.sub("", form): None for form in list(forms)}
    for form in filter(None, forms):
        for clause, expression in expressions:
            if expression.fullmatch(form + facts):
                return clause.states
    return None


def _words(pattern: str) -> frozenset[str]:
    """The words that a pattern may match, endings that may be left out included."""
    found = {word for phrase in _CONNECTORS for word in phrase.split()}
    pattern = re.sub(r"\(\?=\.\*[^)]*\)|\\[a-z]|\[\w*\]|@\S*", " ", pattern)
    for word, may_lack in re.findall(r"([a-z]+)(\??)", re.sub(r"\(\?:([a-z])\)\?", r"\1?", pattern)):
        found.add(word)
        if may_lack:
            found.add(word[:-1])
    for stem, endings in re.findall(r"([a-z]+)\(\?:([a-z|]+)\)", pattern):
        found.update(stem + ending for ending in endings.split("|"))
    return frozenset(found)


def _stands_in(fragment: str, text: str) -> bool:
    wanted = _tight(fragment.removesuffix("()").strip(". ") if fragment.endswith("…") else fragment.removesuffix("()"))
    if not wanted:
        return False
    edge_before = r"(?<!\w)" if wanted[0].isalnum() or wanted[0] == "_" else ""
    edge_after = r"(?!\w)" if wanted[-1].isalnum() or wanted[-1] == "_" else ""
    return bool(re.search(edge_before + re.escape(wanted) + edge_after, _tight(text)))


def _tight(text: str) -> str:
    return re.sub(r"(?<!\w)[ \t]+|[ \t]+(?!\w)", "", text)


def _as_written(sentence: str, it: Said) -> str:
    sentence = re.sub(r"@(\d+)", lambda match: f"`{it.names[int(match[1])]}`", sentence)
    return re.sub(r"#(\d+)", lambda match: f"{it.numbers[int(match[1])]:g}", sentence)


def wording(
    clauses: Sequence[Clause],
    aliases: dict[str, str] | None = None,
    number_words: dict[float, str] | None = None,
    **macros: str,
) -> Wording:
    """The wording of a kind, with macros of its own."""
    return Wording(tuple(clauses), macros, aliases or {}, number_words or {})
