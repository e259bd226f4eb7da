"""Which cell of a submission is which of the instructor's, and where the others go."""

from collections import defaultdict
from dataclasses import dataclass, field

from nbformat import NotebookNode

from attention_lib.assignment.cell_code import read_code
from attention_lib.assignment.cells import CellView, view
from attention_lib.assignment.declaration import Answer, declared
from attention_lib.assignment.notebook_file import clean_source


@dataclass(eq=False)
class Given:
    """A cell of the submission. `own`: neither a cell of the instructor's nor left out."""

    cell_type: str
    source: str
    grade_id: str | None
    own: bool = False

    @property
    def is_code(self) -> bool:
        return self.cell_type == "code"


@dataclass(eq=False)
class Place:
    """A cell of the instructor's. The lists hold numbers of cells of the submission, in the submission's order.

    `answer`: what is declared of it, if it is an answer with a test; `given`: those that are this cell; `stands`: those
    of them that give it its place among the others, and what a student writes its text; `body`: those that end here:
    the cells of what a student writes, and the student's own cells below.
    """

    number: int
    cell: NotebookNode
    view: CellView
    released: str
    answer: Answer | None = None
    given: list[int] = field(default_factory=list)
    stands: list[int] = field(default_factory=list)
    body: list[int] = field(default_factory=list)

    def __post_init__(self):
        self.grade_id = self.view.grade_id
        self.is_code = self.view.is_code
        # Whatever else is declared of it: of a solution no line of the instructor's may stand in a student's notebook.
        self.is_written = self.view.solution
        self.is_test = self.view.is_test

    def is_unchanged(self, text: str) -> bool:
        """True for the released text, and for the instructor's, which the reference version has."""
        return comparable(text) in (comparable(self.released), comparable(self.cell.source))

    def is_unanswered(self, text: str) -> bool:
        """True for what a student was to write over, whatever its comments, and for no code at all."""
        if comparable(text) == comparable(self.released):
            return True
        if not self.is_code:
            return not text.strip()
        code = read_code(text).statements
        return code == () or (code is not None and code == read_code(self.released).statements)


@dataclass(eq=False)
class Matching:
    """All cells of both notebooks, arranged.

    `places`: the instructor's cells; `given`: the submission's; `top`: own cells that stand above all of them, which
    happens only where the instructor has no code cell.
    """

    places: list[Place]
    given: list[Given]
    top: list[int]

    def __post_init__(self):
        self._by_id = {place.grade_id: place for place in self.places}
        self._defined_in = defaultdict(list)
        for place in self.places:
            for number in place.body:
                cell = self.given[number]
                is_part = place.is_written and not cell.own
                if is_part and place.is_unanswered(cell.source) or not (is_part or cell.is_code):
                    continue
                for name in read_code(cell.source).defines:
                    self._defined_in[name].append(place.number)

    def test_of(self, answer: Place) -> Place | None:
        return self._by_id.get(f"test_{answer.grade_id}")

    def defined_in(self, answer: Place) -> list[int]:
        """The numbers of the places in whose bodies the student's code defines a name that an answer must define."""
        names = answer.answer.names if answer.answer else ()
        return sorted({number for name in names for number in self._defined_in.get(name, [])})

    def hides_a_definition(self, answer: Place) -> bool:
        """True where an answer is a stub, and the student defined a name of it in a cell above."""
        if not any(number < answer.number for number in self.defined_in(answer)) or not answer.stands:
            return False
        text = self.given[answer.stands[-1]].source
        return answer.is_unanswered(text) and read_code(text).statements != ()

    def is_of_this_assignment(self) -> bool:
        told_by = [place for place in self.places if place.is_written or place.is_test]
        return not told_by or any(place.given or self.defined_in(place) for place in told_by)


def match(instructor: NotebookNode, submitted: NotebookNode, released: NotebookNode) -> Matching:
    """Finds every cell's place. Arguments and errors are those of `canonical_notebook`."""
    places = _places(instructor, released)
    given = [
        Given(cell.get("cell_type"), clean_source(cell.get("source")), view(cell).grade_id or None)
        for cell in submitted.get("cells", [])
    ]
    _recognise(places, given)
    by_id = {place.grade_id: place for place in places}
    for place in places:
        if place.is_written:
            _choose_answer(place, given, by_id.get(f"test_{place.grade_id}"))
        elif place.given:
            # Of a test that was copied the last verdict is the one that the student saw last.
            place.stands = [place.given[-1 if place.is_test else 0]]
    return Matching(places, given, _arrange(places, given))


def comparable(text: str) -> str:
    """A cell's text without what editors change on their own: line ends, white space at ends."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def _places(instructor: NotebookNode, released: NotebookNode) -> list[Place]:
    texts = {view(cell).grade_id: cell.source for cell in released.cells if view(cell).grade_id}
    answers = {answer.grade_id: answer for answer in declared(instructor).answers}
    places = []
    seen = set()
    for number, cell in enumerate(instructor.cells):
        seen_as = view(cell)
        grade_id = seen_as.grade_id
        if grade_id and grade_id in seen:
            raise ValueError(
                f"Two cells of the instructor's notebook have the grade_id {grade_id}. Give one of them another."
            )
        seen.add(grade_id)
        text = clean_source(texts.get(grade_id, "" if seen_as.solution else cell.source))
        places.append(Place(number, cell, seen_as, text, answers.get(grade_id) if seen_as.is_answer else None))
    return places


def _recognise(places: list[Place], given: list[Given]) -> None:
    """Fills `given` of the places, and tells the own cells; a surplus copy of a released cell is neither."""
    by_id = {place.grade_id: place for place in places if place.grade_id}
    by_text = defaultdict(list)
    for place in places:
        by_text[comparable(place.released)].append(place)
    by_text.pop("", None)

    for number, cell in enumerate(given):
        if cell.grade_id in by_id:
            by_id[cell.grade_id].given.append(number)
    with_id = {place.number for place in places if place.given}
    for number, cell in enumerate(given):
        if cell.grade_id in by_id:
            continue
        alike = by_text.get(comparable(cell.source), [])
        free = [place for place in alike if place.number not in with_id]
        if free:
            next((place for place in free if not place.given), free[-1]).given.append(number)
        cell.own = not alike

    for place in places:
        if not place.is_code and not place.is_written:
            for number in place.given:
                text = given[number].source
                given[number].own = bool(text.strip()) and not place.is_unchanged(text)


def _choose_answer(place: Place, given: list[Given], test: Place | None) -> None:
    """Tells which of the cells of what a student writes make it; those below its test become own cells."""
    has_code = place.is_code and any(given[number].is_code for number in place.given)
    cells = []
    for number in place.given:
        cell = given[number]
        if has_code and not cell.is_code and read_code(cell.source).statements is None:
            cell.own = True
        else:
            cells.append(number)
    cells = [number for number in cells if not place.is_unanswered(given[number].source)] or cells[:1]
    limit = test.given[-1] if test and test.given else len(given)
    place.stands = [number for number in cells if number < limit] or cells
    for number in cells:
        if number > place.stands[-1]:
            given[number].own = True


def _arrange(places: list[Place], given: list[Given]) -> list[int]:
    """Fills `body` of the places; returns the own cells for which there is no set-up cell."""
    place_of = {number: place for place in places for number in place.stands}
    top, anchor, unfinished = [], None, None
    for number, cell in enumerate(given):
        place = place_of.get(number)
        if place is None:
            if cell.own:
                (anchor.body if anchor else top).append(number)
        elif place.is_written:
            place.body.append(number)
            anchor, unfinished = place, place if number < place.stands[-1] else None
        else:
            # Text between two cells of one answer does not part them.
            if place.is_code or not unfinished:
                anchor, unfinished = place, None
            if cell.own:
                place.body.append(number)
    setup = next((place for place in places if place.is_code), None)
    if setup is None:
        return top
    setup.body[:0] = top
    return []
