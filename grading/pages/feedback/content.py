"""What a feedback page shows, read out of an autograded notebook."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from markupsafe import Markup
from nbformat import NotebookNode

from attention_lib.assignment.cells import noted, view
from attention_lib.assignment.check_records import (
    JUDGED_OVER_CORRECT_FUNCTIONS,
    CheckRecord,
    completed_records,
    is_at_fault,
)
from grading.pages.feedback.allowance import Allowance, html_size
from grading.pages.feedback.code_listing import Listing, Remark, code_listing
from grading.pages.feedback.hidden_lines import hidden_tests
from grading.pages.feedback.markdown import harmless_html, markdown_html
from grading.pages.feedback.outputs import Shown, shown_outputs
from grading.pages.feedback.plain_text import cut_lines, plain_text
from grading.pages.feedback.tracebacks import StudentCell

NO_RESPONSE = "No response."  # what nbgrader writes beside an answer that was left as released

PICTURES = 3_000_000  # bytes of base64 on a page
ANSWERS = 1_500_000  # bytes of HTML for the answers
OWN_CELLS = 3_000_000  # bytes of HTML for the student's other cells
MOST_CHECKS = 60  # of one cell
MOST_MENDED = 100
MOST_REMARKS = 50  # on one cell

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Part:
    """One cell of the student's: its code or its text, and what it showed."""

    section: str = ""
    listing: Listing | None = None
    text: Markup | None = None
    outputs: tuple[Shown, ...] = ()
    note: str = ""


@dataclass
class GradedCell:
    """A graded cell.

    score: None where there is none yet: the gradebook has not been asked, a person is to grade it, or the test was at
        fault
    checks: None without records
    manual: whether a person grades it; is_task: and it is answered in other cells
    waits: whether it waits for that person, who may have given `score` to what was handed in before
    at_fault: whether its test was, so that only a person can give points
    hidden_tests: the source of the hidden tests, None where they stay hidden
    """

    test_id: str
    answer_id: str
    title: str
    points: float | None
    score: float | None
    checks: list[CheckRecord] | None
    manual: bool = False
    is_task: bool = False
    waits: bool = False
    at_fault: bool = False
    judged_over: str = ""
    left_out: str = ""
    untouched: bool = False
    hidden_tests: Listing | None = None
    parts: list[Part] = field(default_factory=list)
    comments: list[Markup] = field(default_factory=list)

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return sum(check.passed is True for check in self.checks or ())

    @property
    def state(self) -> str:
        """`right`, `wrong`, or `unknown` where neither the gradebook nor the checks say it, or a person is to."""
        if self.waits or (self.at_fault and self.score is None):
            return "unknown"
        if self.score is not None and self.points:
            return "right" if self.score >= self.points else "wrong"
        if not self.checks:
            return "unknown"
        return "right" if self.passed == len(self.checks) else "wrong"

    @property
    def set_by_hand(self) -> bool:
        """Whether the points are others than the checks give."""
        if self.score is None or self.points is None:
            return False
        by_checks = self.points if self.checks and self.passed == len(self.checks) else 0
        return self.at_fault or not self.manual and self.score != by_checks


@dataclass(frozen=True)
class Review:
    """What a language model has to do with the page.

    writers: the models that took part, each with whether its answers were recorded ones
    waiting: how many of their comments wait for a person
    pending: whether a model still works on others
    """

    writers: tuple[tuple[str, bool], ...]
    waiting: int
    pending: bool


@dataclass(frozen=True)
class Mending:
    """What the canonical notebook had to mend: the cell's id ("" for the whole notebook) and the sentence."""

    cell: str
    message: str


class Content:
    """All that a page shows of an autograded canonical notebook.

    Of the instructor's cells only headings are used; of test cells only their check records, and the source of their
    hidden tests if it is to be revealed. Scores and graders' comments are those that nbgrader's `GetGrades` put into
    the cells' metadata; they are 0 where there are none yet.

    to_grade: the ids of cells that wait for a person
    by_hand: the ids of cells whose points a person set
    """

    def __init__(
        self,
        notebook: NotebookNode,
        reveal_hidden_tests: bool = False,
        to_grade: Collection[str] = (),
        by_hand: Collection[str] = (),
    ):
        self._reveal, self._to_grade, self._by_hand = reveal_hidden_tests, to_grade, by_hand
        self._pictures = Allowance(PICTURES)
        self._answers: dict[str, list[NotebookNode]] = {}
        self._tests: list[tuple[NotebookNode, str]] = []
        self._own: list[tuple[NotebookNode, str]] = []
        self._students: dict[int, StudentCell] = {}
        self.title = ""
        self._sort_cells(notebook)
        entry, space = noted(notebook), Allowance(ANSWERS)
        self.problem = plain_text(entry.get("problem"))[:2_000]
        self.answers = [self._answer(cell, section, space) for cell, section in self._tests]
        self.costly_mendings, self.small_mendings = self._mendings(entry.get("mended"))
        self.own_cells, self.own_cells_left_out = self._own_cells()
        self.test_sources = [plain_text(cell.source) for cell, _ in self._tests if view(cell).is_test]
        self.student_sources = [cell.source for cell in self._students.values()]
        self.review = _review(entry.get("review"))

    @property
    def remarks(self) -> set[str]:
        """Who made remarks on the code, as in `Remark.by`."""
        parts = [part for answer in self.answers for part in answer.parts] + self.own_cells
        return {remark.by for part in parts if part.listing for line in part.listing.lines for remark in line.remarks}

    @property
    def messages(self) -> list[str]:
        """The sentences of all check records."""
        of_checks = [check.message for answer in self.answers for check in answer.checks or ()]
        return [*(answer.judged_over for answer in self.answers), *of_checks]

    def _sort_cells(self, notebook: NotebookNode) -> None:
        section = ""
        for cell in notebook.cells:
            seen = view(cell)
            answer = plain_text(seen.answer)
            if seen.is_own:
                self._own.append((cell, section))
                self._students[id(cell)] = StudentCell(
                    f"your cell after “{section}”" if section else "your first cells", plain_text(cell.source)
                )
                continue
            if answer:
                self._answers.setdefault(answer, []).append(cell)
                self._students[id(cell)] = StudentCell(f"your answer {answer}", plain_text(cell.source))
            if cell.cell_type == "markdown" and not answer:
                for level, words in headings(cell.source):
                    if level == 1 and not self.title:
                        self.title = words
                    elif level <= 2:
                        section = words
            if seen.grade or seen.is_task:
                self._tests.append((cell, section))

    def _answer(self, test: NotebookNode, section: str, space: Allowance) -> GradedCell:
        seen = view(test)
        test_id = plain_text(seen.grade_id)
        answer_id = plain_text(seen.tested) or test_id
        manual = seen.is_manual or seen.is_task
        cells = self._answers.get(answer_id, [])
        records = [] if manual else completed_records(test.get("outputs", []))
        at_fault = is_at_fault(records)
        checks = [] if at_fault else [_shown_record(record) for record in records[:MOST_CHECKS]]
        judged_over = [check.message for check in checks if check.code == JUDGED_OVER_CORRECT_FUNCTIONS]
        comments = [plain_text(view(cell).comment).strip() for cell in ([test] if seen.is_task else cells)]
        waits = manual and test_id in self._to_grade
        is_open = (waits or at_fault) and test_id not in self._by_hand
        answer = GradedCell(
            test_id=test_id,
            answer_id=answer_id,
            title=section or answer_id.replace("_", " "),
            points=_number(seen.points),
            score=None if is_open else _number(seen.score),
            manual=manual,
            is_task=seen.is_task,
            waits=waits,
            at_fault=at_fault,
            checks=[check for check in checks if check.code != JUDGED_OVER_CORRECT_FUNCTIONS] if checks else None,
            judged_over="".join(judged_over[:1]),
            left_out=" ".join(filter(None, (plain_text(view(cell).left_out)[:1_000] for cell in cells))),
            untouched=NO_RESPONSE in comments,
            hidden_tests=self._revealed(test),
            comments=[markdown_html(text, self._pictures) for text in comments if text and text != NO_RESPONSE],
        )
        for cell in cells:
            part = self._part(cell)
            if part is None:
                continue
            if not space.take(html_size(part)):
                part = Part(note="The rest of this answer is not shown, to keep this page small.")
            answer.parts.append(part)
            if part.note:
                break
        return answer

    def _revealed(self, test: NotebookNode) -> Listing | None:
        # A cell of the student's that is graded by itself has no tests, whatever its text says.
        source = hidden_tests(plain_text(test.source)) if self._reveal and view(test).is_test else ""
        return code_listing(source) if source.strip() else None

    def _own_cells(self) -> tuple[list[Part], int]:
        space = Allowance(OWN_CELLS)
        parts: list[Part] = []
        for number, (cell, section) in enumerate(self._own):
            part = self._part(cell, section)
            if part is None:
                continue
            if not space.take(html_size(part)):
                return parts, len(self._own) - number
            parts.append(part)
        return parts, 0

    def _part(self, cell: NotebookNode, section: str = "") -> Part | None:
        """What is shown of a student's cell; None if there is nothing."""
        source = self._students[id(cell)].source
        outputs = self._outputs(cell)
        if not source.strip() and not outputs:
            return None
        if cell.cell_type == "markdown":
            return Part(section, text=markdown_html(source, self._pictures, cell.get("attachments")))
        if cell.cell_type == "raw":
            text, cut = cut_lines(source, 200, 10_000)
            return Part(section, text=Markup("<pre>{}</pre>").format(f"{text}\n{cut}".strip()))
        return Part(section, listing=code_listing(source, _remarks(cell)), outputs=tuple(outputs))

    def _outputs(self, cell: NotebookNode) -> list[Shown]:
        if cell.cell_type != "code":
            return []
        return shown_outputs(cell.outputs, self._students[id(cell)], list(self._students.values()), self._pictures)

    def _mendings(self, entries: object) -> tuple[list[Mending], list[Mending]]:
        lost_points = {name for a in self.answers if a.state == "wrong" for name in (a.test_id, a.answer_id)}
        costly, small = [], []
        entries = entries if isinstance(entries, list) else []
        for entry in entries[:MOST_MENDED]:
            if not isinstance(entry, dict):
                continue
            mending = Mending(plain_text(entry.get("cell"))[:100], plain_text(entry.get("message"))[:500])
            may_have_cost = mending.cell in lost_points or (entry.get("lost") and lost_points)
            (costly if may_have_cost else small).append(mending)
        if len(entries) > MOST_MENDED:
            small.append(Mending("", f"{len(entries) - MOST_MENDED:,} more of the same kind."))
        return costly, small


def headings(markdown: str) -> list[tuple[int, str]]:
    """The headings of a Markdown text as pairs of level and words."""
    found = _HEADING.findall(_FENCED.sub("", plain_text(markdown)))
    return [(len(marks), _words(text)) for marks, text in found if _words(text)]


def _words(markdown: str) -> str:
    text = re.sub(r"<[^>]*>", "", markdown)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"[*`$]|\\(?=[_#])", "", text).split())[:200]


def _shown_record(record: CheckRecord) -> CheckRecord:
    message, _ = cut_lines(plain_text(record.message).strip(), 20, 800, 800)
    return replace(record, check=plain_text(record.check)[:200], message=message)


def _remarks(cell: NotebookNode) -> list[Remark]:
    entries = noted(cell).get("comments")
    remarks = []
    for entry in entries[:MOST_REMARKS] if isinstance(entries, list) else []:
        lines = entry.get("lines") if isinstance(entry, dict) else None
        if isinstance(lines, list) and len(lines) == 2 and all(isinstance(line, int) for line in lines):
            by = "code" if entry.get("by") == "code" else "a person"
            example = [plain_text(entry.get(key))[:1_000] for key in ("before", "after", "section")]
            remarks.append(Remark(lines[0], lines[1], harmless_html(entry.get("html")), by, *example))
    return remarks


def _review(entry: object) -> Review | None:
    if not isinstance(entry, dict):
        return None
    writers = tuple((plain_text(model)[:100], bool(recorded)) for model, recorded in entry.get("writers", [])[:5])
    waiting = entry.get("waiting")
    return Review(writers, waiting if isinstance(waiting, int) else 0, bool(entry.get("pending")))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
