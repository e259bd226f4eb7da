"""The review of a whole class: fills the gaps, and counts what there is."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from course.folders import autograded_ids
from grading.grade.gradebook.completed import read_autograded
from grading.review.answers_of import Cell, instructors_cells
from grading.review.ask_all import Asked, ask_all
from grading.review.asking.model_digest import model_digest
from grading.review.asking.no_reply import NoReply
from grading.review.counts import ReviewCounts
from grading.review.page_review import PageReview
from grading.review.records.store import ReviewStore
from grading.review.reviewable import Reviewable, all_findings, questions_about, reviewables, to_ask
from grading.review.settings import CodeReview

# Students whose notebooks are held in memory at once, for one run of the linter.
_AT_ONCE = 25


@dataclass
class ClassReview:
    """What was done.

    answers: how many answers are to be asked about; asked: how many questions were asked for them now
    pending: for each of them that has no reply, as (student, cell), the reason as a clause
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
            f"{total.findings} findings on the pages, {total.pointed} of them pointed at by the model. {self.answers} "
            f"answers to ask about, {self.asked} questions asked now, {total.pending} answers pending. Drafts: "
            f"{total.approved} approved, {total.waiting} waiting for a person."
        )


def read_reviewables(
    course: CourseDirectory, assignment: str, students: Iterable[str], cells: Mapping[str, Cell], settings: CodeReview
) -> Iterator[tuple[str, list[Reviewable]]]:
    """The answers of these students, by student; some notebooks at a time."""
    students = list(students)
    for start in range(0, len(students), _AT_ONCE):
        some = students[start : start + _AT_ONCE]
        read = {student: read_autograded(course, assignment, student) for student in some}
        notebooks = {student: notebook for student, notebook in read.items() if notebook is not None}
        found = all_findings(list(notebooks.values()), settings)
        for (student, notebook), findings in zip(notebooks.items(), found, strict=True):
            yield student, reviewables(student, notebook, cells, findings, settings)


def class_reviewables(course: CourseDirectory, assignment: str, settings: CodeReview) -> list[Reviewable]:
    """All answers of the class with code that can be read. Raises CourseError for an unknown assignment."""
    cells = instructors_cells(course, assignment)
    students = autograded_ids(course, assignment)
    return [each for _, found in read_reviewables(course, assignment, students, cells, settings) for each in found]


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
    asked_about = to_ask(found, settings)
    result = ClassReview(answers=len(asked_about), counts={each.student: ReviewCounts() for each in found})
    with ReviewStore(course.db_url) as store:
        asked, reasons = _ask(asked_about, store, settings, None, tell)
        replies = store.best_replies((each.question_key for each in found), settings.model)
        decisions = store.decisions(each.answer_key for each in found)
    result.asked = asked
    for each in found:
        result.counts[each.student] += PageReview.of(each, replies, decisions, settings).counts
    for each in asked_about:
        if each.question_key not in replies:
            result.counts[each.student].pending += 1
            place = (each.student, each.cells.answer.cell)
            result.pending[place] = reasons.missing.get(each.question_key, "nobody has asked yet")
    return result


def ask_class(course: CourseDirectory, assignment: str, settings: CodeReview) -> Asked | None:
    """Ask about the answers that have no reply, as long as `feedback_seconds` allows; None if that is not at all.

    Returns why some still have none, as clauses. Raises CourseError as `review_class` does.
    """
    if not (settings.enabled and settings.feedback_seconds):
        return None
    found = to_ask(class_reviewables(course, assignment, settings), settings)
    with ReviewStore(course.db_url) as store:
        return _ask(found, store, settings, settings.feedback_seconds)[1]


def _ask(
    found: Sequence[Reviewable],
    store: ReviewStore,
    settings: CodeReview,
    seconds: float | None,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[int, Asked]:
    """How many questions got a reply now, and what came of the others."""
    if not found:
        return 0, Asked()
    started = time.monotonic()
    digest, why_none = "", ""
    try:
        digest = model_digest(settings)
    except NoReply as trouble:
        why_none = str(trouble)
    replies = store.replies((each.question_key for each in found), settings.model, digest)
    questions = questions_about([each for each in found if each.question_key not in replies], settings)
    if why_none:
        return 0, Asked({question.key: why_none for question in questions})
    left = None if seconds is None else max(0.0, seconds - (time.monotonic() - started))
    asked = ask_all(questions, store, settings, left, tell)
    return len(questions) - len(asked.missing), asked
