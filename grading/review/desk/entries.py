"""What the page gets to know, as JSON: groups of drafts, a draft in full, what was decided."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence

from attention_lib.findings.sentences import text_of
from grading.review.desk.class_drafts import Card, Copy, Snapshot
from grading.review.desk.coloured import coloured_lines, visible
from grading.review.desk.groups import Group, groups, students
from grading.review.records.store import Decision

LONGEST_LINE = 90
MOST_VERSIONS = 6  # of one answer: other comments, other formatting
_order = secrets.token_bytes(16)


def queue(snapshot: Snapshot, state: str) -> list[dict]:
    """The groups of the drafts in this state."""
    return [_group_entry(members) for members in _in_state(snapshot, state)]


def _in_state(snapshot: Snapshot, state: str) -> list[Group]:
    return groups([card for card in snapshot.cards.values() if card.state == state], snapshot.cells)


def _group_entry(members: Group) -> dict:
    front = members[0]
    return {
        "cell": front.cell,
        "kind": front.stored.kind,
        "right": front.right,
        "finding": text_of(front.finding) if front.finding else "",
        "students": len(students(members)),
        "cards": [card_entry(card) for card in members],
    }


def card_entry(card: Card) -> dict:
    """A draft in short; `line` is the first line of code that it is about, `raw` the text as the model wrote it."""
    return {
        "key": card.key,
        "seen": card.seen,
        "cell": card.cell,
        "kind": card.stored.kind,
        "text": visible(card.stored.text),
        "raw": card.stored.text,
        "right": card.right,
        "students": len(card.students),
        "line": _first_line(card.copies[0]),
    }


def full_entry(card: Card, snapshot: Snapshot, blind: bool) -> dict:
    """A draft with all that is needed to decide about it.

    blind: students are numbered, and nothing says who they are
    """
    copies = sorted(card.copies, key=_in_no_order) if blind else card.copies
    called = {copy.student: f"answer {number}" for number, copy in enumerate(copies, start=1)}
    if not blind:
        called = {copy.student: _name(copy.student, snapshot) for copy in copies}
    versions: dict[tuple, list[Copy]] = {}
    for copy in copies:
        what = (copy.answer.cells.answer, copy.draft.why, copy.draft.comment.lines, copy.draft.again)
        versions.setdefault(what, []).append(copy)
    # The one that something speaks against is shown first.
    ordered = sorted(versions.values(), key=lambda same: (not same[0].draft.again, -len(same[0].draft.why)))
    answer = copies[0].answer.cells.answer
    return {
        **card_entry(card),
        "versions": [_version(same, called) for same in ordered[:MOST_VERSIONS]],
        "more_versions": max(0, len(ordered) - MOST_VERSIONS),
        "called": [called[copy.student] for copy in copies],
        "reference": coloured_lines(answer.reference)[0],
        "task": coloured_lines(answer.task)[0],
    }


def decided_cards(snapshot: Snapshot) -> list[Card]:
    """The drafts about which somebody decided, the last decision first."""
    found = [card for card in snapshot.cards.values() if card.decision and card.decision.verdict != "open"]
    return sorted(found, key=lambda card: -card.seen)


def decided_entries(cards: Sequence[Card], history: Mapping[str, Sequence[Decision]]) -> list[dict]:
    """Decided drafts, with all that was ever decided about each."""
    return [
        card_entry(card)
        | {"decision": decision_entry(card.decision), "history": [decision_entry(each) for each in history[card.key]]}
        for card in cards
    ]


def counts_entry(snapshot: Snapshot) -> dict:
    """Decisions that are left, groups that are folded away, decided drafts, and students who get an approved one."""
    cards = list(snapshot.cards.values())
    approved = [copy.student for card in cards for copy in card.copies if copy.draft.approved]
    return {
        "waiting": len(_in_state(snapshot, "waits")),
        "folded": len(_in_state(snapshot, "folded")),
        "decided": len(decided_cards(snapshot)),
        "reached": len(set(approved)),
    }


def decision_entry(decision: Decision) -> dict:
    """Who decided what and when (UTC); `raw` is the text as it was saved."""
    return {
        "key": decision.comment_key,
        "number": decision.number,
        "verdict": decision.verdict,
        "text": visible(decision.text),
        "raw": decision.text,
        "by": visible(decision.decided_by),
        "at": f"{decision.decided.isoformat()}Z",
    }


def _version(same: Sequence[Copy], called: Mapping[str, str]) -> dict:
    """A text of the answer, with the outcome of its tests, and for whom it is the same."""
    draft, answer = same[0].draft, same[0].answer.cells.answer
    lines, cut = coloured_lines(answer.source)
    return {
        "students": [called[each.student] for each in same],
        "lines": lines,
        "cut": cut,
        "marked": list(draft.comment.lines),
        "checks": [{"name": visible(each.check), "passed": each.passed} for each in answer.outcomes],
        "why": [visible(sentence) for sentence in draft.why],
        "again": draft.again,
    }


def _first_line(copy: Copy) -> str:
    lines, number = copy.answer.cells.answer.source.split("\n"), copy.draft.comment.lines[0]
    return visible(lines[number - 1].strip()[:LONGEST_LINE]) if 1 <= number <= len(lines) else ""


def _in_no_order(copy: Copy) -> bytes:
    return hashlib.sha256(_order + copy.student.encode("utf-8", "replace")).digest()


def _name(student: str, snapshot: Snapshot) -> str:
    name = snapshot.names.get(student, "")
    return visible(f"{name} ({student})" if name and name != student else student)
