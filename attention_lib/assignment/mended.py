"""What had to be mended to make the canonical notebook, said in sentences."""

from dataclasses import dataclass
from functools import partial

from attention_lib.assignment.cell_code import read_code
from attention_lib.assignment.matching import Matching, Place, comparable

NAMES_IN_A_NOTE = 8
LETTERS_IN_A_NAME = 40


@dataclass(frozen=True)
class Mended:
    """Something that had to be mended.

    cell: the grade_id of the instructor's cell that it is about; "" for the notebook as a whole
    message: one sentence, for instructor and student
    lost: True where code of the student's was left behind
    """

    cell: str
    message: str
    lost: bool = False


def notes(matching: Matching) -> list[Mended]:
    """All that had to be mended, the notebook as a whole first, then in the order of the instructor's cells."""
    found = list(_on_the_whole(matching))
    for place in matching.places:
        about = _on_a_written_cell if place.is_written else _on_a_locked_cell if place.is_code else _on_a_text_cell
        found += about(place, matching)
    return found


def why_unusable(matching: Matching) -> str:
    """Why there is nothing of this assignment to grade in the notebook, in sentences; "" if there is something."""
    if not any(cell.source.strip() for cell in matching.given):
        return "The notebook is empty: none of its cells has any text."
    if matching.is_of_this_assignment():
        return ""
    known = {place.grade_id for place in matching.places}
    ids = list(dict.fromkeys(cell.grade_id for cell in matching.given if cell.grade_id and cell.grade_id not in known))
    others = f" Its cells are called {_listed(ids)}." if ids else ""
    return (
        "This is not the notebook of this assignment: none of its cells has the id or the text of an answer or a test, "
        f"or defines what an answer must define.{others} "
        "Hand in the notebook that you fetched for it."
    )


def _on_the_whole(matching: Matching):
    order = [place.stands[-1] for place in matching.places if place.is_code and place.stands]
    if order != sorted(order):
        yield Mended("", "Code cells of the assignment had been moved; they were put back in the original order.")
    missing = sum(not place.is_code and not place.given for place in matching.places)
    if missing:
        cells = "1 text cell" if missing == 1 else f"{missing} text cells"
        yield Mended("", f"The notebook lacked {cells} of the assignment, put back from the original.")


def _on_a_written_cell(place: Place, matching: Matching):
    answer, say = place.grade_id, partial(Mended, place.grade_id)
    name = " and ".join(place.answer.names) if place.answer else ""
    is_are = "are" if " and " in name else "is"
    cells = [matching.given[number] for number in place.given]
    stands = set(place.stands)
    parts = [matching.given[number] for number in place.stands]
    test = matching.test_of(place)
    defined_in = matching.defined_in(place)
    only_below = bool(defined_in) and test is not None and min(defined_in) >= test.number

    if not cells:
        if only_below:
            yield say(
                f"The cell of the answer {answer} was missing, and {name} {is_are} defined only below its test, "
                "which sees what stands above it.",
            )
        elif defined_in:
            yield say(
                f"The cell of the answer {answer} was missing; another cell defines {name} and counts where it stands.",
            )
        elif name:
            yield say(f"The cell of the answer {answer} was missing, and no other cell defines {name}.")
        else:
            yield say(f"The cell of the answer {answer} was missing.")
        return

    if len(cells) > 1 and not all(place.is_unanswered(cell.source) for cell in cells):
        often = "twice" if len(cells) == 2 else f"more than once ({len(cells)} times)"
        what = []
        if len(parts) > 1:
            what.append("the copies run as separate cells, in their order")
        if any(cell.own and cell.is_code for cell in cells):
            what.append("its test does not see a copy that stands below it")
        if any(cell.own and not cell.is_code for cell in cells):
            what.append("a copy that is no code stays as text")
        if any(number not in stands and not matching.given[number].own for number in place.given):
            what.append("a copy without an answer in it was left out")
        yield say(f"The answer {answer} was there {often}: {', and '.join(what)}.")
    if not place.is_code and any(cell.is_code for cell in parts):
        yield say(f"The answer {answer} had been turned into code; it stays as text.")
    if place.is_code and not all(cell.is_code for cell in parts):
        yield say(f"The answer {answer} was no longer a code cell; its text counts and is run as code.")
    if matching.hides_a_definition(place):
        yield say(
            f"The cell of the answer {answer} was left as released, and {name} {is_are} defined in a cell above it; "
            "the released text was left out so that it hides nothing.",
        )
    elif only_below and place.is_unanswered(parts[-1].source):
        yield say(
            f"The cell of the answer {answer} has no answer, and {name} {is_are} defined only below its test, "
            "which sees what stands above it.",
        )


def _on_a_locked_cell(place: Place, matching: Matching):
    if place.view.is_lesson_only and not place.view.locked:
        return
    say = partial(Mended, place.grade_id)
    kind = "test cell" if place.is_test else "locked cell"
    subject = f"The {kind} {place.grade_id or _first_line(place)}"
    cells = [matching.given[number] for number in place.given]
    if not cells:
        yield say(f"{subject} was missing; the original was put back.")
        return
    if not any(cell.is_code for cell in cells):
        yield say(f"{subject} was no longer a code cell; the original was put back.")
    if all(place.is_unchanged(cell.source) for cell in cells):
        return
    if place.is_test:
        yield say(f"{subject} had been changed; the original was used.")
        return
    lost, names = _what_is_lost(place, [cell.source for cell in cells])
    if names:
        consequence = f", so what was defined there is missing: {_listed(names)}."
    elif lost:
        consequence = ", without the changes made there."
    else:
        consequence = "."
    yield say(f"{subject} had been changed; the original was used{consequence}", lost)


def _on_a_text_cell(place: Place, matching: Matching):
    cells = [matching.given[number] for number in place.given]
    if any(cell.own and cell.is_code for cell in cells):
        yield Mended(
            place.grade_id,
            f"The text cell {place.grade_id or _first_line(place)} had been turned into code; "
            "the original was put back, and the code runs in a cell below it.",
        )


def _what_is_lost(place: Place, sources: list[str]) -> tuple[bool, list[str]]:
    """Whether an edited cell's texts hold other code than the released one, and the names that they alone define."""
    # A cell that was split is whole again when joined.
    whole = "\n".join(sources)
    pieces = [whole] if read_code(whole).statements is not None else sources
    codes = [read_code(piece).statements for piece in pieces]
    original = set(read_code(place.released).statements or ())
    lost = any(code is None or not original.issuperset(code) for code in codes)
    kept = read_code(place.released).defines | read_code(place.cell.source).defines | {"*"}
    names = {name for piece in pieces for name in read_code(piece).defines} - kept
    return lost, sorted(names)


def _listed(names: list[str]) -> str:
    shown = [name[:LETTERS_IN_A_NAME] for name in names[:NAMES_IN_A_NOTE]]
    if len(names) > NAMES_IN_A_NOTE:
        shown.append(f"and {len(names) - NAMES_IN_A_NOTE} more")
    return ", ".join(shown)


def _first_line(place: Place) -> str:
    return "that begins with " + comparable(place.cell.source).partition("\n")[0][:LETTERS_IN_A_NAME]
