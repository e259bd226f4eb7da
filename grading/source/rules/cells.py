"""Rules on each cell by itself: its code, its id, its points, and what nbgrader is told that it is."""

import re
from collections.abc import Iterator
from copy import deepcopy

from nbgrader.nbgraderformat import MetadataValidator, SchemaTooOldError

from attention_lib.assignment.cell_code import LONGEST_SOURCE, MOST_MAGICS
from attention_lib.assignment.cells import TEST
from attention_lib.assignment.declaration import as_points
from grading.source.rules.written_source import Source, SourceCell, SourceFault, quoted, shown

# The letters are those of nbgrader's schema for cells, the length is its gradebook's.
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def syntax_faults(source: Source) -> Iterator[SourceFault]:
    """Code that is no Python, or that grading does not read."""
    for cell in source.cells:
        if cell.syntax_error:
            line, why = cell.syntax_error
            lines = cell.text.split("\n")
            text = f", {quoted(lines[line - 1])}" if line and line <= len(lines) and lines[line - 1].strip() else ""
            where = f"in line {line}{text}" if line else "somewhere"
            yield cell.fault(f"is no Python: {shown(why)} {where}. Mend it, and run the cell once.")
        elif (cell is source.set_up or cell.view.is_answer or cell.view.is_test) and cell.tree is None:
            yield cell.fault(
                f"is too long to be read: keep it below {LONGEST_SOURCE:,} characters and {MOST_MAGICS} magics."
            )


def id_faults(source: Source) -> Iterator[SourceFault]:
    """Ids that are missing, odd, or given twice."""
    seen: dict[str, SourceCell] = {}
    for cell in source.cells:
        grade_id = cell.view.grade_id
        if not isinstance(given := cell.nbgrader.get("grade_id", ""), str):
            yield cell.fault(f"has the id `{shown(repr(given))}`, which is no text: give it one of letters.")
        elif not grade_id:
            if cell.view.is_marked:
                yield cell.fault("has no id: give it one of its own in nbgrader's cell toolbar (Create Assignment).")
        elif not _ID.fullmatch(grade_id):
            yield cell.fault("has an id that nbgrader refuses: use letters, digits, `_` and `-` alone, at most 128.")
        elif grade_id in seen:
            yield cell.fault(
                f"is there twice: cell {seen[grade_id].number} of the notebook, which begins "
                f"{seen[grade_id].beginning}, and cell {cell.number}, which begins {cell.beginning}, have the same id. "
                "Give one of them another id."
            )
        else:
            seen[grade_id] = cell


def points_faults(source: Source) -> Iterator[SourceFault]:
    """Points that are missing, or that nobody could get."""
    for cell in source.cells:
        if not (cell.view.grade or cell.view.task) or as_points(points := cell.nbgrader.get("points")) is not None:
            continue
        if points is None or points == "":
            yield cell.fault("is graded but has no points: give it a number of points, 0 or more.")
        else:
            yield cell.fault(f"has the points `{shown(repr(points))}`: give it a number, 0 or more.")


def kind_faults(source: Source) -> Iterator[SourceFault]:
    """Cells that are graded, or written by students, in a way that nobody grades."""
    tested = {cell.view.tested for cell in source.tests}
    for cell in source.cells:
        is_a, grade_id = cell.view, shown(cell.view.grade_id)
        if is_a.task and (is_a.grade or is_a.solution or is_a.is_code):
            yield cell.fault(
                "is a task and something else at once: a task is a Markdown cell that is no solution and no test. "
                "Choose one in nbgrader's cell toolbar."
            )
        elif is_a.is_answer and grade_id and grade_id not in tested:
            yield cell.fault(
                f"is a solution that nothing grades: add a test with the id `{TEST}{grade_id}` below it, or make it "
                "manually graded, with points."
            )
        elif is_a.solution and not is_a.is_code and not is_a.grade:
            yield cell.fault("is a solution that nothing grades: make it manually graded, with points.")
        elif is_a.grade and not is_a.solution and not is_a.is_code:
            yield cell.fault(
                f"is graded, but a {cell.kind} cell is no test: make it manually graded (a solution, too), or a task."
            )
        elif is_a.is_test and not is_a.tested and grade_id:
            yield cell.fault(
                f"is a test of no answer: give it the id `{TEST}x`, where `x` is the id of the solution that it tests."
            )


def lock_faults(source: Source) -> Iterator[SourceFault]:
    """Cells that students can change though they should not, or should and cannot; and graded ones that do not run."""
    for cell in source.cells:
        is_a = cell.view
        if is_a.is_lesson_only:
            if is_a.solution or is_a.grade:
                yield cell.fault("is tagged `lesson-only`, so that grading would not run it: take the tag off.")
        elif is_a.solution and is_a.locked:
            yield cell.fault("is a solution, but locked: unlock it, so that students can write there.")
        elif is_a.is_code and not is_a.solution and not is_a.locked:
            yield cell.fault(
                "is code that students could change, and grading counts on it: lock it and give it an id (`Read-only` "
                "or `Autograder tests` in nbgrader's cell toolbar), or tag it `lesson-only`."
            )


RULES = (syntax_faults, id_faults, points_faults, kind_faults, lock_faults)


def nbgrader_faults(source: Source, known: set[int]) -> Iterator[SourceFault]:
    """What else nbgrader would refuse.

    known: numbers of the cells of which a fault is told already
    """
    validator = MetadataValidator()
    for cell in source.cells:
        if cell.number in known:
            continue
        try:
            validator.validate_cell(deepcopy(cell.node))
        except SchemaTooOldError:
            yield cell.fault("was marked by an older nbgrader: back up the source and run `nbgrader update .`.")
        except Exception as error:
            why = shown(str(error).strip().partition("\n")[0])[:200]
            yield cell.fault(f"has metadata that nbgrader refuses ({why}): choose its type again in the cell toolbar.")
