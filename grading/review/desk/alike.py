"""Puts comments together that make the same claim, so that a person reads it once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grading.review.desk.class_comments import Card

# Words that two texts share, of all that they have; a name in backticks counts as a name, whichever it is.
NEARLY_SAME = 0.8

_NAME = re.compile(r"`[^`]*`")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Group:
    """Comments of one kind on one cell with nearly the same text, over different answers."""

    cards: tuple[Card, ...]


def groups(cards: Iterable[Card], cells: Sequence[str]) -> list[Group]:
    """The groups, the most doubtful first; among these the ones that concern most students.

    cells: the answers' grade_ids in the notebook's order
    Alike are only comments that are equally doubtful, and on answers that are equally right: one key may decide about
    all of a group.
    """
    ordered = sorted(cards, key=lambda card: (*_rank(card), card.stored.text, card.key))
    leaders: dict[tuple, list[tuple[frozenset[str], list[Card]]]] = {}
    found: list[list[Card]] = []
    for card in ordered:
        words = _words(card.stored.text)
        known = leaders.setdefault((card.cell, card.stored.kind, card.right, card.doubt, bool(card.again)), [])
        group = next((members for theirs, members in known if _nearly_same(words, theirs)), None)
        if group is None:
            group = []
            known.append((words, group))
            found.append(group)
        group.append(card)
    return [Group(tuple(members)) for members in sorted(found, key=lambda members: _group_rank(members, cells))]


def _rank(card: Card) -> tuple[int, int]:
    return -card.doubt, -len(card.copies)


def _group_rank(members: Sequence[Card], cells: Sequence[str]) -> tuple:
    students = sum(len(card.copies) for card in members)
    first = members[0]
    cell = cells.index(first.cell)
    return -first.doubt, -students, cell, first.stored.text, first.key


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_NAME.sub(" name ", text.casefold())))


def _nearly_same(one: frozenset[str], other: frozenset[str]) -> bool:
    return one == other or len(one & other) >= NEARLY_SAME * len(one | other) > 0
