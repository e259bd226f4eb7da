"""Runs a test cell in this process, which runs no code of the student's: there are stand-ins instead."""

import math
from functools import lru_cache
from types import CodeType

import torch
from nbformat import NotebookNode
from torch import nn

from attention_lib import checks
from attention_lib.notebook_file import new_output
from grading.sandbox.stand_ins import StudentNamespace

STUDENTS_NAMES = ["project_qkv", "attention_scores", "attention_weights", "aggregate_values", "AttentionHead"]


@lru_cache(maxsize=64)
def _compiled(source: str) -> CodeType:
    return compile(source, "<test cell>", "exec")


def run_test_cell(source: str, students: StudentNamespace, secret: bool = False) -> list[NotebookNode]:
    """The outputs of a test cell: the records that it reported, and the error with which it stopped, if it did.

    secret: the student's process holds what must not come out; the records say which check passed and nothing of values
    Raises grading.sandbox.student_process.StudentStopped where the student's process is lost.
    """
    names = {"__name__": "__main__", "math": math, "torch": torch, "nn": nn, "F": nn.functional}
    names |= students.names(STUDENTS_NAMES)
    outputs: list[NotebookNode] = []
    checks.publish = lambda bundle: outputs.append(new_output("display_data", data=bundle))
    checks.rules_only = secret
    try:
        with checks.settings_kept():
            exec(_compiled(source), names)
    except Exception as error:
        name, text = ("Exception", "") if secret else (type(error).__name__, str(error))
        outputs.append(new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"]))
    finally:
        checks.publish, checks.rules_only = checks.show_in_notebook, False
    return outputs
