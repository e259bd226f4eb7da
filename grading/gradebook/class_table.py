"""The class's table per cell, as text: what the gradebook and the checks' records say."""

from collections.abc import Mapping
from dataclasses import dataclass

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory

from attention_lib.canonical import ANSWERS
from attention_lib.record_view import CHECKS_MIME
from grading.course import autograded_ids, submitted_ids
from grading.gradebook.completed import read_autograded
from grading.judging.follow_through import JUDGED_OVER_CORRECT_FUNCTIONS
from grading.review.counts import ReviewCounts
from grading.submission.student_ids import trouble_with

REMARK_WIDTH = 90


@dataclass(frozen=True)
class Row:
    """One student.

    scores: points by answer; empty where the submission was not graded
    late: whether it came after the due date
    remark: why points are missing or why nothing was graded, in a sentence; "" if there is nothing to say
    penalty: points that are taken off for being late
    """

    student: str
    scores: dict[str, float]
    late: bool
    remark: str
    penalty: float = 0.0

    @property
    def score(self) -> float | None:
        """The sum of the points less the penalty, but not below 0; None where the submission was not graded."""
        return max(0.0, sum(self.scores.values()) - self.penalty) if self.scores else None


def class_rows(course: CourseDirectory, assignment: str, not_graded: dict[str, str] | None = None) -> list[Row]:
    """A row for each submission, in the order of the ids.

    not_graded: reasons, as clauses, of the submissions that the last run did not grade
    """
    reasons = not_graded or {}
    students = sorted({*submitted_ids(course, assignment), *autograded_ids(course, assignment)})
    with Gradebook(course.db_url, course.course_id) as gradebook:
        return [_row(gradebook, course, assignment, student, reasons.get(student, "")) for student in students]


def class_table(rows: list[Row], reviews: Mapping[str, ReviewCounts] | None = None) -> str:
    """The rows as a table of fixed-width text, with the class's number of right answers per cell at its end.

    reviews: by student what came of the code reviews: a column more
    """
    names = list(ANSWERS)
    review = [] if reviews is None else ["shown/held/pending"]
    head = ["student", *names, "score", *review, "late", "remark"]
    lines = [
        [
            printable(r.student),
            *(_points(r.scores.get(n)) for n in names),
            _points(r.score),
            *(_counts(reviews[r.student]) if r.student in reviews else "-" for _ in review),
            "late" if r.late else "",
            _cut(printable(r.remark)),
        ]
        for r in rows
    ]
    graded = [row for row in rows if row.scores]
    foot = ["points in all", *(_points(sum(r.scores.get(n, 0) for r in graded)) for n in names)]
    foot += [
        _points(sum(r.score or 0 for r in graded)),
        *(_counts(sum((reviews[r.student] for r in rows if r.student in reviews), ReviewCounts())) for _ in review),
        "",
        f"{len(graded)} of {len(rows)} graded",
    ]
    widths = [max(len(line[i]) for line in [head, *lines, foot]) for i in range(len(head))]
    rule = "-" * (sum(widths) + 2 * len(widths) - 2)
    right = range(1, len(names) + 2 + len(review))
    as_text = [
        "  ".join(
            c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in [head, *lines, foot]
    ]
    return "\n".join([as_text[0], rule, *as_text[1:-1], rule, as_text[-1]])


def printable(text: str) -> str:
    """The text as a terminal may show it: what cannot be printed is spelt out, as Python does."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _row(gradebook: Gradebook, course: CourseDirectory, assignment: str, student: str, reason: str) -> Row:
    if reason and trouble_with(student):
        # Some of these ids no gradebook can be asked for.
        return Row(student, {}, False, f"not graded, because {reason}")
    notebook = None if reason else read_autograded(course, assignment, student)
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        submission = None
    late = bool(submission and submission.total_seconds_late > 0)
    if notebook is None or submission is None:
        return Row(student, {}, late, f"not graded, because {reason or 'its grading was not finished'}")
    grades = {grade.name: grade.score for each in submission.notebooks for grade in each.grades}
    scores = {answer: float(grades.get(f"test_{answer}") or 0) for answer in ANSWERS}
    return Row(student, scores, late, _remark(notebook), float(submission.late_submission_penalty))


def _remark(notebook) -> str:
    entry = notebook.metadata["attention101"]
    if entry.get("problem"):
        return entry["problem"]
    sentences = [
        cell.metadata["attention101"]["left_out"]
        for cell in notebook.cells
        if cell.metadata.get("attention101", {}).get("left_out")
    ]
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for record in (
                output.get("data", {}).get(CHECKS_MIME, []) if cell.metadata.get("nbgrader", {}).get("grade") else []
            ):
                if record["passed"] is not True or record["check"] == JUDGED_OVER_CORRECT_FUNCTIONS:
                    sentences.append(record["message"])
                    break
    sentences += [note["message"] for note in entry.get("mended", [])]
    return " ".join(dict.fromkeys(sentences))


def _counts(counts: ReviewCounts) -> str:
    return f"{counts.shown}/{counts.held}/{counts.pending}"


def _points(points: float | None) -> str:
    return "-" if points is None else f"{points:g}"


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= REMARK_WIDTH else text[: REMARK_WIDTH - 1] + "…"
