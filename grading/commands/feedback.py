"""`python -m grading feedback`: a page for every graded submission."""

import sys
from collections.abc import Callable
from pathlib import Path

from nbconvert.writers import FilesWriter
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import rmtree
from traitlets.config import Config

from attention_lib.sentences import error_in_words
from course.folders import autograded_ids, load_config, open_course
from grading.grade.gradebook.completed import read_autograded
from grading.review.ask_all import Asked
from grading.review.class_review import ask_class
from grading.review.preprocessor import ReviewWaits
from grading.review.settings import CodeReview


def generate_feedback_for_class(
    assignment: str,
    config: Config | None = None,
    tell: Callable[[str, int, int], None] = lambda student, done, of: None,
) -> tuple[dict[str, Path], dict[str, str]]:
    """Make the pages with nbgrader's own converter. Returns student -> page, and student -> why there is none.

    tell: called with a student's id, how many are done, and how many there are, before each one
    Missing drafts are asked for first, all side by side, as long as `CodeReview.feedback_seconds` allows.
    Raises CourseError for an unknown assignment.
    """
    config = load_config() if config is None else config
    course = open_course(assignment, config)
    waits = ReviewWaits(0.0, _ask_for_drafts(course, assignment, config))
    pages, failed = {}, {}
    students = autograded_ids(course, assignment)
    for done, student in enumerate(students):
        tell(student, done, len(students))
        if read_autograded(course, assignment, student) is None:
            failed[student] = f"its grading was interrupted (run `python -m grading autograde {assignment}`)"
            continue
        try:
            page = SubmissionFeedback(coursedir=course, config=config)
            pages[student] = page.make_page(assignment, student, waits)
        except Exception as error:
            failed[student] = f"the page could not be made: {error_in_words(error)}"
    return pages, failed


def _ask_for_drafts(course: CourseDirectory, assignment: str, config: Config) -> Asked | None:
    """Ask for all that the pages need. Trouble with the review costs the review alone."""
    try:
        asked = ask_class(course, assignment, CodeReview(config=config))
    except Exception as trouble:
        # No trouble with a review, foreseen or not, may cost the class its pages.
        asked = Asked({"": str(trouble) or type(trouble).__name__})
    if asked and asked.missing:
        why = "; ".join(sorted(set(asked.missing.values())))
        print(f"Drafts of the model are missing: {why}", file=sys.stderr)
    return asked


class SubmissionFeedback(GenerateFeedback):
    """nbgrader's own conversion for one submission, whatever its id."""

    def make_page(self, assignment: str, student: str, waits: ReviewWaits | None = None) -> Path:
        """Make the page, in place of an older one, and return where it is.

        waits: what may still be done for the review; None: what the settings allow
        """
        if waits:
            self.review_waits = waits
        notebook = Path(self._format_source(assignment, student)) / f"{assignment}.ipynb"
        destination = Path(self._format_dest(assignment, student))
        if destination.is_dir():
            rmtree(str(destination))
        self.notebooks = [str(notebook)]
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        for preprocessor in self.preprocessors:
            self.exporter.register_preprocessor(preprocessor)
        self.init_assignment(assignment, student)
        self.convert_single_notebook(str(notebook))
        self.set_permissions(assignment, student)
        return destination / f"{assignment}.html"
