"""The run and its verdicts, each in a process of its own behind the inner wall."""

import pytest

from attention_lib.assignment.canonical import canonical_notebook
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
    """judged(source, submitted): the judged notebook."""
    warm = WarmProcess(chosen_walls("inner"), Sandbox().as_dict(), cpu_seconds=120)
    try:
        warm.wait_until_ready()
        yield lambda source, submitted: judge(
            canonical_notebook(source, submitted, lesson()).notebook, source, LIMITS, lambda: StudentProcess(warm)
        )
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
