"""Puts findings and approved drafts into the feedback: one of nbgrader's `GenerateFeedback.preprocessors`."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from attention_lib.assignment.cells import notes_of
from attention_lib.findings.finding import Finding
from attention_lib.findings.notebook import AnswerFinding
from attention_lib.findings.sentences import sentence_of
from course.checkout import CourseError
from course.folders import course_of
from grading.pages.feedback.allowance import Allowance
from grading.pages.feedback.markdown import markdown_html
from grading.review.answers_of import AnswerCells, instructors_cells
from grading.review.ask_all import Asked, ask_all
from grading.review.page_review import PageReview, most_useful
from grading.review.records.store import ReviewStore
from grading.review.reviewable import Reviewable, all_findings, questions_about, reviewables, to_ask
from grading.review.settings import CodeReview


class AddReview(NbGraderPreprocessor):
    """Adds findings and approved drafts to the student's cells, and says what of a model's part is still to come.

    Whatever happens to the model, to its server or to the records, the feedback is made all the same. Scores are not
    touched.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        settings = CodeReview(parent=self)
        waits = _waits_of(self.parent, settings)
        found = all_findings([nb], settings)[0]
        reviews: dict[str, tuple[AnswerCells, PageReview]] = {}
        note = NotebookNode(writers=[], waiting=0, pending=False)
        if settings.enabled and not waits.unusable:
            try:
                named = resources["nbgrader"]
                reviews, note = self._review(nb, named["assignment"], named["student"], found, settings, waits)
            except Exception as trouble:
                # The page is worth more than its drafts, and the next one need not wait for the same trouble.
                waits.unusable = isinstance(trouble, CourseError)
                self.log.warning("No drafts on this page: %s", trouble or type(trouble).__name__)
        _place(nb, found, reviews)
        notes_of(nb)["review"] = note
        return nb, resources

    def _review(
        self,
        nb: NotebookNode,
        assignment: str,
        student: str,
        findings: Sequence[AnswerFinding],
        settings: CodeReview,
        waits: "ReviewWaits",
    ) -> tuple[dict[str, tuple[AnswerCells, PageReview]], NotebookNode]:
        """What is beside each answer, by cell, and what the page says of the model's part."""
        course = course_of(self)
        found = reviewables(student, nb, instructors_cells(course, assignment), findings, settings)
        wanted = to_ask(found, settings)
        with ReviewStore(course.db_url) as store:
            keys = [each.question_key for each in found]
            replies = store.best_replies(keys, settings.model)
            missing = [each for each in wanted if each.question_key not in replies]
            if missing and waits.seconds_left > 0:
                self._ask(missing, store, settings, waits)
                replies = store.best_replies(keys, settings.model)
            decisions = store.decisions(each.answer_key for each in found)
            reviews = {
                each.cells.answer.cell: (each.cells, PageReview.of(each, replies, decisions, settings))
                for each in found
            }
            approved = {draft.decision.answer_key for _, review in reviews.values() for draft in review.approved}
            writers = {(reply.model, reply.recorded) for reply in replies.values()} | store.writers(approved)
            missing = [each.question_key for each in missing if each.question_key not in replies]
            pending = any(waits.promises(key, store, settings) for key in missing)
        waiting = sum(review.waiting for _, review in reviews.values())
        return reviews, NotebookNode(writers=[list(each) for each in sorted(writers)], waiting=waiting, pending=pending)

    def _ask(
        self, missing: Sequence[Reviewable], store: ReviewStore, settings: CodeReview, waits: "ReviewWaits"
    ) -> None:
        started = time.monotonic()
        try:
            asked = ask_all(questions_about(missing, settings), store, settings, waits.seconds_left)
        except CourseError as trouble:
            # Replies cannot be kept; those that are there count all the same.
            asked = Asked({"": str(trouble)})
        waits.seconds_left -= time.monotonic() - started
        waits.asked = asked
        if asked.missing:
            waits.seconds_left = 0.0
            self.log.warning("Drafts are missing: %s", "; ".join(sorted(set(asked.missing.values()))))


@dataclass
class ReviewWaits:
    """What one run of nbgrader's converter, as whose `review_waits` this stands, may still do for the review.

    seconds_left: how long it may wait for the model; none after the first page that did not get all of its replies
    asked: what came of the questions of this run; None if nothing was asked
    unusable: whether the records cannot be used
    """

    seconds_left: float
    asked: Asked | None = None
    unusable: bool = False

    def promises(self, key: str, store: ReviewStore, settings: CodeReview) -> bool:
        """Whether a reviewer that has been heard of still works on this question."""
        if self.asked is None:
            return store.has_answered_lately(settings.model)
        return key in self.asked.late or bool(self.asked.late) and key not in self.asked.missing


def _waits_of(exporter: object, settings: CodeReview) -> ReviewWaits:
    converter = getattr(exporter, "parent", None) or exporter
    if not hasattr(converter, "review_waits"):
        converter.review_waits = ReviewWaits(settings.feedback_seconds)
    return converter.review_waits


def _place(
    nb: NotebookNode, found: Sequence[AnswerFinding], reviews: Mapping[str, tuple[AnswerCells, PageReview]]
) -> None:
    """Note beside the cells what is to be shown.

    reviews: of the answers that could be reviewed, by cell; of others only the findings are known
    """
    others = [each for each in found if each.answer not in reviews]
    for answer in {each.answer for each in others}:
        findings = {each.finding: each.cell for each in others if each.answer == answer}
        for finding in most_useful(list(findings)):
            _note(nb, findings[finding], (finding.first, finding.last), _shown_finding(finding))
    for cells, review in reviews.values():
        for finding in review.findings:
            _note(nb, *cells.place(finding.first, finding.last), _shown_finding(finding))
        for draft in review.approved:
            _note(nb, *cells.place(*draft.comment.lines), {"by": "a person", "html": _html(draft.approved)})


def _shown_finding(finding: Finding) -> dict:
    said = sentence_of(finding)
    example = {"before": said.before, "after": said.after, "section": said.section}
    return {"by": "code", "html": _html(f"{said.text} {said.why}")} | example


def _html(text: str) -> str:
    return str(markdown_html(text, Allowance(0)))


def _note(nb: NotebookNode, position: int, lines: tuple[int, int], entry: dict) -> None:
    notes_of(nb.cells[position]).setdefault("comments", []).append(NotebookNode(lines=list(lines), **entry))
