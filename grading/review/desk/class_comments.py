"""All comments on a class's answers, read again only where a file or a record has changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError

from course.checkout import CourseError
from course.folders import autograded_ids, gradebook_trouble, source_path
from grading.grade.gradebook.completed import autograded_path, read_autograded
from grading.review.answers_of import Cell, instructors_cells
from grading.review.comments import ReviewComment
from grading.review.records.store import Decision, ReviewStore, StoredComment
from grading.review.reviewable import Reviewable, reviewables
from grading.review.settings import CodeReview

_AGAIN = 3


@dataclass(frozen=True)
class Copy:
    """A comment as it stands on one student's answer."""

    student: str
    answer: Reviewable
    comment: ReviewComment


@dataclass(frozen=True)
class Card:
    """A comment, for all students with this answer. A decision about it counts for all of them.

    copies: the most doubtful first; refuted ones, which nobody gets to see, are left out unless a person decided
    """

    key: str
    answer_key: str
    stored: StoredComment
    decision: Decision | None
    copies: tuple[Copy, ...]

    @property
    def cell(self) -> str:
        """The answer's grade_id."""
        return self.copies[0].answer.cells.answer.cell

    @property
    def right(self) -> bool:
        """Whether the answer has its point, for all of the students."""
        return all(copy.answer.cells.answer.right for copy in self.copies)

    @property
    def waits(self) -> bool:
        """Whether it is a person's turn, for one of the students at least."""
        return any(copy.comment.waits or copy.comment.again for copy in self.copies)

    @property
    def again(self) -> str:
        """Why to look once more at what was approved; "" if there is no reason."""
        return next((copy.comment.again for copy in self.copies if copy.comment.again), "")

    @property
    def by_rules(self) -> bool:
        """Whether a student sees it that no person has approved."""
        return any(copy.comment.shown == "by rules" for copy in self.copies)

    @property
    def doubt(self) -> int:
        """From 0 to 3, as in `Judged.doubt`, of the most doubtful copy."""
        return max(_doubt(copy.comment) for copy in self.copies)

    @property
    def seen(self) -> int:
        """The number of the decision that counts; 0 if nobody ever decided."""
        return self.decision.number if self.decision else 0


@dataclass(frozen=True)
class Snapshot:
    """The class's comments at one time.

    cards: by comment key
    cells: the grade_ids of the answers, in the notebook's order
    names: what the students are called, by id, where the gradebook has a name
    number: of the last decision; version: another one for every change of answers or replies
    """

    cards: Mapping[str, Card]
    cells: tuple[str, ...]
    names: Mapping[str, str]
    number: int
    version: int


class ClassComments:
    """Reads the autograded notebooks, the replies and the decisions. To be used from one thread at a time."""

    def __init__(self, course: CourseDirectory, assignment: str, settings: CodeReview, store: ReviewStore):
        self._course, self._assignment, self._settings, self._store = course, assignment, settings, store
        self._source_state: tuple | None = None
        self._cells: dict[str, Cell] = {}
        self._answers: dict[str, tuple[tuple, list[Reviewable]]] = {}
        self._judged: dict[tuple, list[ReviewComment]] = {}
        self._state: tuple | None = None
        self._files_changed = True
        self._snapshot = Snapshot({}, (), {}, 0, 0)
        self._closed = False

    def close(self) -> None:
        """End what `now` is doing in another thread: reading a large class takes a while."""
        self._closed = True

    def now(self) -> Snapshot:
        """What there is now. Raises CourseError where the course's files or records cannot be used."""
        # Remembered until the snapshot is there: the records may fail in between.
        self._files_changed |= self._read_files()
        state = self._store.last_number(), self._store.last_reply()
        if self._files_changed or state != self._state:
            names = self._names() if self._files_changed else self._snapshot.names
            renewed = self._files_changed or self._state is None or state[1] != self._state[1]
            self._snapshot = Snapshot(
                self._cards(), tuple(self._cells), names, state[0], self._snapshot.version + renewed
            )
            self._state, self._files_changed = state, False
        return self._snapshot

    def _read_files(self) -> bool:
        """Read what has changed since; returns whether anything has."""
        state = _file_state(source_path(self._course, self._assignment))
        changed = state != self._source_state
        if changed:
            self._cells = instructors_cells(self._course, self._assignment)
            self._source_state, self._answers = state, {}
        found: dict[str, tuple[tuple, list[Reviewable]]] = {}
        for student in autograded_ids(self._course, self._assignment):
            self._go_on()
            state = _file_state(autograded_path(self._course, self._assignment, student))
            known = self._answers.get(student)
            if known is None or known[0] != state:
                known, changed = (state, self._read_answers(student)), True
            found[student] = known
        changed |= found.keys() != self._answers.keys()
        self._answers = found
        return changed

    def _go_on(self) -> None:
        if self._closed:
            raise CourseError("The desk is being closed.")

    def _read_answers(self, student: str) -> list[Reviewable]:
        notebook = read_autograded(self._course, self._assignment, student)
        return [] if notebook is None else reviewables(student, notebook, self._cells, self._settings)

    def _names(self) -> dict[str, str]:
        try:
            with Gradebook(self._course.db_url, self._course.course_id) as gradebook:
                found = {each.id: (each.first_name, each.last_name) for each in gradebook.students}
        except OperationalError as error:
            raise CourseError(gradebook_trouble(self._course, error)) from None
        return {student: " ".join(filter(None, names)) for student, names in found.items() if any(names)}

    def _cards(self) -> dict[str, Card]:
        answers = [each for _, found in self._answers.values() for each in found]
        replies = self._store.best_replies((each.question_key for each in answers), self._settings.model)
        decisions = self._store.decisions(each.answer_key for each in answers)
        by_answer: dict[str, dict[str, Decision]] = {}
        for key, decision in decisions.items():
            by_answer.setdefault(decision.answer_key, {})[key] = decision
        copies: dict[str, list[Copy]] = {}
        judged: dict[tuple, list[ReviewComment]] = {}
        for each in answers:
            self._go_on()
            known = by_answer.get(each.answer_key, {})
            reply = replies.get(each.question_key)
            # Classmates with the very same text are judged once.
            asked = (reply.question_key, reply.digest, reply.asked) if reply else None
            what = (each.cells.answer, each.answer_key, asked, tuple(sorted(d.number for d in known.values())))
            if what not in judged:
                before = self._judged.get(what)
                judged[what] = each.comments(replies, known, self._settings) if before is None else before
            for comment in judged[what]:
                if comment.judged.state != "refuted" or comment.decision is not None:
                    copies.setdefault(comment.key, []).append(Copy(each.student, each, comment))
        self._judged = judged
        return {key: _card(key, found, decisions.get(key)) for key, found in copies.items()}


def _card(key: str, copies: list[Copy], decision: Decision | None) -> Card:
    copies = sorted(copies, key=lambda copy: (-_doubt(copy.comment), copy.student))
    first = copies[0]
    return Card(key, first.answer.answer_key, first.comment.stored, decision, tuple(copies))


def _doubt(comment: ReviewComment) -> int:
    return _AGAIN if comment.again else comment.judged.doubt if comment.judged.state == "held" else 0


def _file_state(path: Path) -> tuple:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
