"""Every sentence of the contract's "What is graded", each with a notebook that breaks it.

The small assignment below has the contract's five answers, as functions of numbers. `points` runs a canonical
notebook's code cells from the top, as the grader does, and tells which tests pass.
"""

import copy
import json

import nbformat
import pytest
from nbconvert import HTMLExporter

from attention_lib.assignment.canonical import Canonical, Mended, canonical_notebook
from attention_lib.assignment.notebook_file import new_cell, new_notebook, read_notebook
from tests.attention_lib.assignment.run_cells import new_shell
from tests.lesson_answers import ANSWERS

RIGHT = {
    "project_qkv": "def project_qkv(x):\n    return x + 1",
    "attention_scores": "def attention_scores(x):\n    return x + 2",
    "attention_weights": "def attention_weights(x):\n    return x + 3",
    "aggregate_values": "def aggregate_values(x):\n    return x + 4",
    "attention_head": "class AttentionHead:\n    def forward(self, x):\n        return x + 5",
}
STUBS = {
    answer: code[: code.rindex("return")] + "# YOUR CODE HERE\n    raise NotImplementedError()"
    for answer, code in RIGHT.items()
}
TESTS = {
    answer: f"x = {name}{'().forward' if answer == 'attention_head' else ''}(1)\nassert x > 0"
    for answer, name in ANSWERS.items()
}
RESULTS = dict(zip(ANSWERS, range(2, 7), strict=True))


def cell(source, grade_id=None, cell_type="code", tags=None, **nbgrader):
    metadata = {}
    if grade_id:
        metadata["nbgrader"] = {
            "grade_id": grade_id,
            "schema_version": 3,
            "grade": False,
            "solution": False,
            "locked": True,
            **nbgrader,
        }
    if tags:
        metadata["tags"] = tags
    return nbformat.from_dict(new_cell(cell_type, "x", source, metadata))


def text(source, grade_id=None):
    return cell(source, grade_id, "markdown")


def assignment(answers, hidden=False):
    cells = [
        text("# Attention", "title"),
        cell("import math", "setup"),
        text("Two cats.", "example"),
        cell("EXAMPLE = 3", "define_example"),
    ]
    for answer, code in answers.items():
        test = TESTS[answer] + (f"\n### HIDDEN\nassert x == {RESULTS[answer]}" if hidden else "")
        cells += [
            text(f"Write {answer}.", f"task_{answer}"),
            cell(code, answer, solution=True, locked=False),
            text(f"A hint for {answer}.", f"hint_{answer}"),
            cell(test, f"test_{answer}", tags=["raises-exception"], grade=True, points=1),
            cell(f"print({answer!r})", f"picture_{answer}", tags=["lesson-only"]),
        ]
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
        "celltoolbar": "Create Assignment",
    }
    return nbformat.from_dict(new_notebook(cells, metadata))


SOURCE = assignment(RIGHT, hidden=True)
RELEASED = assignment(STUBS)


@pytest.fixture
def nb():
    """A submission with all answers right."""
    return assignment(RIGHT)


def at(nb, grade_id):
    return next(i for i, c in enumerate(nb.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def get(nb, grade_id):
    return nb.cells[at(nb, grade_id)]


def insert(nb, where, *cells):
    nb.cells[where:where] = [cell(c) if isinstance(c, str) else c for c in cells]


def after(nb, grade_id, *cells):
    insert(nb, at(nb, grade_id) + 1, *cells)


def before(nb, grade_id, *cells):
    insert(nb, at(nb, grade_id), *cells)


def remove(nb, grade_id):
    return nb.cells.pop(at(nb, grade_id))


def duplicate(nb, grade_id, source):
    made = copy.deepcopy(get(nb, grade_id))
    made.source = source
    return made


def mend(nb) -> Canonical:
    """The canonical notebook, checked for what holds for every submission."""
    given = copy.deepcopy((SOURCE, RELEASED, nb))
    made = canonical_notebook(SOURCE, nb, RELEASED)
    assert (SOURCE, RELEASED, nb) == given
    assert canonical_notebook(SOURCE, nb, RELEASED) == made
    assert nbformat.validator.isvalid(made.notebook)
    json.dumps(made.notebook, ensure_ascii=False).encode()

    known = [c for c in made.notebook.cells if "nbgrader" in c.metadata]
    assert [c.metadata for c in known] == [c.metadata for c in SOURCE.cells]
    for ours, theirs in zip(known, SOURCE.cells, strict=True):
        assert ours.cell_type == theirs.cell_type
        assert ours.source == theirs.source or theirs.metadata.nbgrader.solution
    assert made.notebook.metadata == {
        "kernelspec": SOURCE.metadata.kernelspec,
        "language_info": SOURCE.metadata.language_info,
        "attention101": {"mended": [vars(note) for note in made.mended]},
    }
    for note in made.mended:
        assert note.message.endswith(".") and "\n" not in note.message and note.cell in note.message
    return made


def points(made: Canonical, run=None) -> set[str]:
    """run: IPython's `run_cell`; without it the cells must be plain Python."""
    namespace, passed = {}, set()
    for c in made.notebook.cells:
        if c.cell_type != "code" or "lesson-only" in c.metadata.get("tags", []):
            continue
        try:
            run(c.source, silent=True).raise_error() if run else exec(c.source, namespace)
        except Exception:
            continue
        grade_id = c.metadata.get("nbgrader", {}).get("grade_id", "")
        if grade_id.startswith("test_"):
            passed.add(grade_id.removeprefix("test_"))
    return passed


ALL = set(ANSWERS)


def outline(made: Canonical) -> list[str]:
    """Each cell as its grade_id, an answer's earlier cell as "answer+", a student's own by its text."""
    return [
        c.metadata.get("nbgrader", {}).get("grade_id")
        or (c.metadata.attention101.get("answer", "") + "+" if "answer" in c.metadata.attention101 else c.source)
        for c in made.notebook.cells
    ]


def own(made: Canonical) -> list:
    return [c for c in made.notebook.cells if c.metadata.get("attention101", {}).get("own")]


def follows(made: Canonical, above: str, *below: str) -> bool:
    cells = outline(made)
    start = cells.index(above) + 1
    return cells[start : start + len(below)] == list(below)


def said(made: Canonical, grade_id: str) -> str:
    return " ".join(note.message for note in made.mended if note.cell == grade_id)


# "The instructor's notebook of the released version, with the student's source text put in."


def test_an_ordinary_submission_needs_no_mending(nb):
    made = mend(nb)
    assert made.mended == [] and points(made) == ALL
    assert [c.source for c in made.notebook.cells if c.metadata.nbgrader.solution] == list(RIGHT.values())


def test_the_release_as_it_was_fetched_needs_no_mending_and_has_no_points():
    made = mend(RELEASED)
    assert made.mended == [] and points(made) == set()


def test_the_reference_version_needs_no_mending():
    made = mend(SOURCE)
    assert made.mended == [] and points(made) == ALL


def test_the_student_side_needs_no_instructor_source(nb):
    insert(nb, 2, "import numpy")
    made = canonical_notebook(RELEASED, nb)
    assert made.mended == [] and points(made) == ALL
    assert outline(made) == outline(mend(nb))


def test_answers_are_the_contracts_names():
    assert list(ANSWERS) == [
        "project_qkv",
        "attention_scores",
        "attention_weights",
        "aggregate_values",
        "attention_head",
    ]
    assert set(ANSWERS.values()) == (set(ANSWERS) - {"attention_head"}) | {"AttentionHead"}


# "Nothing else of the file counts: no other metadata, tags, points, outputs, kernelspec, or test cells."


def test_nothing_but_text_counts(nb):
    plain = mend(nb).notebook
    nb.metadata = {"kernelspec": {"name": "ir"}, "language_info": {"name": "R"}, "released": "x"}
    nb.nbformat_minor = 2
    for number, c in enumerate(nb.cells):
        c.id = "same"
        c.metadata.update(tags=["skip-execution", "lesson-only"], collapsed=True, jupyter={"source_hidden": True})
        c.metadata.nbgrader.update(points=100, grade=not c.metadata.nbgrader.grade, locked=False, solution=True)
        if c.cell_type == "code":
            c.execution_count = number
            c.outputs = [nbformat.from_dict({"output_type": "stream", "name": "stdout", "text": "5/5"})]
    assert mend(nb).notebook == plain
    assert all(not c.outputs and c.execution_count is None for c in plain.cells if c.cell_type == "code")


def test_a_changed_test_cell_is_replaced_and_said(nb):
    get(nb, "test_attention_scores").source = "pass"
    get(nb, "attention_scores").source = "def attention_scores(x):\n    return x + 9"
    made = mend(nb)
    assert points(made) == ALL - {"attention_scores"}
    assert made.mended == [
        Mended("test_attention_scores", "The test cell test_attention_scores had been changed; the original was used.")
    ]


def test_a_missing_test_cell_is_put_back_and_said(nb):
    remove(nb, "test_attention_scores")
    made = mend(nb)
    assert points(made) == ALL
    assert (
        said(made, "test_attention_scores")
        == "The test cell test_attention_scores was missing; the original was put back."
    )


def test_a_second_test_cell_is_not_run(nb):
    insert(nb, len(nb.cells), duplicate(nb, "test_attention_scores", "print('all right')"))
    made = mend(nb)
    assert "print('all right')" not in [c.source for c in made.notebook.cells]
    assert "test_attention_scores had been changed" in said(made, "test_attention_scores")


# "Cells are told apart by grade_id alone"


def test_order_is_the_instructors(nb):
    nb.cells.reverse()
    made = mend(nb)
    assert points(made) == ALL
    assert outline(made) == outline(mend(SOURCE))
    assert "moved" in said(made, "")


def test_moved_markdown_is_no_matter(nb):
    insert(nb, len(nb.cells), remove(nb, "hint_project_qkv"))
    assert mend(nb).mended == []


@pytest.mark.parametrize("bad", [None, "", 5, ["setup"], {"a": 1}, "no-such-id"])
def test_a_cell_whose_id_is_unknown_or_no_text_is_the_students_own(nb, bad):
    stranger = cell("helper = 1", "x")
    stranger.metadata["nbgrader"]["grade_id"] = bad
    after(nb, "setup", stranger)
    made = mend(nb)
    assert [c.source for c in own(made)] == ["helper = 1"] and made.mended == []


@pytest.mark.parametrize("metadata", [{"nbgrader": None}, {"nbgrader": "setup"}, {"nbgrader": []}])
def test_nbgrader_metadata_that_is_no_object(nb, metadata):
    stranger = cell("helper = 1")
    stranger.metadata = metadata
    after(nb, "setup", stranger)
    assert [c.source for c in own(mend(nb))] == ["helper = 1"]


# "... every code cell of the instructor but the answers is locked"


def test_r09a_an_import_in_the_locked_set_up_cell_is_lost_and_named(nb):
    get(nb, "setup").source += "\nimport numpy as np\nfrom os import path\nHELPERS = {}\n"
    get(nb, "aggregate_values").source = "def aggregate_values(x):\n    np.ndim(3)\n    return x + 4"
    made = mend(nb)
    assert points(made) == ALL - {"aggregate_values"}
    (note,) = made.mended
    assert note.cell == "setup" and note.lost
    assert note.message.endswith("what was defined there is missing: HELPERS, np, path.")


@pytest.mark.parametrize(
    "source, lost, words",
    [
        ("import math, torch", True, "missing: torch."),
        ("import math\ntry:\n    import numpy as np\nexcept ImportError:\n    pass", True, "missing: np."),
        ("import math\n%matplotlib inline\nimport numpy as np", True, "missing: np."),
        ("import math\nmath.pi = 3", True, "without the changes made there"),
        ("import math\nthis is no Python", True, "without the changes made there"),
        (
            "import math\n" + "\n".join(f"v{i:02} = 1" for i in range(20)),
            True,
            "v00, v01, v02, v03, v04, v05, v06, v07, and 12 more",
        ),
        ("import math  # for pi", False, "the original was used."),
        ("", False, "the original was used."),
        ("# import math", False, "the original was used."),
    ],
)
def test_what_an_edit_of_a_locked_cell_lost(nb, source, lost, words):
    get(nb, "setup").source = source
    (note,) = mend(nb).mended
    assert (note.cell, note.lost) == ("setup", lost)
    assert words in note.message


def test_white_space_and_line_ends_are_no_edit(nb):
    get(nb, "setup").source = "\r\nimport math  \r\n\r\n"
    assert mend(nb).mended == []


def test_a_locked_cell_that_was_split_has_lost_nothing(nb):
    upper, lower = "EXAMPLE = 3\nOTHER = [", "4,\n]"
    source, released = copy.deepcopy(SOURCE), copy.deepcopy(RELEASED)
    for notebook in (source, released):
        get(notebook, "define_example").source = upper + "\n" + lower
    get(nb, "define_example").source = upper
    after(nb, "define_example", duplicate(nb, "define_example", lower))
    (note,) = canonical_notebook(source, nb, released).mended
    assert (note.cell, note.lost) == ("define_example", False)


def test_a_missing_locked_cell_is_put_back_and_said(nb):
    remove(nb, "setup")
    made = mend(nb)
    assert made.mended == [Mended("setup", "The locked cell setup was missing; the original was put back.")]


@pytest.mark.parametrize("cell_type", ["markdown", "raw"])
def test_a_locked_cell_whose_type_was_changed_comes_back(nb, cell_type):
    get(nb, "define_example").cell_type = cell_type
    made = mend(nb)
    assert own(made) == []
    assert "no longer a code cell" in said(made, "define_example")


def test_a_copy_of_a_locked_cell_is_left_out(nb):
    insert(nb, len(nb.cells), copy.deepcopy(get(nb, "setup")), "import math")
    made = mend(nb)
    assert made.mended == [] and own(made) == []


# "a code cell without one, or with an unknown one, is the student's own, unless its text equals a released cell's"


def test_cells_that_lost_their_ids_are_known_by_their_text(nb):
    for c in nb.cells:
        if c.metadata.nbgrader.grade_id not in ANSWERS:
            c.metadata = {}
            c.source = c.source.replace("\n", "  \r\n") + "\n\n"
    after(nb, "project_qkv", "helper = 1")
    made = mend(nb)
    assert made.mended == [] and points(made) == ALL
    assert follows(made, "project_qkv", "helper = 1", "hint_project_qkv")


def test_with_all_ids_lost_the_definitions_count_where_they_stand(nb):
    for c in nb.cells:
        c.metadata = {}
    made = mend(nb)
    assert points(made) == ALL
    assert all("was missing; another cell defines" in said(made, answer) for answer in ANSWERS)
    assert follows(made, "task_project_qkv", RIGHT["project_qkv"], "project_qkv")


def test_a_released_text_is_not_claimed_twice(nb):
    before(nb, "attention_scores", cell(STUBS["attention_scores"]))
    after(nb, "attention_scores", cell(STUBS["attention_scores"]))
    made = mend(nb)
    assert made.mended == [] and own(made) == [] and points(made) == ALL


def test_equal_released_texts_are_told_apart_by_their_order():
    source = nbformat.from_dict(new_notebook([text("---", "a"), cell("x = 1", "b"), text("---", "c")], {}))
    given = nbformat.from_dict(new_notebook([text("---"), cell("x = 1"), text("---"), text("end")], {}))
    assert outline(canonical_notebook(source, given)) == ["a", "b", "c", "end"]


def test_an_empty_cell_is_no_released_cell(nb):
    source = copy.deepcopy(SOURCE)
    get(source, "define_example").source = ""
    after(nb, "setup", "")
    remove(nb, "define_example")
    made = canonical_notebook(source, nb, source)
    assert "define_example was missing" in said(made, "define_example")


# "An answer's text goes into its cell. Two cells with the same answer's id run as two cells, in their order."


def test_r02a_an_answer_that_was_split(nb):
    get(nb, "attention_scores").source = "def two():\n    return 2"
    after(nb, "attention_scores", duplicate(nb, "attention_scores", "def attention_scores(x):\n    return x + two()"))
    made = mend(nb)
    assert points(made) == ALL
    assert follows(made, "task_attention_scores", "attention_scores+", "attention_scores", "hint_attention_scores")
    assert "twice" in said(made, "attention_scores") and len(made.mended) == 1


def test_r02b_an_old_attempt_above_a_copy(nb):
    before(nb, "attention_weights", duplicate(nb, "attention_weights", "def attention_weights(x):\n    return 0"))
    made = mend(nb)
    assert points(made) == ALL
    assert "twice" in said(made, "attention_weights")


def test_an_old_attempt_below_a_right_one_costs_the_point(nb):
    after(nb, "attention_weights", duplicate(nb, "attention_weights", "def attention_weights(x):\n    return 0"))
    assert points(mend(nb)) == ALL - {"attention_weights"}


def test_three_copies_with_own_cells_and_text_between_them(nb):
    after(
        nb,
        "hint_attention_scores",
        "two = 2",
        duplicate(nb, "attention_scores", "default = two"),
        text("And now:"),
        "three = default + 1",
        duplicate(nb, "attention_scores", "def attention_scores(x, y=three):\n    return x + y - 1"),
        "last = 1",
    )
    made = mend(nb)
    assert points(made) == ALL
    assert follows(
        made,
        "task_attention_scores",
        "attention_scores+",
        "two = 2",
        "attention_scores+",
        "And now:",
        "three = default + 1",
        "attention_scores",
        "last = 1",
        "hint_attention_scores",
    )
    assert "more than once (3 times)" in said(made, "attention_scores")


def test_a_copy_below_the_test_is_not_seen_by_it(nb):
    wrong = "def attention_scores(x):\n    return 0"
    after(nb, "test_attention_scores", duplicate(nb, "attention_scores", wrong))
    made = mend(nb)
    assert points(made) == ALL
    assert follows(made, "test_attention_scores", wrong, "picture_attention_scores")
    assert "does not see a copy that stands below it" in said(made, "attention_scores")


def test_copies_that_all_stand_below_the_test_count(nb):
    test = remove(nb, "test_attention_scores")
    before(nb, "attention_scores", test)
    after(nb, "attention_scores", duplicate(nb, "attention_scores", RIGHT["attention_scores"]))
    made = mend(nb)
    assert points(made) == ALL
    assert follows(made, "task_attention_scores", "attention_scores+", "attention_scores")


def test_a_better_copy_between_two_copies_of_the_test_counts(nb):
    right, test = get(nb, "attention_scores").source, get(nb, "test_attention_scores")
    get(nb, "attention_scores").source = "def attention_scores(x):\n    return 0"
    after(
        nb,
        "test_attention_scores",
        "two = 2",
        duplicate(nb, "attention_scores", right.replace("2", "two")),
        copy.deepcopy(test),
    )
    made = mend(nb)
    assert points(made) == ALL
    assert follows(made, "task_attention_scores", "attention_scores+", "two = 2", "attention_scores")


@pytest.mark.parametrize(
    "stub", [STUBS["attention_scores"], STUBS["attention_scores"].replace("YOUR CODE", "see above"), "", "# todo"]
)
@pytest.mark.parametrize("put", [before, after])
def test_a_stub_beside_an_answer_is_left_out(nb, stub, put):
    put(nb, "attention_scores", duplicate(nb, "attention_scores", stub))
    made = mend(nb)
    assert points(made) == ALL
    assert "attention_scores+" not in outline(made) and own(made) == []
    assert "twice: a copy without an answer in it was left out." in said(made, "attention_scores")


def test_a_stub_above_the_test_and_the_answer_below_it(nb):
    after(nb, "test_attention_scores", copy.deepcopy(get(nb, "attention_scores")))
    get(nb, "attention_scores").source = STUBS["attention_scores"]
    made = mend(nb)
    assert points(made) == ALL
    assert "left out" in said(made, "attention_scores")


def test_two_stubs_are_one(nb):
    get(nb, "attention_scores").source = STUBS["attention_scores"]
    after(nb, "attention_scores", copy.deepcopy(get(nb, "attention_scores")))
    made = mend(nb)
    assert made.mended == [] and outline(made) == outline(mend(SOURCE))


# "An answer cell whose type was changed still counts by its text."


@pytest.mark.parametrize("cell_type", ["markdown", "raw"])
def test_an_answer_whose_type_was_changed(nb, cell_type):
    get(nb, "attention_scores").cell_type = cell_type
    made = mend(nb)
    assert points(made) == ALL
    assert "no longer a code cell" in said(made, "attention_scores")


def test_half_of_a_split_answer_turned_into_prose_stays_as_text(nb):
    prose = duplicate(nb, "attention_scores", "First I *multiply* the queries with the keys.")
    prose.cell_type = "markdown"
    before(nb, "attention_scores", prose)
    made = mend(nb)
    assert points(made) == ALL
    assert [(c.cell_type, c.source) for c in own(made)] == [("markdown", prose.source)]
    assert "stays as text" in said(made, "attention_scores")


# "No cell with the id: the place stays empty, and a code cell of the student's that defines the required name counts."


def test_a_missing_answer_leaves_its_place_empty(nb):
    remove(nb, "attention_scores")
    made = mend(nb)
    assert get(made.notebook, "attention_scores").source == ""
    assert points(made) == ALL - {"attention_scores"}
    assert said(made, "attention_scores") == (
        "The cell of the answer attention_scores was missing, and no other cell defines attention_scores."
    )


@pytest.mark.parametrize(
    "definition",
    [
        "def attention_head_helper(): pass\nclass AttentionHead:\n    def forward(self, x): return 6",
        "class Head:\n    def forward(self, x): return 6\nAttentionHead = Head",
        "if True:\n    class AttentionHead:\n        def forward(self, x): return 6",
        "from types import SimpleNamespace\nAttentionHead, y = lambda: SimpleNamespace(forward=lambda x: 6), 0",
    ],
)
@pytest.mark.parametrize("where", ["setup", "task_attention_head", "hint_attention_head"])
def test_an_own_cell_that_defines_a_missing_answer_counts(nb, definition, where):
    remove(nb, "attention_head")
    after(nb, where, definition)
    made = mend(nb)
    assert points(made) == ALL
    assert follows(made, where, definition)
    assert "another cell defines AttentionHead" in said(made, "attention_head")


def test_an_own_cell_below_the_test_does_not_count_and_the_note_says_so(nb):
    source = remove(nb, "attention_scores").source
    after(nb, "test_attention_scores", source)
    made = mend(nb)
    assert points(made) == ALL - {"attention_scores"}
    assert "defined only below its test" in said(made, "attention_scores")


def test_a_definition_in_markdown_is_none(nb):
    source = remove(nb, "attention_scores").source
    after(nb, "task_attention_scores", text(source))
    assert "no other cell defines" in said(mend(nb), "attention_scores")


@pytest.mark.parametrize("has_id", [True, False])
def test_a_stub_hides_no_definition_above_it(nb, has_id):
    stub = get(nb, "attention_scores")
    stub.source = STUBS["attention_scores"]
    if not has_id:
        stub.metadata = {}
    after(nb, "define_example", RIGHT["attention_scores"])
    made = mend(nb)
    assert points(made) == ALL
    assert get(made.notebook, "attention_scores").source == ""
    assert "hides nothing" in said(made, "attention_scores")


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "files = !echo a\n{}",
        "t = %timeit -n 1 -r 1 -o 1 + 1\n{}",
        "!echo it\\'s \\\n    so\n{}",
        "%%time\n%%capture out\n{}",
        "%time attention_scores = lambda x: x + 2",
        "%time import math\nmath.pi?\n{}",
        "    {0[0]}\n        {0[1]}",
        "match lambda x: x + 2:\n    case attention_scores:\n        pass",
        "match [1, lambda x: x + 2]:\n    case [_, *rest]:\n        [attention_scores] = rest",
        "try:\n    raise ValueError\nexcept ValueError as error:\n    attention_scores = lambda x: x + 2",
        "def define():\n    global attention_scores\n    attention_scores = lambda x: x + 2\ndefine()",
        "[attention_scores := f for f in [lambda x: x + 2]]",
    ],
)
def test_a_stub_hides_no_definition_however_it_is_written(nb, around, tmp_path):
    """The definition stands above a stub. IPython runs the notebook, as the grader does."""
    get(nb, "attention_scores").source = STUBS["attention_scores"]
    right = RIGHT["attention_scores"]
    after(nb, "define_example", around.format(right if "{}" in around else [*right.splitlines()]))
    made = mend(nb)
    assert get(made.notebook, "attention_scores").source == ""
    assert "hides nothing" in said(made, "attention_scores")
    assert points(made, new_shell(tmp_path).run_cell) == ALL


@pytest.mark.parametrize(
    "source",
    [
        "attention_scores: object",
        "del attention_scores",
        "%%timeit -n 1 -r 1\n" + RIGHT["attention_scores"],
        "def define():\n    global attention_scores\n    print(attention_scores)",
        "try:\n    raise ValueError\nexcept ValueError as attention_scores:\n    pass",
        "class Mine:\n    attention_scores = 1",
    ],
)
def test_a_cell_that_leaves_the_name_without_a_value_takes_no_stubs_place(nb, source):
    get(nb, "attention_scores").source = STUBS["attention_scores"]
    after(nb, "define_example", source)
    made = mend(nb)
    assert get(made.notebook, "attention_scores").source == STUBS["attention_scores"] and made.mended == []


@pytest.mark.parametrize("stub", ["%%time\n{}", "# mine\n\n{}\n\n# so far", "\n{}  # todo"])
def test_a_stub_with_comments_or_a_clock_hides_nothing(nb, stub):
    get(nb, "attention_scores").source = stub.format(STUBS["attention_scores"])
    after(nb, "define_example", RIGHT["attention_scores"])
    assert points(mend(nb)) == ALL


def test_an_emptied_answer_hides_nothing_and_needs_no_note(nb):
    get(nb, "attention_scores").source = "# see above"
    after(nb, "define_example", RIGHT["attention_scores"])
    made = mend(nb)
    assert made.mended == [] and points(made) == ALL


def test_a_stub_hides_no_definition_in_another_answers_cell(nb):
    get(nb, "project_qkv").source += "\n\n" + RIGHT["attention_scores"]
    get(nb, "attention_scores").source = STUBS["attention_scores"]
    assert points(mend(nb)) == ALL


def test_a_stub_stays_above_a_definition_that_follows_it(nb):
    get(nb, "attention_scores").source = STUBS["attention_scores"]
    after(nb, "attention_scores", RIGHT["attention_scores"])
    made = mend(nb)
    assert points(made) == ALL and made.mended == []
    assert get(made.notebook, "attention_scores").source == STUBS["attention_scores"]


def test_a_stub_with_the_definition_below_the_test_is_said(nb):
    get(nb, "attention_scores").source = STUBS["attention_scores"]
    after(nb, "test_attention_scores", RIGHT["attention_scores"])
    made = mend(nb)
    assert points(made) == ALL - {"attention_scores"}
    assert "defined only below its test" in said(made, "attention_scores")


# "The student's own code cells run after the known cell that they follow (before the first: after the set-up cell)."


def test_own_cells_stand_after_the_known_cell_that_they_follow(nb):
    for known in ("setup", "example", "attention_scores", "hint_attention_scores", "test_attention_scores"):
        after(nb, known, f"after = {known!r}", f"second = {known!r}")
    insert(nb, len(nb.cells), "at = 'end'")
    made = mend(nb)
    assert made.mended == [] and points(made) == ALL
    for known in ("setup", "example", "attention_scores", "hint_attention_scores", "test_attention_scores"):
        assert follows(made, known, f"after = {known!r}", f"second = {known!r}")
    assert outline(made)[-1] == "at = 'end'"


def test_own_cells_before_the_first_known_cell_run_after_the_set_up_cell(nb):
    insert(nb, 0, "first = math.pi", "second = first")
    after(nb, "setup", "third = second")
    made = mend(nb)
    assert follows(made, "setup", "first = math.pi", "second = first", "third = second", "example")


def test_own_cells_move_with_the_known_cell_that_they_follow(nb):
    after(nb, "test_attention_scores", "mine = 1")
    nb.cells = nb.cells[at(nb, "attention_scores") :] + nb.cells[: at(nb, "attention_scores")]
    made = mend(nb)
    assert follows(made, "test_attention_scores", "mine = 1", "picture_attention_scores")


def test_own_cells_follow_no_copy_that_is_left_out(nb):
    insert(nb, len(nb.cells), copy.deepcopy(get(nb, "setup")), "mine = 1")
    assert outline(mend(nb))[-1] == "mine = 1"


def test_own_cells_have_no_tags_or_points(nb):
    stranger = cell("x = 1", "extra", tags=["skip-execution"], grade=True, points=50)
    after(nb, "setup", stranger)
    (mine,) = own(mend(nb))
    assert mine.metadata == {"attention101": {"own": True}}


# "A test runs in its place: it sees what stands above it and nothing below."


def test_a_test_sees_what_stands_above_it_and_nothing_below(nb):
    get(nb, "project_qkv").source = "def project_qkv(x):\n    return one + x"
    after(nb, "test_project_qkv", "one = 1")
    assert points(mend(nb)) == ALL - {"project_qkv"}
    before(nb, "test_project_qkv", "one = 1")
    assert points(mend(nb)) == ALL


# "The student's Markdown stays, as text."


def test_own_markdown_and_raw_cells_stay_as_text(nb):
    after(nb, "setup", text("My *notes*"), cell("raw $x$", cell_type="raw"), text(""))
    made = mend(nb)
    assert [(c.cell_type, c.source) for c in own(made)] == [
        ("markdown", "My *notes*"),
        ("raw", "raw $x$"),
        ("markdown", ""),
    ]
    assert made.mended == []


def test_edited_markdown_comes_back_and_the_students_version_stays_below(nb):
    get(nb, "hint_project_qkv").source = "My guess: the cat."
    made = mend(nb)
    assert follows(made, "hint_project_qkv", "My guess: the cat.", "test_project_qkv")
    assert made.mended == [] and own(made)[0].cell_type == "markdown"


def test_deleted_text_of_a_markdown_cell_comes_back_alone(nb):
    get(nb, "hint_project_qkv").source = "\n"
    made = mend(nb)
    assert made.mended == [] and own(made) == []


def test_missing_markdown_is_put_back_and_said_once(nb):
    remove(nb, "title"), remove(nb, "example")
    made = mend(nb)
    assert [note.message for note in made.mended] == [
        "The notebook lacked 2 text cells of the assignment, put back from the original."
    ]


def test_code_typed_into_a_text_cell_runs_and_is_said(nb):
    hint = get(nb, "hint_project_qkv")
    hint.cell_type, hint.source = "code", "helper = 1"
    made = mend(nb)
    assert follows(made, "hint_project_qkv", "helper = 1") and own(made)[0].cell_type == "code"
    assert "turned into code" in said(made, "hint_project_qkv")


def test_attachments_are_left_behind_and_the_page_can_still_be_made(nb):
    picture = text("![plot](attachment:plot.png) ![cyrillic](attachment:кот.png)")
    picture["attachments"] = {"plot.png": {"image/png": "AAAA"}}
    after(nb, "setup", picture)
    made = mend(nb)
    assert "attachments" not in own(made)[0]
    page, _ = HTMLExporter().from_notebook_node(made.notebook)
    assert "cyrillic" in page


def test_the_instructors_attachments_stay(nb):
    source = copy.deepcopy(SOURCE)
    source.cells[0]["attachments"] = {"cat.png": {"image/png": "AAAA"}}
    assert canonical_notebook(source, nb, RELEASED).notebook.cells[0].attachments == source.cells[0].attachments


# "What had to be mended is said"


def test_notes_come_in_the_order_of_the_cells(nb):
    remove(nb, "title")
    remove(nb, "attention_head")
    get(nb, "test_project_qkv").source = "pass"
    get(nb, "setup").source = "import torch"
    assert [note.cell for note in mend(nb).mended] == ["", "setup", "test_project_qkv", "attention_head"]


# "Cells tagged lesson-only are not run in grading."


def test_the_instructors_tags_stay_so_that_lesson_cells_are_known(nb):
    for c in nb.cells:
        c.metadata["tags"] = []
    made = mend(nb)
    assert get(made.notebook, "picture_project_qkv").metadata.tags == ["lesson-only"]
    assert get(made.notebook, "test_project_qkv").metadata.tags == ["raises-exception"]


# Whole notebooks that are something else


def test_r07c_another_assignments_code_under_this_ones_text(nb):
    for number, c in enumerate(nb.cells):
        c.metadata.nbgrader.grade_id = f"lab3-q{number}"
        if c.cell_type == "code":
            c.source = f"def mean_{number}(xs):\n    return sum(xs) / len(xs)\n"
    made = mend(nb)
    assert points(made) == set()
    assert made.mended == [] and made.unusable.startswith("This is not the notebook of this assignment")
    assert "lab3-q0, lab3-q1" in made.unusable
    assert all(get(made.notebook, answer).source == "" for answer in ANSWERS)


def test_another_assignment_with_a_set_up_cell_of_the_same_id():
    other = nbformat.from_dict(new_notebook([cell("import pandas", "setup"), cell("def mean(): pass", "q1")], {}))
    said = mend(other).unusable
    assert "not the notebook of this assignment" in said and "Its cells are called q1." in said


def test_a_fresh_notebook_that_defines_an_answer_is_of_this_assignment():
    made = mend(nbformat.from_dict(new_notebook([cell(RIGHT["attention_scores"])], {})))
    assert points(made) == {"attention_scores"}
    assert made.unusable == ""


@pytest.mark.parametrize("cells", [[], [cell("")], [cell(" \n"), text("")]])
def test_an_empty_notebook(cells):
    made = mend(nbformat.from_dict(new_notebook(cells, {})))
    assert made.unusable == "The notebook is empty: none of its cells has any text."
    assert points(made) == set()


# Bad input


def test_two_cells_of_the_instructors_with_one_id_are_refused_by_name(nb):
    source = copy.deepcopy(SOURCE)
    source.cells.append(source.cells[1])
    with pytest.raises(ValueError, match="grade_id setup"):
        canonical_notebook(source, nb)


@pytest.mark.parametrize("variant", ["r24a", "r24b"])
def test_r24_files_with_bad_ids_and_foreign_metadata(nb, tmp_path, variant):
    for number, c in enumerate(nb.cells):
        if variant == "r24a":
            c["id"] = ["same", "same", "", "x" * 80][number % 4]
            if number % 5 == 0:
                del c["id"]
        else:
            c.metadata.update(
                execution={"iopub.execute_input": "", "shell.execute_reply": None},
                trusted=True,
                tags=[],
                vscode={"languageId": "python"},
                jupyter={"source_hidden": True},
                _kg_hide_output=True,
            )
            nb.nbformat_minor = 2
            nb.metadata = {"kernelspec": {"name": "conda-env-dl-py"}, "kaggle": {"dataSources": []}, "orig_nbformat": 4}
    path = tmp_path / "attention.ipynb"
    path.write_text(json.dumps(nb))
    made = mend(read_notebook(path))
    assert made.mended == [] and points(made) == ALL


def test_the_result_shares_nothing_with_the_arguments(nb):
    source = copy.deepcopy(SOURCE)
    made = canonical_notebook(source, nb, RELEASED).notebook
    made.metadata.kernelspec.name = "other"
    for c in made.cells:
        c.metadata.nbgrader.grade_id = "other"
    assert source == SOURCE


def test_ids_never_clash(nb):
    source = copy.deepcopy(SOURCE)
    source.cells += [cell("1", "own-1"), cell("2", "own 1"), cell("3", "ö" * 200), cell("4", "é" * 200), cell("5")]
    after(nb, "setup", "x", "y")
    made = canonical_notebook(source, nb, RELEASED)
    assert nbformat.validator.isvalid(made.notebook)
    assert len({c.id for c in made.notebook.cells}) == len(made.notebook.cells)
    assert [c.source for c in made.notebook.cells[-5:]] == list("12345")


def test_names_and_text_of_any_alphabet(nb):
    get(nb, "setup").source += "\nкот = '猫'\nß = '😀'"
    after(nb, "setup", "ﬁ = '\ud83d'", text("\ud83d\ude00"))
    made = mend(nb)
    assert "missing: ß, кот." in said(made, "setup")
    assert own(made)[0].source == "ﬁ = '\ufffd'"


@pytest.mark.parametrize(
    "source",
    [
        "\0",
        "(" * 300,
        "-" * 40_000 + "1",
        "a" + ".b" * 20_000,
        "[" * 150 + "]" * 150,
        "x = " + "1+" * 20_000 + "1",
        "%%bash\nls",
        "!ls\n" * 5_000,
        "x" * 10**6,
        "\u2028",
        "\x0c",
        "def f(:",
        "'\\d'",
    ],
)
@pytest.mark.parametrize("place", ["setup", "test_project_qkv", "attention_scores", "title", None])
def test_no_text_breaks_it(nb, source, place):
    if place:
        get(nb, place).source = source
    else:
        remove(nb, "attention_scores")
        after(nb, "setup", source)
    made = canonical_notebook(SOURCE, nb, RELEASED)
    assert nbformat.validator.isvalid(made.notebook)
    if place in ("setup", "test_project_qkv") and source.strip():
        assert f"{place} had been changed" in said(made, place)


def test_magics_do_not_hide_a_definition(nb):
    remove(nb, "attention_scores")
    after(nb, "setup", "%%time\n!pip list\n%matplotlib inline\nmath.pi?\n" + RIGHT["attention_scores"])
    assert "another cell defines" in said(mend(nb), "attention_scores")


def test_what_another_program_is_told_defines_nothing(nb):
    remove(nb, "attention_scores")
    after(nb, "setup", "%%writefile a.py\n" + RIGHT["attention_scores"])
    assert "no other cell defines" in said(mend(nb), "attention_scores")


@pytest.mark.parametrize("known", ["setup", "attention_scores", "test_attention_scores"])
def test_hundreds_of_copies_and_own_cells(nb, known):
    for number in range(500):
        after(nb, known, f"v{number} = {number}", duplicate(nb, known, f"w{number} = {number}"))
    made = mend(nb)
    assert len(own(made)) >= 500
    assert nbformat.validator.isvalid(made.notebook)
