"""nbgrader's own Validate counts what is printed to stderr as a failure; what a right answer prints costs nothing."""

import json
import subprocess
import sys

import nbformat
import pytest

from course.checkout import CHECKOUT
from grading.demo import answers
from grading.demo.class_of_twelve import Student
from tests.bench.class_of_many import without_lesson_only

pytestmark = pytest.mark.kernel

LOUD = """

_quiet_{name} = {name}

def {name}(*arguments, **named):
    import sys, warnings
    print("to stdout")
    print("to stderr", file=sys.stderr)
    warnings.warn("a warning")
    return _quiet_{name}(*arguments, **named)
"""
FUNCTIONS = ("project_qkv", "attention_scores", "attention_weights", "aggregate_values")


@pytest.fixture(scope="module")
def release():
    path = CHECKOUT / "release" / "attention" / "attention.ipynb"
    return without_lesson_only(nbformat.read(path, as_version=4))


def validated(folder, release, texts: dict[str, str]) -> str:
    path = folder / "attention.ipynb"
    path.write_text(json.dumps(Student("ada", "", texts).notebook(release)))
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "validate", str(path)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=280,
    )
    return done.stdout + done.stderr


def test_right_answers_that_print_and_warn_pass(release, tmp_path):
    loud = {
        name: text + (LOUD.format(name=name) if name in FUNCTIONS else "") for name, text in answers.PRODUCTS.items()
    }
    assert "Success! Your notebook passes all the tests." in validated(tmp_path, release, loud)


def test_a_wrong_answer_does_not_pass(release, tmp_path):
    said = validated(tmp_path, release, answers.PRODUCTS | {"attention_scores": answers.NO_SCALING})
    assert "VALIDATION FAILED" in said and "Is the scale missing?" in said
