"""The run and its verdicts, each in a process of its own behind the inner wall."""

import platform
import sys

import pytest

from attention_lib.assignment.canonical import canonical_notebook
from attention_lib.assignment.cells import notes_of
from attention_lib.assignment.check_records import completed_records
from grading.grade.judging import TimeLimits
from grading.grade.judging.judge import judge
from grading.sandbox.settings import Sandbox
from grading.sandbox.student_process import StudentProcess
from grading.sandbox.walls import chosen_walls
from grading.sandbox.warm_process import WarmProcess
from tests.course_folder import RIGHT, at, insert_after, lesson

LIMITS = TimeLimits(10, 60)
OVER = """\
from attention_lib.checks import Checks
checks = Checks("{answer}", over={over})
@checks.visible
def check_call():
    "It is right."
    assert {call}, "wrong"
checks.report()
"""


@pytest.fixture(scope="module")
def judged():
    """judged(source, submitted): the judged notebook; `noted` goes into the canonical one's notes."""
    warm = WarmProcess(chosen_walls("inner"), Sandbox().trait_values(config=True), cpu_seconds=120)
    try:
        warm.wait_until_ready()

        def judged(source, submitted, **noted):
            canonical = canonical_notebook(source, submitted, lesson()).notebook
            notes_of(canonical).update(noted)
            return judge(canonical, source, LIMITS, lambda: StudentProcess(warm))

        yield judged
    finally:
        warm.close()


def records(notebook, answer):
    return completed_records(at(notebook, f"test_{answer}").outputs)


def test_no_record_stays_open_and_no_solution_is_seen_by_cells_below(judged):
    source = lesson(RIGHT)
    at(source, "test_attention_scores").source = OVER.format(
        answer="attention_scores", over=(), call="attention_scores(2, 3) == 6"
    )
    at(source, "test_attention_head").source = OVER.format(
        answer="attention_head", over=("attention_scores",), call="AttentionHead().forward(2) == 48"
    )
    submitted = lesson({
        **RIGHT,
        "attention_scores": "def attention_scores(Q, K, scale=None):\n    return 7",
        "attention_head": RIGHT["attention_head"].replace("return aggregate", "return 1 + aggregate"),
        "attention_weights": "def attention_weights(s, mask=None:",
    })  # fmt: skip
    insert_after(
        submitted,
        "test_attention_head",
        "print(In[-1], '\\n'.join(In), attention_scores(2, 3))",
        "attention_scores = 0",
    )
    notebook = judged(source, submitted)
    head = records(notebook, "attention_head")
    assert [record.passed for record in head] == [False]
    assert records(notebook, "attention_weights")[0].message.startswith(
        "The answer cell itself stopped with SyntaxError in line 1"
    )
    shown = next(out.text for cell in notebook.cells for out in cell.get("outputs", []) if out.get("name") == "stdout")
    assert "scale is None else scale" not in shown and shown.rstrip().endswith(" 7")
    assert len(notebook.cells) == len(canonical_notebook(source, submitted, lesson()).notebook.cells)
    assert at(notebook, "test_attention_head").source == at(source, "test_attention_head").source


def test_the_head_is_judged_with_the_names_above_its_test(judged):
    source = lesson(RIGHT)
    head = RIGHT["attention_head"].replace("return aggregate_values(", "return helper(aggregate_values, ")
    submitted = lesson({**RIGHT, "aggregate_values": "def aggregate_values(w, V): return 0", "attention_head": head})
    insert_after(submitted, "test_aggregate_values", "def helper(f, *a): return f(*a)")
    insert_after(submitted, "test_attention_head", "def helper(*a): return 5", "AttentionHead = 3")
    assert [r.passed for r in records(judged(source, submitted), "attention_head")] == [True, True]

    late = lesson({**RIGHT, "aggregate_values": "def aggregate_values(w, V): return 0", "attention_head": head})
    insert_after(late, "test_attention_head", "def helper(f, *a): return f(*a)")
    assert [r.passed for r in records(judged(source, late), "attention_head")] == [False]


@pytest.mark.parametrize(
    "deed, said",
    [
        ("os.kill(os.getpid(), signal.SIGUSR2)", "ended the Python process"),
        ("os.kill(os.getpid(), 50)", "ended the Python process"),
        ("os._exit(77)", "ended the Python process"),
        ("[write(struct.pack('!IQ', 0, 123456 * 10**6)) for _ in '1']", "broke the connection to the grader"),
        ("[write(struct.pack('!IQ', 9, 0) + b'[123456]#') for _ in '1']", "broke the connection to the grader"),
    ],
)
def test_how_a_process_ends_beside_correct_versions_tells_nothing_more(judged, deed, said):
    source = lesson(RIGHT)
    at(source, "test_attention_head").source = OVER.format(
        answer="attention_head", over=("attention_scores",), call="AttentionHead() == 8"
    )
    wrong = "def attention_scores(Q, K, scale=None):\n    return 7"
    head = f"""\
import os, signal, struct
def write(data):
    for number in range(3, 64):
        try:
            os.write(number, data)
        except OSError:
            pass
def AttentionHead():
    if attention_scores(2, 3) == 6:
        {deed}
    return 7"""
    notebook = judged(source, lesson({**RIGHT, "attention_scores": wrong, "attention_head": head}))
    (record,) = records(notebook, "attention_head")
    assert record.message.endswith(f": Your `AttentionHead` {said}. It was left out, and the rest was run without it.")


def test_a_problem_is_said_at_every_test_without_a_run():
    notebook = canonical_notebook(lesson(RIGHT), lesson(), lesson()).notebook
    notebook.metadata["attention101"]["problem"] = "The file is empty."
    judge(notebook, lesson(RIGHT), TimeLimits(0, 0), lambda: pytest.fail("a process was started"))
    assert {records(notebook, answer)[0].message for answer in RIGHT} == {"The file is empty."}


def test_the_first_cause_is_told_and_not_what_came_of_it(judged):
    submitted = lesson({
        **RIGHT,
        "attention_scores": "def attention_scores(Q, K, scale=None):\n    return helper(Q) * K",
        "attention_weights": "def attention_weights(scores, mask=None):\n    return missing(scores)",
        "aggregate_values": "def aggregate_values(weights, V):\n    return np.asarray(weights) @ V",
    })  # fmt: skip
    insert_after(
        submitted, "setup", "import no_such_package as sns\nimport numpy as np\n", "1 / 0\ndef helper(x): return x"
    )
    notebook = judged(lesson(RIGHT), submitted)
    first = {answer: records(notebook, answer)[0].message for answer in RIGHT}
    assert first["aggregate_values"] == (
        "A cell of your own stopped with ModuleNotFoundError: No module named 'no_such_package', so it never came to "
        "define `np`. The package no_such_package is not there: take its import out, or put it below the others, in a "
        "cell of its own."
    )
    assert "ZeroDivisionError: division by zero, so it never came to define `helper`" in first["attention_scores"]
    assert "stopped" in first["attention_weights"] and "never came" not in first["attention_weights"]
    assert [record.passed for record in records(notebook, "project_qkv")] == [True]


def test_what_is_behind_a_syntax_error(judged):
    submitted = lesson({
        **RIGHT,
        "project_qkv": "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> main",
        "attention_scores": "def attention_scores(Q, K, scale=None):\n    return (",
    })  # fmt: skip
    here = platform.python_version()
    plain, newer = judged(lesson(RIGHT), submitted), judged(lesson(RIGHT), submitted, written_by="3.99.1")
    assert "Line 1 is a mark that git left" in records(plain, "project_qkv")[0].message
    assert "Python" not in records(plain, "attention_scores")[0].message
    said = records(newer, "attention_scores")[0].message
    assert "last run with Python 3.99.1" in said and f"grading uses Python {here}" in said


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python knows that syntax")
def test_syntax_of_a_later_python_is_named_with_both_versions(judged):
    answer = RIGHT["aggregate_values"] + "\nd = {'n': 1}\nnote = f\"{d[\"n\"]}\""
    notebook = judged(lesson(RIGHT), lesson(RIGHT | {"aggregate_values": answer}))
    said = records(notebook, "aggregate_values")[0].message
    assert "syntax that came with Python 3.12" in said and f"grading uses Python {platform.python_version()}" in said


@pytest.mark.slow
def test_what_torch_would_compile_is_not_compiled(judged):
    """To import what compiles takes seconds; to compile takes a compiler, and a minute on a busy machine."""
    answer = "import torch\n\n@torch.compile\n" + RIGHT["aggregate_values"]
    notebook = judged(lesson(RIGHT), lesson(RIGHT | {"aggregate_values": answer}))
    assert [record.passed for record in records(notebook, "aggregate_values")] == [True]


def test_a_module_that_a_cell_writes_can_be_imported(judged):
    submitted = lesson(RIGHT | {"attention_scores": "from written_module import attention_scores"})
    module = "%%writefile written_module.py\n" + RIGHT["attention_scores"]
    insert_after(submitted, "setup", "try:\n    import written_module\nexcept ImportError:\n    pass", module)
    notebook = judged(lesson(RIGHT), submitted)
    for answer in RIGHT:
        assert [record.passed for record in records(notebook, answer)] == [True], records(notebook, answer)
