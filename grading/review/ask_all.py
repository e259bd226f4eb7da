"""Asks many questions side by side, and keeps each reply as soon as it is there."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from grading.review.asking.no_reply import NoReply
from grading.review.asking.reviewer import Replied, Reviewer
from grading.review.drafts import stored_comment
from grading.review.prompt import Question
from grading.review.records.store import ReviewStore, StoredReply
from grading.review.records.tables import now
from grading.review.settings import CodeReview

# After so many questions without a usable reply, one after another, the others are not asked.
MOST_FAILURES_IN_A_ROW = 5


@dataclass
class Asked:
    """What came of questions.

    missing: for each question without a reply, by its key, the reason as a clause
    late: those of them that a reviewer who has answered others had no time for yet
    """

    missing: dict[str, str] = field(default_factory=dict)
    late: frozenset[str] = frozenset()


def ask_all(
    questions: Sequence[Question],
    store: ReviewStore,
    settings: CodeReview,
    seconds: float | None = None,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Asked:
    """Ask them. Raises nothing of the server's.

    seconds: after so long the rest is not waited for; None: no limit for the whole
    tell: called with how many are done, and how many there are
    """
    if not questions:
        return Asked()
    run = _Run(questions, store, settings, tell)
    # A notebook server that runs nbgrader has an event loop of its own in this thread.
    with ThreadPoolExecutor(1, thread_name_prefix="review") as thread:
        asked = thread.submit(asyncio.run, run.ask(seconds))
        try:
            return asked.result()
        except KeyboardInterrupt:
            run.stop()
            raise


class _Run:
    def __init__(self, questions, store, settings, tell):
        self._questions, self._store, self._settings, self._tell = questions, store, settings, tell
        self._missing = {question.key: "" for question in questions}
        self._given_up = ""
        self._late: frozenset[str] = frozenset()
        self._failures = self._done = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started = threading.Event()

    async def ask(self, seconds: float | None) -> Asked:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._started.set()
        self._tell(0, len(self._questions))
        try:
            async with asyncio.timeout(seconds), Reviewer(self._settings) as reviewer:
                await asyncio.gather(*(self._ask_one(reviewer, question) for question in self._questions))
        except TimeoutError:
            if len(self._missing) < len(self._questions):
                self._late = frozenset(key for key, why in self._missing.items() if not why)
            self._given_up = f"the time for all questions, {seconds:.3g} s, was over"
        except NoReply as trouble:
            self._given_up = str(trouble)
        return Asked({key: why or self._given_up for key, why in self._missing.items()}, self._late)

    def stop(self) -> None:
        """End all that is under way, from another thread."""
        if self._started.wait(1):
            self._loop.call_soon_threadsafe(self._task.cancel)

    async def _ask_one(self, reviewer: Reviewer, question: Question) -> None:
        if self._given_up:
            return
        try:
            replied = await reviewer.ask(question, lambda: bool(self._given_up))
        except NoReply as trouble:
            self._missing[question.key] = str(trouble)
            self._failures += 1
            if trouble.of_server or self._failures >= MOST_FAILURES_IN_A_ROW:
                self._given_up = self._given_up or str(trouble)
        else:
            if replied is None:
                return
            self._failures = 0
            await asyncio.to_thread(self._keep, question, replied)
            del self._missing[question.key]
        self._done += 1
        self._tell(self._done, len(self._questions))

    def _keep(self, question: Question, replied: Replied) -> None:
        # What a small model says of the question's own words is about no code.
        said = [comment for comment in replied.reply.comments if "code word" not in comment.text.lower()]
        comments = tuple(stored_comment(comment, question.code) for comment in said)
        self._store.keep_reply(
            StoredReply(
                question.key,
                question.answer_key,
                self._settings.model,
                replied.digest,
                comments,
                replied.doubt,
                now(),
                replied.seconds,
                self._settings.recorded,
            )
        )
