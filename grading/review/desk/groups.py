"""Puts drafts together about which one decision is made."""

from collections.abc import Iterable, Sequence

from grading.review.desk.class_drafts import Card

Group = tuple[Card, ...]


def groups(cards: Iterable[Card], cells: Sequence[str]) -> list[Group]:
    """The groups, those that reach most students first; the draft in front of each is that of most students.

    cells: the answers' grade_ids in the notebook's order
    Together are drafts of one kind on one cell, for answers that are equally right, beside the same finding: the same
    by its form, names and numbers. Those without a finding are together only if the code is the same and lines meet.
    """
    found: dict[tuple, list[list[Card]]] = {}
    for card in sorted(cards, key=lambda card: (-len(card.students), card.stored.text, card.key)):
        each = card.finding
        about = (each.form, each.names, each.numbers) if each else (card.answer_key,)
        known = found.setdefault((card.cell, card.stored.kind, card.right, card.again, *about), [])
        place = next((members for members in known if each or any(_meet(card, other) for other in members)), None)
        if place is None:
            known.append([card])
        else:
            place.append(card)
    together = [tuple(members) for alike in found.values() for members in alike]
    return sorted(together, key=lambda members: (-len(students(members)), cells.index(members[0].cell)))


def students(cards: Iterable[Card]) -> frozenset[str]:
    """Whom these drafts are for."""
    return frozenset().union(*(card.students for card in cards))


def _meet(one: Card, other: Card) -> bool:
    (first, last), (start, end) = one.stored.lines or (-1, -1), other.stored.lines or (-1, -1)
    return first <= end and start <= last
