"""All drafts for a class's answers, read again only where a file or a record has changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError

from attention_lib.findings.finding import Finding
from course.checkout import CourseError
from course.folders import autograded_ids, gradebook_trouble, source_path
from grading.grade.gradebook.completed import autograded_path
from grading.review.answers_of import Cell, instructors_cells
from grading.review.class_review import read_reviewables
from grading.review.drafts import Draft
from grading.review.records.store import Decision, ReviewStore, StoredComment
from grading.review.reviewable import Reviewable
from grading.review.settings import CodeReview


@dataclass(frozen=True)
class Copy:
    """A draft as it stands on one student's answer."""

    student: str
    answer: Reviewable
    draft: Draft


@dataclass(frozen=True)
class Card:
    """A draft, for all students with this answer. A decision about it counts for all of them."""

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
    def state(self) -> str:
        """As in `Draft.state`; it waits if it does so for one of the students."""
        states = {copy.draft.state for copy in self.copies}
        return next(state for state in ("waits", "decided", "folded", "repeats") if state in states)

    @property
    def again(self) -> str:
        """Why to look once more at what was approved; "" if there is no reason."""
        return next((copy.draft.again for copy in self.copies if copy.draft.again), "")

    @property
    def finding(self) -> Finding | None:
        """The finding beside it."""
        return next((copy.draft.finding for copy in self.copies if copy.draft.finding), None)

    @property
    def students(self) -> frozenset[str]:
        """Whose answer it is."""
        return frozenset(copy.student for copy in self.copies)

    @property
    def seen(self) -> int:
        """The number of the decision that counts; 0 if nobody ever decided."""
        return self.decision.number if self.decision else 0


@dataclass(frozen=True)
class Snapshot:
    """The class's drafts at one time.

    cards: by comment key; drafts that only repeat a finding are left out
    cells: the grade_ids of the answers, in the notebook's order
    names: what the students are called, by id, where the gradebook has a name
    number: of the last decision; version: another one for every change of answers or replies
    """

    cards: Mapping[str, Card]
    cells: tuple[str, ...]
    names: Mapping[str, str]
    number: int
    version: int


class ClassDrafts:
    """Reads the autograded notebooks, the replies and the decisions. To be used from one thread at a time."""

    def __init__(self, course: CourseDirectory, assignment: str, settings: CodeReview, store: ReviewStore):
        self._course, self._assignment, self._settings, self._store = course, assignment, settings, store
        self._source_state: tuple | None = None
        self._cells: dict[str, Cell] = {}
        self._answers: dict[str, tuple[tuple, list[Reviewable]]] = {}
        self._drafts: dict[tuple, list[Draft]] = {}
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
            version = self._snapshot.version + renewed
            self._snapshot = Snapshot(self._cards(), tuple(self._cells), names, state[0], version)
            self._state, self._files_changed = state, False
        return self._snapshot

    def _read_files(self) -> bool:
        """Read what has changed since; returns whether anything has."""
        source = _file_state(source_path(self._course, self._assignment))
        changed = source != self._source_state
        if changed:
            self._cells = instructors_cells(self._course, self._assignment)
            self._source_state, self._answers = source, {}
        states = {
            student: _file_state(autograded_path(self._course, self._assignment, student))
            for student in autograded_ids(self._course, self._assignment)
        }
        stale = [student for student, state in states.items() if self._answers.get(student, (None,))[0] != state]
        changed |= bool(stale) or states.keys() != self._answers.keys()
        read = read_reviewables(self._course, self._assignment, stale, self._cells, self._settings)
        found = {student: (state, []) for student, state in states.items() if student in stale}
        for student, answers in read:
            self._go_on()
            found[student] = (states[student], answers)
        self._answers = {student: found.get(student) or self._answers[student] for student in states}
        return changed

    def _go_on(self) -> None:
        if self._closed:
            raise CourseError("The desk is being closed.")

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
        drafts: dict[tuple, list[Draft]] = {}
        for each in answers:
            self._go_on()
            known = by_answer.get(each.answer_key, {})
            reply = replies.get(each.question_key)
            # Classmates with the very same text are looked at once.
            asked = (reply.question_key, reply.digest, reply.asked) if reply else None
            what = (each.cells.answer, each.answer_key, asked, tuple(sorted(d.number for d in known.values())))
            if what not in drafts:
                before = self._drafts.get(what)
                drafts[what] = each.drafts(replies, known, self._settings) if before is None else before
            for draft in drafts[what]:
                if draft.state != "repeats":
                    copies.setdefault(draft.key, []).append(Copy(each.student, each, draft))
        self._drafts = drafts
        return {
            key: Card(key, found[0].answer.answer_key, found[0].draft.stored, decisions.get(key), tuple(found))
            for key, found in copies.items()
        }


def _file_state(path: Path) -> tuple:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
