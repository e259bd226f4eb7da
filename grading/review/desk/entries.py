"""What the page gets to know, as JSON: the queue, a comment in full, what was decided, what rules show."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from grading.review.desk.alike import groups
from grading.review.desk.class_comments import Card, Copy, Snapshot
from grading.review.desk.coloured import coloured_lines, visible
from grading.review.records.store import Decision

LONGEST_LINE = 90
MOST_VERSIONS = 6  # of one answer: other comments, other formatting
_order = secrets.token_bytes(16)


def queue_entry(snapshot: Snapshot) -> list[list[dict]]:
    """The comments that wait, alike ones together, the most doubtful first."""
    waiting = (card for card in snapshot.cards.values() if card.waits)
    return [[card_entry(card) for card in group.cards] for group in groups(waiting, snapshot.cells)]


def card_entry(card: Card) -> dict:
    """A comment in short; `line` is the first line of code that it is about."""
    return {
        "key": card.key,
        "seen": card.seen,
        "cell": card.cell,
        "kind": card.stored.kind,
        "text": visible(card.stored.text),
        "raw": card.stored.text,
        "doubt": card.doubt,
        "right": card.right,
        "again": bool(card.again),
        "students": len(card.copies),
        "line": _first_line(card.copies[0]),
    }


def full_entry(card: Card, snapshot: Snapshot, blind: bool) -> dict:
    """A comment with all that is needed to decide about it.

    blind: students are numbered, and nothing says who they are
    """
    copies = _in_no_order(card) if blind else card.copies
    called = {copy.student: f"answer {number}" for number, copy in enumerate(copies, start=1)}
    if not blind:
        called = {copy.student: _name(copy.student, snapshot) for copy in copies}
    versions: dict[tuple, list[Copy]] = {}
    for copy in copies:
        judged = copy.comment.judged
        what = (copy.answer.cells.answer, judged.state, judged.why, judged.comment.lines, copy.comment.again)
        versions.setdefault(what, []).append(copy)
    # The one that waits for the gravest reason is shown first.
    ordered = sorted(versions.values(), key=lambda same: card.copies.index(same[0]))
    answer = copies[0].answer.cells.answer
    reference, _ = coloured_lines(answer.reference)
    task, _ = coloured_lines(answer.task)
    return {
        **card_entry(card),
        "decision": decision_entry(card.decision) if card.decision else None,
        "versions": [_version(same, called) for same in ordered[:MOST_VERSIONS]],
        "more_versions": max(0, len(ordered) - MOST_VERSIONS),
        "called": [called[copy.student] for copy in copies],
        "reference": reference,
        "task": task,
    }


def decided_entries(snapshot: Snapshot, history: Mapping[str, Sequence[Decision]]) -> list[dict]:
    """The decided comments that `history` tells of, the last decision first."""
    cards = sorted((snapshot.cards[key] for key in history), key=lambda card: -card.seen)
    return [
        {
            **card_entry(card),
            "decision": decision_entry(card.decision),
            "history": [decision_entry(decision) for decision in history[card.key]],
        }
        for card in cards
    ]


def decided_cards(snapshot: Snapshot) -> list[Card]:
    """The comments about which somebody decided, the last decision first."""
    found = [card for card in snapshot.cards.values() if card.decision and card.decision.verdict != "open"]
    return sorted(found, key=lambda card: -card.seen)


def shown_entries(snapshot: Snapshot) -> list[dict]:
    """What students see though no person has approved it, by cell."""
    cards = [card for card in snapshot.cards.values() if card.by_rules]
    found = sorted(cards, key=lambda card: (card.cell, card.stored.kind, -len(card.copies), card.stored.text, card.key))
    return [card_entry(card) for card in found]


def counts_entry(snapshot: Snapshot, user: str) -> dict:
    """How much waits, was decided and is shown by rules; comments, each counted once for all who gave the answer."""
    decided = decided_cards(snapshot)
    today = [card for card in decided if _is_today(card.decision.decided)]
    return {
        "waiting": sum(card.waits for card in snapshot.cards.values()),
        "decided": len(decided),
        "today": len(today),
        "today_by_you": sum(card.decision.decided_by == user for card in today),
        "shown": sum(card.by_rules for card in snapshot.cards.values()),
    }


def decision_entry(decision: Decision) -> dict:
    """Who decided what and when (UTC)."""
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
    copy = same[0]
    answer, judged = copy.answer.cells.answer, copy.comment.judged
    lines, cut = coloured_lines(answer.source)
    return {
        "students": [called[each.student] for each in same],
        "lines": lines,
        "cut": cut,
        "marked": list(judged.comment.lines),
        "right": answer.right,
        "checks": [{"name": visible(each.check), "passed": each.passed} for each in answer.outcomes],
        "why": [visible(sentence) for sentence in judged.why],
        "again": copy.comment.again,
        "shown": copy.comment.shown or "",
    }


def _first_line(copy: Copy) -> str:
    lines, number = copy.answer.cells.answer.source.split("\n"), copy.comment.judged.comment.lines[0]
    return visible(lines[number - 1].strip()[:LONGEST_LINE]) if 1 <= number <= len(lines) else ""


def _in_no_order(card: Card) -> list[Copy]:
    return sorted(
        card.copies, key=lambda copy: hashlib.sha256(_order + copy.student.encode("utf-8", "replace")).digest()
    )


def _name(student: str, snapshot: Snapshot) -> str:
    name = snapshot.names.get(student, "")
    return visible(f"{name} ({student})" if name and name != student else student)


def _is_today(decided: datetime) -> bool:
    return decided.replace(tzinfo=UTC).astimezone().date() == datetime.now().astimezone().date()
