"""Puts the review's comments into the feedback: one of nbgrader's `GenerateFeedback.preprocessors`."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from attention_lib.assignment.cells import noted, notes_of
from course.checkout import CourseError
from course.folders import course_of
from grading.pages.feedback.allowance import Allowance
from grading.pages.feedback.markdown import markdown_html
from grading.review.answers_of import instructors_cells
from grading.review.ask_all import ask_all
from grading.review.comments import ReviewComment
from grading.review.records.store import ReviewStore
from grading.review.reviewable import Reviewable, questions_about, reviewables
from grading.review.settings import CodeReview


class AddReview(NbGraderPreprocessor):
    """Adds the comments that may be shown to the student's cells, and says where the review is pending.

    Whatever happens to the model, to its server or to the records, the feedback is made all the same. Scores are not
    touched.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        settings = CodeReview(parent=self)
        if not settings.enabled:
            return nb, resources
        waits = _waits_of(self.parent, settings)
        try:
            if not waits.unusable:
                self._add(nb, resources["nbgrader"]["assignment"], resources["nbgrader"]["student"], settings, waits)
                return nb, resources
        except Exception as trouble:
            # The page is worth more than its comments, and the next one need not wait for the same trouble.
            waits.unusable = isinstance(trouble, CourseError)
            self.log.warning("No code review on this page: %s", trouble or type(trouble).__name__)
        for cell in nb.cells:
            noted(cell).pop("comments", None)
        _note(nb, [(settings.model, False)], pending=True)
        return nb, resources

    def _add(self, nb: NotebookNode, assignment: str, student: str, settings: CodeReview, waits: "ReviewWaits") -> None:
        course = course_of(self)
        found = reviewables(student, nb, instructors_cells(course, assignment), settings)
        with ReviewStore(course.db_url) as store:
            keys = [each.question_key for each in found]
            replies = store.best_replies(keys, settings.model)
            missing = [each for each in found if each.question_key not in replies]
            if missing and waits.seconds_left > 0:
                self._ask(missing, store, settings, waits)
                replies = store.best_replies(keys, settings.model)
            decisions = store.decisions(each.answer_key for each in found)
        for each in found:
            _place(nb, each, each.comments(replies, decisions, settings))
        pending = any(each.question_key not in replies for each in found)
        writers = sorted({(reply.model, reply.recorded) for reply in replies.values()})
        _note(nb, writers or [(settings.model, settings.recorded)], pending)

    def _ask(
        self, missing: Sequence[Reviewable], store: ReviewStore, settings: CodeReview, waits: "ReviewWaits"
    ) -> None:
        started = time.monotonic()
        try:
            reasons = ask_all(questions_about(missing, settings), store, settings, waits.seconds_left)
        except CourseError as trouble:
            # Replies cannot be kept; those that are there are shown all the same.
            reasons = {"": str(trouble)}
        waits.seconds_left -= time.monotonic() - started
        if reasons:
            waits.seconds_left = 0.0
            self.log.warning("Code review pending: %s", "; ".join(sorted(set(reasons.values()))))


def _note(nb: NotebookNode, writers: Sequence[tuple[str, bool]], pending: bool) -> None:
    """For the page: which models wrote, whether their answers were recorded ones, and whether some are to come."""
    notes_of(nb)["review"] = NotebookNode(writers=[list(writer) for writer in writers], pending=pending)


@dataclass
class ReviewWaits:
    """What one run of nbgrader's converter, as whose `review_waits` this stands, may still do for the review.

    seconds_left: how long it may wait for the model; none after the first page that did not get all of its replies
    unusable: whether the records cannot be used
    """

    seconds_left: float
    unusable: bool = False


def _waits_of(exporter: object, settings: CodeReview) -> ReviewWaits:
    converter = getattr(exporter, "parent", None) or exporter
    if not hasattr(converter, "review_waits"):
        converter.review_waits = ReviewWaits(settings.feedback_seconds)
    return converter.review_waits


def _place(nb: NotebookNode, each: Reviewable, comments: Sequence[ReviewComment]) -> None:
    for comment in comments:
        if comment.shown is None:
            continue
        position, (first, last) = each.cells.place(*comment.judged.comment.lines)
        entries = notes_of(nb.cells[position]).setdefault("comments", [])
        html = str(markdown_html(comment.text, Allowance(0)))
        entries.append(NotebookNode(lines=[first, last], html=html, by=comment.shown))
