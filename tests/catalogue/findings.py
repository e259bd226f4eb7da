"""What code finds in the style of all catalogued answers, right and wrong ones, without running any; and how fast."""

import time
from collections import Counter
from itertools import cycle

import nbformat

from attention_lib.findings.find import find
from attention_lib.findings.finding import KINDS, Finding
from attention_lib.findings.notebook import findings_in
from attention_lib.findings.sentences import sentence_of
from tests.catalogue.entries import Entry, entries
from tests.lesson_answers import ANSWERS, SOURCE

RELEASED = SOURCE.parents[2] / "release" / "attention" / "attention.ipynb"


def findings_in_all() -> list[tuple[Entry, list[Finding]]]:
    """Each answer of `answers/` and `held_out/` with all that is found in it."""
    catalogued = [*entries("answers"), *entries("held_out")]
    return list(zip(catalogued, find([entry.source for entry in catalogued], ANSWERS.values()), strict=True))


def findings_table() -> str:
    """Each finding with its answer, then how many there are of each kind in right and in wrong answers."""
    lines, counts = [], Counter()
    for entry, found in findings_in_all():
        judged = "right" if entry.right else "wrong"
        lines += [f"{entry.answer}, {judged}: {entry.what}"] if found else []
        for each in found:
            counts[each.kind, judged] += 1
            lines.append(f"    {each.first}-{each.last} {each.kind}/{each.form}: {sentence_of(each).text}")
    answers = Counter("right" if entry.right else "wrong" for entry, _ in findings_in_all())
    lines += ["", f"{'':24}" + "".join(f"{judged:>8}" for judged in ("right", "wrong"))]
    for kind in KINDS:
        lines.append(f"{kind:24}" + "".join(f"{counts[kind, judged]:8}" for judged in ("right", "wrong")))
    return "\n".join([*lines, f"{'answers':24}{answers['right']:8}{answers['wrong']:8}"])


def seconds_for_class(students: int) -> float:
    """How long it takes to find all for so many students, each with catalogued answers for all cells, as in grading."""
    catalogued = [*entries("answers"), *entries("held_out")]
    answers = {name: cycle([each.source for each in catalogued if each.answer == name]) for name in ANSWERS}
    notebooks = []
    for _ in range(students):
        notebook = nbformat.read(RELEASED, as_version=4)
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = next(answers[grade_id]) if grade_id in answers else cell.source
        notebooks.append(notebook)
    started = time.perf_counter()
    findings_in(notebooks)
    return time.perf_counter() - started
