"""The instructor's own mistakes: each has its sentence, what is legitimate has none, and no command makes anything."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode, v4
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from attention_lib.assignment.cells import view
from course.folders import CourseError, load_config
from grading.source.faults import require_sound_source, source_faults
from tests.course_folder import RIGHT, ROOT, CourseFolder, at, lesson
from tests.grading.kept_pool import run_command

SCORES, TEST = "attention_scores", "test_attention_scores"
ESSAY = {"grade": True, "solution": True, "locked": False, "points": 2}
TASK = {"task": True, "points": 2}


def text(grade_id: str, old: str, new: str):
    """A change of a cell's text, wherever the pattern `old` is."""

    def change(notebook):
        cell = at(notebook, grade_id)
        cell.source, count = re.subn(old, lambda _: new, cell.source, flags=re.MULTILINE | re.DOTALL)
        assert count, old

    return change


def meta(grade_id: str, /, **entries):
    """A change of a cell's nbgrader metadata; None takes an entry out."""

    def change(notebook):
        nbgrader = at(notebook, grade_id).metadata.nbgrader
        nbgrader.update(entries)
        for key in [key for key, value in entries.items() if value is None]:
            del nbgrader[key]

    return change


def add(after: str, grade_id: str, source: str = "some text", kind: str = "code", tags=(), **flags):
    """A further cell, locked unless told; without metadata if it has no id."""

    def change(notebook):
        cell = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}[kind](source)
        base = {"grade": False, "solution": False, "locked": True, "task": False, "schema_version": 3}
        if grade_id:
            cell.metadata = NotebookNode(nbgrader=NotebookNode(base | {"grade_id": grade_id} | flags), tags=list(tags))
        notebook.cells.insert(notebook.cells.index(at(notebook, after)) + 1, cell)

    return change


def remove(*grade_ids: str):
    def change(notebook):
        for grade_id in grade_ids:
            notebook.cells.remove(at(notebook, grade_id))

    return change


def move(grade_id: str, after: str):
    def change(notebook):
        cell = at(notebook, grade_id)
        notebook.cells.remove(cell)
        notebook.cells.insert(notebook.cells.index(at(notebook, after)) + 1, cell)

    return change


def tag(grade_id: str, *tags: str):
    return lambda notebook: at(notebook, grade_id).metadata.update(tags=list(tags))


def pair(name: str, solution: str, test: str, over: str = "", after: str = "test_attention_head"):
    """An answer of this name, and its test."""
    checks = (
        f'from attention_lib.checks import Checks, expect\nchecks = Checks("{name}"{over})\n@checks.visible\n'
        f'def check_it():\n    "It is right."\n    expect({test}, "wrong")\nchecks.report()'
    )
    return all_of(
        add(after, name, solution, solution=True, locked=False), add(name, f"test_{name}", checks, grade=True, points=1)
    )


def all_of(*changes):
    def change(notebook):
        for each in changes:
            each(notebook)

    return change


def hide(source: str) -> str:
    return f"### BEGIN HIDDEN TESTS\n{source}\n### END HIDDEN TESTS\n"


REPORT = r"^checks\.report\(\)"
ONE_MORE = 'def check_more():\n    "More is right."\n    expect(attention_scores(2, 3) == 6, "wrong")\n'

# By what is wrong: the cell, words of the sentence about it, and the change that makes it so.
FAULTS = {
    # Code.
    "syntax-solution": (SCORES, "no Python: expected ':' in line 1, `def att", text(SCORES, r"\):", ")")),
    "syntax-test": (TEST, "'(' was never closed in line 7", text(TEST, REPORT, "checks.report(")),
    "syntax-set-up": ("setup", "in line 4, `import`", text("setup", "import os", "\n\nimport")),
    "syntax-below-a-magic": ("picture", "in line 3", text("picture", r"\A", "%%time\n\nx =\n")),
    "syntax-below-blank-lines": (SCORES, "'return' outside function in line 3", text(SCORES, r"\A", "\n \nreturn\n")),
    "conflict-in-a-cell": (TEST, "in line 1, `<<<<<<< HEAD`", text(TEST, r"\A", "<<<<<<< HEAD\n")),
    "null-byte": (SCORES, "null bytes", text(SCORES, r"\Z", "\0")),
    "test-too-long": (TEST, "too long to be read", text(TEST, r"\Z", "\n" + "# pasted\n" * 6000)),
    "solution-too-long": (SCORES, "too long to be read", text(SCORES, r"\Z", "\n" + "# pasted\n" * 6000)),
    "syntax-without-id": ("", "The code cell that begins `x = (` is no Python", add("setup", "", "x = (")),
    # Marks.
    "solution-not-ended": (SCORES, "which nothing ends: put `END SOL", text(SCORES, r"\Z", "\n# BEGIN SOLUTION")),
    "solution-not-begun": (SCORES, "without `BEGIN SOLUTION` before", text(SCORES, r"\Z", "\n# END SOLUTION")),
    "solution-nested": (
        SCORES,
        "in line 4 though the one of line 3 is still open",
        text(SCORES, r"\Z", "\n# BEGIN SOLUTION\n# BEGIN SOLUTION\n# END SOLUTION"),
    ),
    "solution-ended-twice": (
        SCORES,
        "`END SOLUTION` in line 5 without",
        text(SCORES, r"\Z", "\n# BEGIN SOLUTION\n# END SOLUTION\n# END SOLUTION"),
    ),
    "solution-in-a-test": (TEST, "is not a solution", text(TEST, r"\Z", "\n# BEGIN SOLUTION\n# END SOLUTION")),
    "solution-in-text": ("why", "is not a solution", add("setup", "why", "BEGIN SOLUTION\nEND SOLUTION", "markdown")),
    "hidden-not-ended": (TEST, "put `END HIDDEN TESTS`", text(TEST, r"\Z", "\n# BEGIN HIDDEN TESTS")),
    "hidden-not-begun": (TEST, "without `BEGIN HIDDEN TESTS`", text(TEST, r"\Z", "\n# END HIDDEN TESTS")),
    "hidden-in-an-answer": (SCORES, "is not a test", text(SCORES, r"\Z", "\n" + hide("x = 1"))),
    "hidden-in-a-picture": ("picture", "is not a test", text("picture", r"\Z", "\n" + hide("x = 1"))),
    "scheme-not-ended": ("do", "`END MARK SCHEME`", add("setup", "do", "BEGIN MARK SCHEME", "markdown", **TASK)),
    "scheme-in-an-essay": (
        "why",
        "is not a task",
        add("setup", "why", "BEGIN MARK SCHEME\nEND MARK SCHEME", "markdown", **ESSAY),
    ),
    "mark-misspelled": (TEST, "does not take for a mark", text(TEST, r"\Z", "\n### begin hidden test")),
    "stub-no-python": (
        SCORES,
        "no Python as students get it",
        text(
            SCORES, r"\A(.*)\Z", "x = [\n# BEGIN SOLUTION\n]\n# END SOLUTION\ndef attention_scores(Q, K): return Q * K"
        ),
    ),
    # Points.
    **{
        f"points-{str(points)[:9]}": (TEST, f"has the points `{points!r}`", meta(TEST, points=points))
        for points in ("1", " ", -1, float("nan"), float("inf"), True, [1], 10**400)
    },
    "points-missing": (TEST, "graded but has no points", meta(TEST, points=None)),
    "points-blank": (TEST, "graded but has no points", meta(TEST, points="")),
    "points-of-an-essay": ("why", "points `'two'`", add("setup", "why", "", "markdown", **ESSAY | {"points": "two"})),
    "points-of-a-task": ("do", "has no points", add("setup", "do", "Try it.", "markdown", task=True)),
    # What grades what.
    "no-test": (SCORES, "nothing grades: add a test with the id `test_attention_scores`", remove(TEST)),
    "no-answer-to-the-test": (TEST, "no cell has that id", remove(SCORES)),
    "test-of-another-name": ("check_scores", "a test of no answer", meta(TEST, grade_id="check_scores")),
    "test-above": (TEST, "stands above `attention_scores`", move(TEST, "setup")),
    "answer-no-solution": (TEST, "no solution made of code", meta(SCORES, solution=False, locked=True)),
    "answer-by-hand-and-test": (TEST, "which is manually graded", meta(SCORES, **ESSAY)),
    "essay-not-graded": ("why", "nothing grades", add("setup", "why", "", "markdown", **ESSAY | {"grade": False})),
    "graded-text": ("why", "a Markdown cell is no test", add("setup", "why", "", "markdown", grade=True, points=1)),
    "graded-raw-text": ("why", "a raw cell is no test", add("setup", "why", "", "raw", grade=True, points=1)),
    "task-of-code": ("do", "a task and something else", add("setup", "do", "pass", **TASK)),
    "task-and-essay": ("do", "a task and something else", add("setup", "do", "", "markdown", **TASK | ESSAY)),
    "no-answers": ("", "has no answer", remove(*RIGHT, *(f"test_{answer}" for answer in RIGHT))),
    "no-cells": ("", "has no answer", lambda notebook: notebook.cells.clear()),
    # Ids.
    "id-twice": ("picture", "is there twice: cell 2 of the notebook", add("setup", "picture", "", "markdown")),
    "id-missing": ("", "The code cell that begins `import math` has no id", meta("setup", grade_id=None)),
    "id-empty": ("", "has no id", meta(SCORES, grade_id="")),
    "id-of-an-empty-cell": (
        "",
        "The empty code cell, number 2 of the notebook, has no id",
        all_of(add("setup", "x", ""), meta("x", grade_id="")),
    ),
    "id-a-number": ("", "has the id `5`", meta("setup", grade_id=5)),
    "id-too-long": ("a" * 129, "at most 128", meta("setup", grade_id="a" * 129)),
    **{
        f"id-{odd.strip()}": (odd, "an id that nbgrader refuses", meta("setup", grade_id=odd))
        for odd in ("a b", "a/b", "é", "line\n")
    },
    # Locks and tags.
    "answer-locked": (SCORES, "is a solution, but locked", meta(SCORES, locked=True)),
    "test-unlocked": (TEST, "code that students could change", meta(TEST, locked=False)),
    "code-without-metadata": ("", "begins `scale = 1` is code that students could", add("setup", "", "scale = 1")),
    "answer-lesson-only": (SCORES, "tagged `lesson-only`", tag(SCORES, "lesson-only")),
    "test-lesson-only": (TEST, "tagged `lesson-only`", tag(TEST, "lesson-only")),
    # What nbgrader alone refuses.
    "older-nbgrader": ("setup", "nbgrader update", meta("setup", schema_version=1)),
    "flag-as-text": ("setup", "metadata that nbgrader refuses ('true' is not", meta("setup", locked="true")),
    "flag-missing": ("setup", "metadata that nbgrader refuses", meta("setup", solution=None)),
    "other-language": (
        "",
        "nbgrader cannot make the student version: language 'R'",
        lambda notebook: notebook.metadata.update(kernelspec={"language": "R"}),
    ),
    # Checks.
    "asserts": (TEST, "made of `Checks`", text(TEST, r"\A.*\Z", "assert attention_scores(2, 3) == 6")),
    "never-reported": (TEST, "never reports them", text(TEST, REPORT, "")),
    "report-not-called": (TEST, "never reports them", text(TEST, REPORT, "checks.report")),
    "report-under-a-condition": (TEST, "never reports them", text(TEST, REPORT, "if False:\n    checks.report()")),
    "reported-twice": (TEST, "reports its checks twice", text(TEST, REPORT, "checks.report()\nchecks.report()")),
    "reported-too-early": (TEST, "makes a check below", text(TEST, r"\Z", "\n" + hide(f"@checks.hidden\n{ONE_MORE}"))),
    "reported-in-the-hidden-part": (TEST, "within the hidden tests", text(TEST, REPORT, hide("checks.report()"))),
    "two-lists-of-checks": (TEST, "calls `Checks` 2 times", text(TEST, REPORT, 'Checks("x")\nchecks.report()')),
    "no-check": (TEST, "has no check", text(TEST, r"^@checks\.visible\n", "")),
    "hidden-checks-alone": (
        TEST,
        "only hidden checks",
        text(TEST, r"^@checks.*\Z", hide(f"@checks.hidden\n{ONE_MORE}") + "checks.report()"),
    ),
    "hidden-check-that-shows": (
        TEST,
        "so that students get it",
        text(TEST, REPORT, f"@checks.hidden\n{ONE_MORE}{hide('x = 1')}checks.report()"),
    ),
    "half-a-statement-hidden": (
        TEST,
        "no Python as students get it",
        text(TEST, r"^def check_worked_example\(\):$", hide("def check_worked_example():")),
    ),
    "checks-of-another": (
        TEST,
        "makes the checks of `project_qkv`",
        text(TEST, r'Checks\("\w+"', 'Checks("project_qkv"'),
    ),
    "checks-of-a-variable": (TEST, "without its answer written out", text(TEST, r'Checks\("\w+"', "Checks(expect")),
    "name-of-nothing": (
        "test_attention_head",
        "is none of what the solution defines",
        text("test_attention_head", 'name="AttentionHead', 'name="AttentionHed'),
    ),
    # What it is built over.
    **{
        f"over-{over}": ("test_sixth", words, pair("sixth", "sixth = 6", "sixth == 6", f", {over}"))
        for over, words in {
            "over='project_qkv'": "a tuple or list of names in quotes",
            "over=(expect,)": "a tuple or list of names in quotes",
            "over=('a' + 'b',)": "a tuple or list of names in quotes",
            "over=(1,)": "a tuple or list of names in quotes",
            "over={'project_qkv'}": "a tuple or list of names in quotes",
            "**{'over': ()}": "a tuple or list of names in quotes",
            "over=('project',)": "over 'project', but no answer is called so",
            "over=('picture',)": "over 'picture', but no answer is called so",
            "over=('sixth',)": "built over itself",
        }.items()
    },
    "over-what-stands-below": (
        "test_sixth",
        "which stands below it",
        pair("sixth", "sixth = 6", "sixth == 6", ", over=['project_qkv']", after="setup"),
    ),
    # Names.
    "solution-defines-another-name": (
        SCORES,
        "defines `scores`, and the test reads `attention_scores`",
        text(SCORES, "attention_scores", "scores"),
    ),
    "solution-defines-what-is-there": (
        "sixth",
        "which the set-up cell gives already",
        pair("sixth", "import math", "math.pi > 3"),
    ),
    "two-answers-define-it": (
        "sixth",
        f"`{SCORES}` both define `{SCORES}`",
        pair("sixth", f"sixth = 6\n{RIGHT[SCORES]}", "sixth == 6"),
    ),
    "test-reads-nothing-s-name": (TEST, "reads `three`, which nothing gives", text(TEST, r"\(2, 3\)", "(2, three)")),
    "test-reads-a-picture-s-name": (TEST, "lesson-only and not run in grading", text(TEST, r"\(2, 3\)", "(2, tokens)")),
    "test-reads-a-locked-cell-s-name": (
        TEST,
        "which is not the set-up cell",
        all_of(add("setup", "three", "three = 3"), text(TEST, r"\(2, 3\)", "(2, three)")),
    ),
    "test-reads-an-answer-below": (
        TEST,
        "the answer `aggregate_values` defines only further down",
        text(TEST, r"\(2, 3\)", "(2, aggregate_values(1, 3))"),
    ),
    "test-reads-what-is-hidden": (
        TEST,
        "reads `three` outside of the hidden tests",
        text(TEST, r"\A", hide("three = 3") + "three\n"),
    ),
    "test-without-import": (TEST, "reads `Checks`, which nothing gives", text(TEST, "Checks, ", "")),
    "solution-reads-nothing-s-name": (
        SCORES,
        "reads `np`, which nothing gives",
        text(SCORES, "Q [*] K", "np.dot(Q, K)"),
    ),
    "solution-reads-a-picture-s-name": (
        SCORES,
        "only the cell `picture` defines, which is lesson-only",
        text(SCORES, "Q [*] K", "Q * tokens"),
    ),
    "set-up-below": ("attention_head", "only the cell `setup` defines, which stands further", move("setup", "verify")),
}

# What is legitimate.
SOUND = {
    "as-it-is": lambda notebook: None,
    "magics": all_of(
        text("picture", r"\Z", "\n%matplotlib inline\nfiles = !ls\ntokens?\nawait something()"),
        add("verify", "shell", "%%bash\nif [ -e x ]; then ls; fi", tags=["lesson-only"]),
    ),
    "text-without-metadata": add("setup", "", "A BEGIN is no SOLUTION", "markdown"),
    "lesson-only-unlocked": meta("picture", locked=False),
    "lesson-only-without-metadata": all_of(
        add("verify", "play", "x = 1", tags=["lesson-only"]), lambda nb: at(nb, "play").metadata.pop("nbgrader")
    ),
    "raw": add("setup", "", "raw", "raw"),
    "no-points": meta(TEST, points=0),
    "half-a-point": meta(TEST, points=0.5),
    "marks": all_of(
        text(SCORES, r"    return", "    #   BEGIN SOLUTION, if you can\n    return"),
        text(SCORES, r"\Z", "\n    ### END SOLUTION\n# BEGIN SOLUTION\n# END SOLUTION"),
    ),
    "hidden-tests": text(TEST, REPORT, hide(f"@checks.hidden\n{ONE_MORE}") + hide("x = 1") + "checks.report()"),
    "hidden-lines-below-the-report": text(TEST, r"\Z", "\n" + hide("secret = 1")),
    "over-a-list-of-names": pair("sixth", "sixth = 6", "sixth == 6", ", over=['AttentionHead', 'project_qkv']"),
    "over-nothing": pair("sixth", "sixth = 6", "sixth == 6", ", over=()"),
    "name-left-out": text("test_attention_head", ', name="AttentionHead"', ""),
    "two-names": pair("sixth", "sixth, seventh = 6, 7\nimport re", "sixth < seventh"),
    "same-helper-in-two-answers": all_of(
        text(SCORES, r"\A", "helper = 1\n"),
        pair("sixth", "helper = 6\ndef sixth():\n    return helper", "sixth() == 6"),
    ),
    "set-up-with-a-constant": all_of(
        text("setup", r"\Z", "\nTHREE = 3\n%time FOUR = 4"), text(TEST, r"\(2, 3\)", "(2, THREE or FOUR)")
    ),
    "set-up-imports-all": all_of(
        text("setup", r"\Z", "\nfrom math import *"), text(TEST, r"\(2, 3\)", "(2, gcd(3, 6))")
    ),
    "test-imports-all": text(TEST, r"\A", "from math import *\ngcd\n"),
    "solution-reads-a-locked-cell-s-name": all_of(
        add("setup", "three", "three = 3"), text(SCORES, "Q [*] K", "Q * K * three / 3")
    ),
    "solution-above-a-helper-cell": all_of(
        text(SCORES, "Q [*] K", "Q * K * three / 3"), add(SCORES, "three", "three = 3")
    ),
    "test-far-below": move(TEST, "verify"),
    "essay": add("setup", "why", "Because", "markdown", **ESSAY),
    "code-by-hand": add("setup", "draw", "three = 3", **ESSAY),
    "task": add("setup", "do", "Do it.\n=== BEGIN MARK SCHEME ===\nx\n=== END MARK SCHEME ===", "markdown", **TASK),
    "module-of-checks": all_of(
        text(TEST, r"import Checks, expect", "import expect\nimport attention_lib.checks as library"),
        text(TEST, r"Checks\(", "library.Checks("),
    ),
    "carried-declaration": lambda notebook: notebook.metadata.update(attention101={"declared": {"graded": []}}),
}


@pytest.fixture
def notebook() -> NotebookNode:
    """The small lesson, as `CourseFolder` writes it."""
    notebook = lesson(RIGHT)
    del notebook.metadata["attention101"]
    return notebook


CONFIG = load_config()


@pytest.mark.parametrize("cell, words, change", FAULTS.values(), ids=FAULTS)
def test_a_fault_has_its_sentence(notebook, cell, words, change):
    change(notebook)
    faults = source_faults(notebook, config=CONFIG)
    found = [fault for fault in faults if words in fault.sentence]
    assert [fault.grade_id for fault in found] == [cell], faults
    if cell.isidentifier():
        assert found[0].sentence.startswith(f"The cell `{cell}` ")
        assert view(notebook.cells[found[0].number - 1]).grade_id == cell
    assert all(fault.sentence.endswith((".", "`")) and "\n" not in fault.sentence for fault in faults)


@pytest.mark.parametrize("change", SOUND.values(), ids=SOUND)
def test_what_is_legitimate_has_none(notebook, change):
    change(notebook)
    before = json.dumps(notebook)
    assert source_faults(notebook, config=CONFIG) == []
    assert json.dumps(notebook) == before


def test_the_lesson_has_none():
    path = ROOT / "source" / "attention" / "attention.ipynb"
    assert source_faults(nbformat.read(path, as_version=4), path.parent, CONFIG) == []


def test_marks_are_those_that_nbgrader_is_configured_for(notebook):
    text(SCORES, r"\Z", "\n# HERE IT BEGINS")(notebook)
    assert source_faults(notebook) == []
    config = Config({"ClearSolutions": {"begin_solution_delimeter": "HERE IT BEGINS"}})
    assert "`HERE IT BEGINS` in line 3, which nothing ends" in source_faults(notebook, config=config)[0].sentence


def test_what_a_terminal_would_obey_is_not_said(notebook):
    meta("setup", grade_id="\x1b[2J")(notebook)
    assert "\x1b" not in source_faults(notebook)[0].sentence


# By what is wrong with the file: words of the sentence, and what is done to the assignment's folder.
FILES = {
    "conflict": (
        "conflict marks of a merge that git did not finish, first in line 2",
        b'{\n<<<<<<< HEAD\n"cells": []\n',
    ),
    "cut-off": ("is not JSON", b'{"cells": ['),
    "empty": ("is empty", b" \n"),
    "not-utf-8": ("is not UTF-8", '{"cells": "é"}'.encode("latin-1")),
    "deep": ("is not JSON", b"[" * 100_000),
    "a-list": ("no notebook that Jupyter reads", b"[1]"),
    "format-3": ("format 4", b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}'),
    "format-9": (
        "no notebook that Jupyter reads",
        b'{"nbformat": 9, "nbformat_minor": 0, "metadata": {}, "cells": []}',
    ),
    "no-cells": ("no notebook that Jupyter reads", b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}'),
    "damaged-cell": (
        "Cell 1 of the notebook is damaged",
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, '
        b'"cells": [{"cell_type": "raw", "metadata": {}, "source": 5}]}',
    ),
}


def refusal(course: CourseFolder) -> str:
    with pytest.raises(CourseError) as caught:
        require_sound_source(CourseDirectory(root=str(course.folder)), "attention")
    return str(caught.value)


@pytest.mark.parametrize("words, content", FILES.values(), ids=FILES)
def test_a_file_that_is_no_notebook_is_a_fault(tmp_path, words, content):
    course = CourseFolder(tmp_path)
    course.source.write_bytes(content)
    assert words in refusal(course).partition("\n")[2]


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path):
    course = CourseFolder(tmp_path)
    course.source.unlink()
    assert "is missing" in refusal(course)
    course.source.mkdir()
    assert "is a folder" in refusal(course)
    course.source.rmdir()
    # It may be opened and not be read, whoever runs the test.
    course.source.symlink_to("/proc/self/mem")
    assert "could not be read" in refusal(course)


def test_a_second_notebook_is_a_fault(tmp_path):
    course = CourseFolder(tmp_path)
    (course.source.parent / ".ipynb_checkpoints").mkdir()
    for name in (".ipynb_checkpoints/attention-checkpoint.ipynb", ".~attention.ipynb", "data.csv"):
        (course.source.parent / name).write_text("x")
    require_sound_source(CourseDirectory(root=str(tmp_path)), "attention")
    shutil.copy(course.source, course.source.parent / "attention-Copy1.ipynb")
    assert "`attention-Copy1.ipynb` lies beside `attention.ipynb`" in refusal(course)


# What reads the source: none of it may do anything where the source has a fault.
COMMANDS = {
    "generate_assignment": ("nbgrader", "generate_assignment", "attention"),
    "source_with_tests": ("nbgrader", "generate_assignment", "attention", "--source_with_tests"),
    "generate_solution": ("nbgrader", "generate_solution", "attention"),
    "nbgrader-autograde": ("nbgrader", "autograde", "attention", "--force"),
    "release": ("grading", "release", "attention"),
    "autograde": ("grading", "autograde", "attention"),
    "regrade": ("grading", "regrade", "attention", "--yes"),
}
SENTENCES = (
    "The cell `test_attention_scores` is graded but has no points",
    "The cell `aggregate_values` has `BEGIN SOLUTION` in line 3, which nothing ends",
)


@pytest.fixture(scope="module")
def broken(course) -> CourseFolder:
    """A course that was graded, and in whose source a test has lost its points and a solution its end."""
    course.hand_in("ada", course.submission(RIGHT))
    answer = run_command(course.folder, "autograde", "attention")
    assert answer.returncode == 0, answer.stderr
    course.hand_in("bea", course.submission())
    notebook = nbformat.read(course.source, as_version=4)
    all_of(meta(TEST, points=None), text("aggregate_values", r"\Z", "\n### BEGIN SOLUTION"))(notebook)
    course.source.write_text(json.dumps(notebook))
    return course


def everything(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


@pytest.mark.kernel
@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_no_command_makes_anything_of_an_unsound_source(broken, arguments):
    before = everything(broken.folder)
    program, *rest = arguments
    answer = run_command(broken.folder, *rest) if program == "grading" else broken.command(*arguments)
    said = answer.stdout + answer.stderr
    assert answer.returncode == 1, said
    assert all(sentence in said for sentence in SENTENCES) and str(broken.source) in said
    assert "traceback" not in said.lower()
    assert everything(broken.folder) == before


@pytest.mark.kernel
def test_formgrader_shows_the_sentences_and_makes_nothing(broken, monkeypatch):
    monkeypatch.setenv("ATTENTION101_COURSE", str(broken.folder))
    config = load_config()
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    before = everything(broken.folder)
    for response in (api.generate_assignment("attention"), api.autograde("attention", "ada")):
        assert not response["success"]
        assert all(sentence in response["log"] for sentence in SENTENCES)
        assert "Traceback" not in response["log"]
    assert everything(broken.folder) == before
