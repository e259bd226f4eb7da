"""The feedback page: nbgrader's `GenerateFeedback.exporter_class`."""

from collections.abc import Callable
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from traitlets import Bool, List, default

from attention_lib.sentences import code_marks
from grading.class_record.formats import number
from grading.pages.feedback.content import Content
from grading.pages.feedback.hidden_lines import hidden_lines, withhold
from grading.pages.feedback.plain_text import plain_text
from grading.pages.feedback.submission import find_submission


class UnusableAutogradedNotebook(Exception):
    """An autograded notebook that no page can be made of; the message names the file and the remedy."""


class FeedbackExporter(Exporter):
    """Makes one self-contained HTML page of an autograded notebook.

    The page has no scripts and needs no network. It shows the points, the checks in their sentences, and the
    student's own cells; the source of a hidden test only if `reveal_hidden_tests` says so. Points, comments and what
    else preprocessors put into the notebook are used, so nbgrader's `GetGrades` must be registered (as
    `GenerateFeedback` does) for points to appear.
    """

    reveal_hidden_tests = Bool(
        False,
        help=(
            "Whether a feedback page shows the source of the hidden tests, below what they found. For a course that "
            "wants this once nobody can hand in any more. The reference solutions are never shown."
        ),
    ).tag(config=True)

    output_mimetype = "text/html"
    default_preprocessors = List([])

    @default("file_extension")
    def _file_extension_default(self):
        return ".html"

    def from_filename(self, filename: str, resources: dict | None = None, **kw: object) -> tuple[str, ResourcesDict]:
        """Make the page of the file `filename`; see `from_notebook_node`.

        Raises:
            UnusableAutogradedNotebook: the file is missing, cannot be read or is no notebook.
        """
        grade = f"python -m grading autograde {Path(filename).stem}"
        try:
            notebook = nbformat.reads(Path(filename).read_text(encoding="utf-8"), as_version=4)
            nbformat.validate(notebook, relax_add_props=True)
        except FileNotFoundError as error:
            raise UnusableAutogradedNotebook(
                f"{filename} is not there: grade this submission first ({grade})."
            ) from error
        except Exception as error:
            # nbformat raises errors of many kinds for damaged files; all of them mean the same to the reader.
            reason = (plain_text(error).splitlines() or [type(error).__name__])[0][:300]
            raise UnusableAutogradedNotebook(
                f"{filename} cannot be read as a notebook ({reason}): delete it and grade this submission again "
                f"({grade})."
            ) from error
        resources = ResourcesDict() if resources is None else resources
        resources.setdefault("metadata", ResourcesDict())
        resources["metadata"]["name"] = Path(filename).stem
        resources["metadata"]["path"] = str(Path(filename).parent)
        return self.from_notebook_node(notebook, resources, **kw)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **kw: object
    ) -> tuple[str, ResourcesDict]:
        """Apply the preprocessors and return the page (HTML) and the resources.

        Args:
            nb: an autograded canonical notebook; it is not changed.
            resources: nbgrader's, with `["nbgrader"]` naming assignment, student and gradebook; all may be absent.
        """
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        submission = find_submission(resources, self.config)
        content = Content(nb, self.reveal_hidden_tests, submission.to_grade, submission.by_hand)
        page = page_template("page.html.j2", points=number).render(
            content=content,
            submission=submission,
            late_penalty=(resources.get("nbgrader") or {}).get("late_penalty") or 0,
            reveal_hidden_tests=self.reveal_hidden_tests,
        )
        page = plain_text(page).strip() + "\n"
        if self.reveal_hidden_tests:
            return page, resources
        secret = hidden_lines(content.test_sources, content.student_sources, content.messages)
        page, found = withhold(page, secret)
        if found:
            self.log.warning(
                "%s: %d line(s) of hidden tests had come into the feedback page and were withheld; the first is %r. "
                "Look at what the student's cells print and at the checks' messages.",
                resources["metadata"]["name"],
                len(found),
                min(found),
            )
        return page, resources


def page_template(name: str, **filters: Callable) -> Template:
    """A template of the pages' folders, with `code_marks` and these filters. The style sheets are theirs together."""
    pages = Path(__file__).parents[1]
    environment = Environment(
        loader=FileSystemLoader([pages / "feedback", pages / "report"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"code_marks": lambda sentence: Markup(code_marks(sentence))} | filters
    return environment.get_template(name)
