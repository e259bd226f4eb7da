"""The desk itself, without the web: what there is, and what somebody decided."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from nbgrader.coursedir import CourseDirectory

from course.checkout import CourseError
from grading.review.desk import entries
from grading.review.desk.class_comments import ClassComments, Snapshot
from grading.review.desk.deciding import DecisionRefused, Order, decide
from grading.review.records.store import Decision, ReviewStore
from grading.review.settings import CodeReview

DECIDED_AT_ONCE = 60


class Desk:
    """Answers what the page asks. All methods but `close` are to be run by `thread`, one at a time.

    Each answer is for JSON. Raises CourseError where files or records cannot be used, DecisionRefused for an unknown
    comment.
    """

    def __init__(self, course: CourseDirectory, assignment: str, settings: CodeReview, store: ReviewStore):
        self.assignment = assignment
        self.blind = settings.blind
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._store = store
        self._comments = ClassComments(course, assignment, settings, store)

    def close(self) -> None:
        """End all that is under way. May be called from any thread; afterwards nothing is answered any more."""
        self._comments.close()
        self.thread.shutdown(cancel_futures=True)

    def warm_up(self) -> None:
        """Read the class. Trouble is told to whoever asks."""
        with suppress(CourseError):
            self._comments.now()

    def queue(self, user: str) -> dict:
        """What waits."""
        snapshot = self._comments.now()
        return _head(snapshot, user) | {"groups": entries.queue_entry(snapshot)}

    def comment(self, key: str) -> dict:
        """One comment with all that is needed to decide about it."""
        snapshot = self._comments.now()
        if key not in snapshot.cards:
            raise DecisionRefused(404, "There is no such comment (any more): the answer may have been graded anew.")
        return entries.full_entry(snapshot.cards[key], snapshot, self.blind)

    def decided(self, user: str, before: int) -> dict:
        """What was decided last, with its history; before: only what is older than the decision of this number."""
        snapshot = self._comments.now()
        cards = [card for card in entries.decided_cards(snapshot) if not before or card.seen < before]
        some = cards[:DECIDED_AT_ONCE]
        history: dict[str, list[Decision]] = {card.key: [] for card in some}
        for decision in self._store.history(history):
            history[decision.comment_key].append(decision)
        more = len(cards) - len(some)
        return _head(snapshot, user) | {"decided": entries.decided_entries(snapshot, history), "more": more}

    def shown(self, user: str) -> dict:
        """What students see by rules alone."""
        snapshot = self._comments.now()
        return _head(snapshot, user) | {"shown": entries.shown_entries(snapshot)}

    def news(self, user: str, since: int) -> dict:
        """What was decided since the decision of this number, by whomever."""
        snapshot = self._comments.now()
        found = [card.decision for card in snapshot.cards.values() if card.decision and card.seen > since]
        found.sort(key=lambda decision: decision.number)
        return _head(snapshot, user) | {"decisions": [entries.decision_entry(decision) for decision in found]}

    def decide(self, order: Order, user: str) -> dict:
        """Make a decision. Raises DecidedMeanwhile, too."""
        made = decide(order, self._comments.now(), self._store, user)
        snapshot = self._comments.now()
        return _head(snapshot, user) | {"decisions": [entries.decision_entry(decision) for decision in made]}


def _head(snapshot: Snapshot, user: str) -> dict:
    return {
        "you": user,
        "number": snapshot.number,
        "version": snapshot.version,
        "counts": entries.counts_entry(snapshot, user),
    }
