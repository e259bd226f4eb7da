"""Reads a decision that the page sends, and makes it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from grading.pages.feedback.plain_text import plain_text
from grading.review.claims import LONGEST_TEXT
from grading.review.desk.class_drafts import Card, Snapshot
from grading.review.named import identifiers, names_in
from grading.review.records.store import Decided, Decision, Order, ReviewStore

MOST_AT_ONCE = 2_000
_LINE_NUMBER = re.compile(r"\blines? \d", re.IGNORECASE)


class DecisionRefused(Exception):
    """A decision that cannot be made: an HTTP status, and why, as a sentence for who decided."""

    def __init__(self, status: int, sentence: str):
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Wish:
    """What somebody wants of a group.

    seen: the drafts by key, that in front first, each with the number of the decision that was seen
    text: the edited text; None for that of the draft in front
    """

    seen: Mapping[str, int]
    verdict: Decided
    text: str | None


def read_wish(body: bytes) -> Wish:
    """Read `{"drafts": [{"key", "seen"}], "verdict", "text"}`; the text only with the verdict `edited`.

    Raises DecisionRefused.
    """
    try:
        given = json.loads(body)
        seen = {_typed(each["key"], str): _typed(each["seen"], int) for each in given["drafts"]}
        verdict = given["verdict"]
        text = given.get("text")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise DecisionRefused(400, "This is no decision that the desk can read. Reload the page.") from None
    if verdict not in get_args(Decided):
        known = ", ".join(get_args(Decided))
        raise DecisionRefused(400, f"There is no decision {str(verdict)[:40]!r}. There are: {known}.")
    if not 0 < len(seen) <= MOST_AT_ONCE:
        raise DecisionRefused(400, f"A decision is about 1 to {MOST_AT_ONCE:,} drafts; this one names {len(seen):,}.")
    return Wish(seen, verdict, _edited(text) if verdict == "edited" else None)


def decide(wish: Wish, snapshot: Snapshot, store: ReviewStore, user: str) -> list[Decision]:
    """Decide about the drafts, all or none, except those whose code the text does not fit; these are left as they are.

    Raises:
        DecisionRefused: 404 for a draft that the class does not have.
        DecidedMeanwhile: somebody else decided since.
    """
    cards = [_card(snapshot, key) for key in wish.seen]
    front = cards[0]
    text = wish.text if wish.text is not None else front.stored.text
    gives = wish.verdict in ("approved", "edited")
    orders, served = [], set()
    for card in cards:
        verdict = wish.verdict
        if gives and not _fits(text, front, card):
            continue
        if gives and card.answer_key in served:
            # One answer gets the text once.
            verdict = "rejected"
        elif gives:
            verdict = "approved" if text == card.stored.text else "edited"
        served.add(card.answer_key)
        is_given = verdict in ("approved", "edited")
        orders.append(
            Order(card.answer_key, card.stored, verdict, text if is_given else card.stored.text, not card.right)
        )
    return store.decide(orders, user, wish.seen)


def _fits(text: str, front: Card, card: Card) -> bool:
    """Whether a text for one answer can be given to another: all names of the one that it mentions are there, too."""
    if card.answer_key == front.answer_key:
        return True
    needed = names_in(text) & _names(front)
    return needed <= _names(card) and not _LINE_NUMBER.search(text)


def _names(card: Card) -> set[str]:
    return identifiers(card.copies[0].answer.code.text)


def _card(snapshot: Snapshot, key: str) -> Card:
    if key not in snapshot.cards:
        raise DecisionRefused(
            404, "This draft is not there any more: the answer was graded anew, or the model asked again."
        )
    return snapshot.cards[key]


def _edited(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise DecisionRefused(400, "The comment has no text. Write one, or reject the draft.")
    text = plain_text(text).strip()
    if len(text) > LONGEST_TEXT:
        raise DecisionRefused(
            400, f"The comment has {len(text):,} characters; {LONGEST_TEXT:,} are the most. Shorten it, please."
        )
    return text


def _typed(value: object, kind: type):
    if type(value) is not kind:
        raise TypeError
    return value
