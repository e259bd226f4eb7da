"""The desk itself, without the web: what there is, and what somebody decided."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from nbgrader.coursedir import CourseDirectory

from course.checkout import CourseError
from grading.review.desk import entries
from grading.review.desk.class_drafts import ClassDrafts, Snapshot
from grading.review.desk.deciding import DecisionRefused, Wish, decide
from grading.review.records.store import Decision, ReviewStore
from grading.review.settings import CodeReview

DECIDED_AT_ONCE = 60


class Desk:
    """Answers what the page asks. All methods but `close` are to be run by `thread`, one at a time.

    Each answer is for JSON. Raises CourseError where files or records cannot be used, DecisionRefused for an unknown
    draft.
    """

    def __init__(self, course: CourseDirectory, assignment: str, settings: CodeReview, store: ReviewStore):
        self.assignment = assignment
        self.blind = settings.blind
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._store = store
        self._drafts = ClassDrafts(course, assignment, settings, store)

    def close(self) -> None:
        """End all that is under way. May be called from any thread; afterwards nothing is answered any more."""
        self._drafts.close()
        self.thread.shutdown(cancel_futures=True)

    def warm_up(self) -> None:
        """Read the class. Trouble is told to whoever asks."""
        with suppress(CourseError):
            self._drafts.now()

    def queue(self, user: str) -> dict:
        """What waits, and what is folded away."""
        snapshot = self._drafts.now()
        lists = {"waiting": entries.queue(snapshot, "waits"), "folded": entries.queue(snapshot, "folded")}
        return _head(snapshot, user) | lists

    def draft(self, key: str) -> dict:
        """One draft with all that is needed to decide about it."""
        snapshot = self._drafts.now()
        if key not in snapshot.cards:
            raise DecisionRefused(404, "There is no such draft (any more): the answer may have been graded anew.")
        return entries.full_entry(snapshot.cards[key], snapshot, self.blind)

    def decided(self, user: str, before: int) -> dict:
        """What was decided last, with its history; before: only what is older than the decision of this number."""
        snapshot = self._drafts.now()
        cards = [card for card in entries.decided_cards(snapshot) if not before or card.seen < before]
        some = cards[:DECIDED_AT_ONCE]
        history: dict[str, list[Decision]] = {card.key: [] for card in some}
        for decision in self._store.history(history):
            history[decision.comment_key].append(decision)
        more = len(cards) - len(some)
        return _head(snapshot, user) | {"decided": entries.decided_entries(some, history), "more": more}

    def news(self, user: str, since: int) -> dict:
        """What was decided since the decision of this number, by whomever."""
        snapshot = self._drafts.now()
        found = [card.decision for card in snapshot.cards.values() if card.decision and card.seen > since]
        found.sort(key=lambda decision: decision.number)
        return _head(snapshot, user) | {"decisions": [entries.decision_entry(decision) for decision in found]}

    def decide(self, wish: Wish, user: str) -> dict:
        """Make a decision. Raises DecidedMeanwhile, too."""
        made = decide(wish, self._drafts.now(), self._store, user)
        left = len(wish.seen) - len(made)
        decisions = [entries.decision_entry(decision) for decision in made]
        return _head(self._drafts.now(), user) | {"decisions": decisions, "left": left}


def _head(snapshot: Snapshot, user: str) -> dict:
    return {
        "you": user,
        "number": snapshot.number,
        "version": snapshot.version,
        "counts": entries.counts_entry(snapshot),
    }
