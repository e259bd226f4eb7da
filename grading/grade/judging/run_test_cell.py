"""Runs a test cell in this process, which runs no code of the student's: there are stand-ins instead."""

import ast
from collections.abc import Sequence
from functools import lru_cache
from types import CodeType

from nbformat import NotebookNode

from attention_lib.assignment.cell_code import read_code
from attention_lib.assignment.notebook_file import new_output
from attention_lib.checks import collected, settings_kept
from grading.sandbox.stand_ins import StudentNamespace


@lru_cache(maxsize=64)
def _compiled(source: str) -> CodeType:
    return compile(source, "<test cell>", "exec")


@lru_cache(maxsize=8)
def _imported_by(set_up: str) -> dict[str, object]:
    """What the instructor's set-up cell imports, by name. Nothing else of it is run."""
    tree = read_code(set_up).tree
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)] if tree else []
    names: dict[str, object] = {}
    exec(compile(ast.Module(imports, []), "<set-up cell>", "exec"), names)
    return {name: value for name, value in names.items() if name != "__builtins__"}


def run_test_cell(
    source: str,
    students: StudentNamespace,
    declared: Sequence[str],
    set_up: str,
    seed: str = "",
    secret: bool = False,
) -> list[NotebookNode]:
    """The outputs of a test cell: the records that it reported, and the error with which it stopped, if it did.

    declared: the names that the assignment's answers define; stand-ins of those that the student defined are there
    set_up: the instructor's set-up cell, whose imports tests may use
    seed: a secret from which the random numbers of hidden checks are made
    secret: the student's process holds what must not come out; the records say which check passed and nothing of values
    Raises grading.sandbox.student_process.StudentStopped where the student's process is lost.
    """
    errors: list[NotebookNode] = []
    with collected(rules_only=secret, seed=seed) as reported:
        try:
            names = {"__name__": "__main__"} | _imported_by(set_up) | students.names(list(declared))
            with settings_kept():
                exec(_compiled(source), names)
        except Exception as error:
            name, text = ("Exception", "") if secret else (type(error).__name__, str(error))
            errors.append(new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"]))
    return [*(new_output("display_data", data=bundle) for bundle in reported.bundles), *errors]
