"""Reads a decision that the page sends, and makes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from grading.pages.feedback.plain_text import plain_text
from grading.review.claims import LONGEST_TEXT
from grading.review.desk.class_comments import Card, Snapshot
from grading.review.records.store import Decided, Decision, ReviewStore

MOST_AT_ONCE = 2_000


class DecisionRefused(Exception):
    """A decision that cannot be made: an HTTP status, and why, as a sentence for who decided."""

    def __init__(self, status: int, sentence: str):
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Order:
    """What somebody wants: the comments by key, each with the number of the decision that was seen."""

    seen: Mapping[str, int]
    verdict: Decided
    text: str | None


def read_order(body: bytes) -> Order:
    """Read `{"comments": [{"key", "seen"}], "verdict", "text"}`; the text only with the verdict `edited`.

    Raises DecisionRefused.
    """
    try:
        given = json.loads(body)
        comments = given["comments"]
        seen = {_typed(each["key"], str): _typed(each["seen"], int) for each in comments}
        verdict = given["verdict"]
        text = given.get("text")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise DecisionRefused(400, "This is no decision that the desk can read. Reload the page.") from None
    if verdict not in get_args(Decided):
        raise DecisionRefused(
            400, f"There is no decision {str(verdict)[:40]!r}. There are: {', '.join(get_args(Decided))}."
        )
    if not seen:
        raise DecisionRefused(400, "The decision names no comment.")
    if len(seen) > MOST_AT_ONCE:
        raise DecisionRefused(
            400, f"At most {MOST_AT_ONCE:,} comments can be decided at once; these are {len(seen):,}."
        )
    return Order(seen, verdict, _edited(text) if verdict == "edited" else None)


def decide(order: Order, snapshot: Snapshot, store: ReviewStore, user: str) -> list[Decision]:
    """Decide about all of the comments or none.

    Raises:
        DecisionRefused: 404 for a comment that the class does not have.
        DecidedMeanwhile: somebody else decided since.
    """
    cards = [_card(snapshot, key) for key in order.seen]
    comments = [(card.answer_key, card.stored) for card in cards]
    of_wrong = {card.key for card in cards if not card.right}
    return store.decide_all(comments, order.verdict, user, dict(order.seen), order.text, of_wrong)


def _card(snapshot: Snapshot, key: str) -> Card:
    if key not in snapshot.cards:
        raise DecisionRefused(
            404, "This comment is not there any more: the answer was graded anew, or the model asked again."
        )
    return snapshot.cards[key]


def _edited(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise DecisionRefused(400, "The comment has no text. Write one, or reject the comment.")
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
