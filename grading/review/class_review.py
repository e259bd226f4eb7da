"""The review of a whole class: fills the gaps, and counts what there is."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from course.folders import autograded_ids
from grading.grade.gradebook.completed import read_autograded
from grading.review.answers_of import instructors_cells
from grading.review.ask_all import ask_all
from grading.review.asking.model_digest import model_digest
from grading.review.asking.no_reply import NoReply
from grading.review.counts import ReviewCounts
from grading.review.records.store import ReviewStore
from grading.review.reviewable import Reviewable, questions_about, reviewables
from grading.review.settings import CodeReview


@dataclass
class ClassReview:
    """What was done.

    answers: how many answers there are to review; asked: how many questions were asked for them now
    pending: for each answer that has no reply, as (student, cell), the reason as a clause
    counts: by student
    """

    answers: int = 0
    asked: int = 0
    pending: dict[tuple[str, str], str] = field(default_factory=dict)
    counts: dict[str, ReviewCounts] = field(default_factory=dict)

    @property
    def in_words(self) -> str:
        """One sentence for who ran it."""
        total = sum(self.counts.values(), ReviewCounts())
        return (
            f"{self.answers} answers to review, {self.asked} questions asked now. Comments: {total.shown} shown, "
            f"{total.held} held for a person; {total.pending} answers pending."
        )


def class_reviewables(course: CourseDirectory, assignment: str, settings: CodeReview) -> list[Reviewable]:
    """All answers of the class that a model can be asked about. Raises CourseError for an unknown assignment."""
    cells = instructors_cells(course, assignment)
    found: list[Reviewable] = []
    for student in autograded_ids(course, assignment):
        notebook = read_autograded(course, assignment, student)
        if notebook is not None:
            found += reviewables(student, notebook, cells, settings)
    return found


def review_class(
    course: CourseDirectory,
    assignment: str,
    config: Config,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> ClassReview:
    """Ask about the answers that have no reply, each different answer once, and count what there is.

    tell: called with how many questions are done, and how many there are
    Raises CourseError for an unknown assignment, and where the gradebook's database cannot be used.
    """
    settings = CodeReview(config=config)
    found = class_reviewables(course, assignment, settings)
    result = ClassReview(answers=len(found), counts={each.student: ReviewCounts() for each in found})
    with ReviewStore(course.db_url) as store:
        result.asked, reasons = _ask(found, store, settings, None, tell)
        replies = store.best_replies((each.question_key for each in found), settings.model)
        decisions = store.decisions(each.answer_key for each in found)
    for each in found:
        counts = result.counts[each.student]
        if each.question_key not in replies:
            counts.pending += 1
            place = (each.student, each.cells.answer.cell)
            result.pending[place] = reasons.get(each.question_key, "nobody has asked yet")
        for comment in each.comments(replies, decisions, settings):
            counts.shown += comment.shown is not None
            counts.held += comment.waits
    return result


def ask_class(course: CourseDirectory, assignment: str, settings: CodeReview) -> set[str]:
    """Ask about the answers that have no reply, as long as `feedback_seconds` allows. Judges no comment.

    Returns why some still have none, as clauses. Raises CourseError as `review_class` does.
    """
    if not settings.feedback_seconds:
        return set()
    found = class_reviewables(course, assignment, settings)
    with ReviewStore(course.db_url) as store:
        return set(_ask(found, store, settings, settings.feedback_seconds)[1].values())


def _ask(
    found: Sequence[Reviewable],
    store: ReviewStore,
    settings: CodeReview,
    seconds: float | None,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[int, dict[str, str]]:
    """How many questions got a reply now, and of the others, by key, why not."""
    started = time.monotonic()
    digest, why_none = "", ""
    try:
        digest = model_digest(settings)
    except NoReply as trouble:
        why_none = str(trouble)
    replies = store.replies((each.question_key for each in found), settings.model, digest)
    questions = questions_about([each for each in found if each.question_key not in replies], settings)
    if why_none:
        return 0, {question.key: why_none for question in questions}
    left = None if seconds is None else max(0.0, seconds - (time.monotonic() - started))
    reasons = ask_all(questions, store, settings, left, tell)
    return len(questions) - len(reasons), reasons
