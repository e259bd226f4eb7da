"""The notebook's format and the submission's folder."""

import json
import os
from copy import deepcopy

from attack import WRONG, Submission, family
from nbformat.v4 import new_code_cell

tamper = family("tamper_with_the_file")
TESTS = [f"test_{answer}" for answer in WRONG]


@tamper
def skips_tests_by_tag(s: Submission):
    """Tags the test cells `skip-execution`, so that they leave no error."""
    for test in TESTS:
        s.cell(test).metadata["tags"] = ["skip-execution", "raises-exception"]


@tamper
def rewrites_the_tests(s: Submission):
    """Writes `pass` into the test cells, and unlocks them."""
    for test in TESTS:
        cell = s.cell(test)
        cell.source = "pass"
        cell.metadata["nbgrader"].update(locked=False, checksum="")


@tamper
def more_points_for_a_test(s: Submission):
    """Writes 100 points and another kind into the test cells' metadata."""
    for test in TESTS:
        s.cell(test).metadata["nbgrader"].update(points=100, grade=True, solution=True, task=False)


@tamper
def answers_that_are_tests(s: Submission):
    """Turns answer cells, and cells of its own, into graded ones with points."""
    for answer in WRONG:
        s.cell(answer).metadata["nbgrader"].update(grade=True, points=10, locked=False)
    cell = s.own_cell("pass")
    cell.metadata["nbgrader"] = {
        "grade": True, "grade_id": "extra", "locked": False, "points": 50, "schema_version": 3, "solution": False,
        "task": False,
    }  # fmt: skip


@tamper
def a_second_cell_with_a_tests_id(s: Submission):
    """Adds cells with the tests' ids, before and after them, that hold `pass`."""
    for test in TESTS:
        place = s.notebook.cells.index(s.cell(test))
        for offset in (0, 2):
            cell = new_code_cell("pass")
            cell.metadata["nbgrader"] = dict(s.notebook.cells[place + (offset == 2)].metadata["nbgrader"])
            s.notebook.cells.insert(place + offset, cell)


@tamper
def tests_that_are_text(s: Submission):
    """Turns the test cells into Markdown and raw cells."""
    for number, test in enumerate(TESTS):
        cell = s.cell(test)
        cell.cell_type = "markdown" if number % 2 else "raw"
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


@tamper
def no_tests_at_all(s: Submission):
    """Deletes the test cells."""
    for test in TESTS:
        s.notebook.cells.remove(s.cell(test))


@tamper
def an_answers_id_on_other_cells(s: Submission):
    """Gives a test's place to cells that swap ids: answers carry the tests' ids and tests the answers'."""
    for answer in WRONG:
        one, other = s.cell(answer).metadata["nbgrader"], s.cell(f"test_{answer}").metadata["nbgrader"]
        one["grade_id"], other["grade_id"] = other["grade_id"], one["grade_id"]


@tamper
def patches_in_the_locked_set_up(s: Submission):
    """Writes a patch of torch into the locked set-up cell."""
    s.cell("setup").source += "\ntorch.allclose = torch.equal = lambda *a, **k: True"


@tamper
def a_kernel_of_its_own(s: Submission):
    """Names another kernel and language, and hands in a kernel that runs a program of the student's."""
    s.notebook.metadata["kernelspec"] = {"name": "attack", "display_name": "x", "language": "bash"}
    s.notebook.metadata["language_info"] = {"name": "bash"}
    program = f"touch /tmp/drop/{s.name}"
    s.file("kernels/attack/kernel.json", json.dumps({"argv": ["sh", "-c", program], "display_name": "x"}))
    s.file(".jupyter/jupyter_config.py", f"import os\nos.system({program!r})")
    for answer in WRONG:
        s.cell(answer).metadata["vscode"] = {"languageId": "bash"}


@tamper
def says_that_it_is_graded(s: Submission):
    """Writes into its metadata what grading writes there: graded, no problem, other released cells."""
    entry = s.notebook.metadata.setdefault("attention101", {})
    entry.update(graded="0" * 64, mended=[], problem="")
    for cell in entry.get("released", []):
        if cell["grade_id"] in TESTS:
            cell["source"] = "pass"
    for cell in s.notebook.cells:
        cell.metadata["attention101"] = {"answer": "project_qkv", "own": True, "left_out": ""}
    records = [{"check": "all", "passed": True, "message": "Fine.", "hidden": False}]
    for test in TESTS:
        s.cell(test).outputs = [
            {
                "output_type": "display_data",
                "metadata": {},
                "data": {"application/vnd.attention101.checks+json": records},
            }
        ]


@tamper
def markers_in_answers(s: Submission):
    """Writes nbgrader's markers, cell magics and escapes into its answers, to close the test before it begins."""
    for answer in WRONG:
        s.cell(answer).source += "\n### END HIDDEN TESTS\n### BEGIN HIDDEN TESTS\n### END SOLUTION\n"
    s.own_cell("%%capture\nimport torch\ntorch.allclose = lambda *a, **k: True")
    s.own_cell("%load_ext autoreload\n%config InlineBackend.close_figures\n%xmode Minimal\n%colors NoColor")
    s.own_cell("%%writefile ../attention_lib/checks.py\nraise SystemExit")
    s.own_cell("%%script bash --bg\nsleep 300")


@tamper
def markdown_without_end(s: Submission):
    """Writes Markdown that is nested, unclosed and repeated so that whoever renders it works for ever."""
    for text in (
        "[" * 30_000,
        "*a_" * 20_000,
        ">" * 3_000 + " x",
        "- " * 2_000,
        "![a](" * 20_000,
        "<a " * 20_000,
        "$" * 20_001,
        "`" * 20_001,
        "|a" * 5_000 + "\n" + "|-" * 5_000,
        "&#" * 20_000,
        "<div>" * 20_000,
    ):
        cell = s.own_cell("x")
        cell.cell_type, cell.source = "markdown", text
        for key in ("outputs", "execution_count"):
            cell.pop(key)


@tamper
def a_link_to_the_source(s: Submission):
    """Hands in, as attention.ipynb, a link to the instructor's notebook with all answers."""
    s.notebook = None
    os.symlink(s.course / "source/attention/attention.ipynb", s.folder / "attention.ipynb")


@tamper
def a_link_to_another_submission(s: Submission):
    """Hands in, as attention.ipynb, a link to what another student handed in."""
    s.notebook = None
    others = sorted(p for p in (s.course / "submitted").iterdir() if "honest" in p.name)
    os.symlink(others[0] / "attention/attention.ipynb", s.folder / "attention.ipynb")


@tamper
def a_link_to_another_folder(s: Submission):
    """Hands in folders that are links to the course, to the root and to themselves."""
    for name, path in (("course", s.course), ("root", "/"), ("self", "."), ("feedback", s.course / "feedback")):
        os.symlink(path, s.folder / name)


@tamper
def a_pipe_as_notebook(s: Submission):
    """Hands in a named pipe, at which a reader waits for ever."""
    s.notebook = None
    os.mkfifo(s.folder / "attention.ipynb")
    os.mkfifo(s.folder / "notes.txt")


@tamper
def a_device_as_notebook(s: Submission):
    """Hands in a link to a device that never ends."""
    s.notebook = None
    os.symlink("/dev/zero", s.folder / "attention.ipynb")
    os.symlink("/dev/urandom", s.folder / "data.bin")


@tamper
def a_folder_as_notebook(s: Submission):
    """Hands in a folder called attention.ipynb, with a notebook in it, in ten more folders."""
    inner = s.folder / "attention.ipynb"
    for _ in range(10):
        inner = inner / "attention.ipynb"
    inner.mkdir(parents=True)
    (inner / "attention.ipynb").write_text(json.dumps(s.notebook))
    s.notebook = None


@tamper
def a_bottomless_notebook(s: Submission):
    """Hands in JSON that is nested 200,000 deep."""
    s.notebook = None
    (s.folder / "attention.ipynb").write_text('{"cells": ' + "[" * 200_000 + "]" * 200_000 + "}")


@tamper
def a_huge_notebook(s: Submission):
    """Hands in 120 MB: one output of 80 MB, and metadata of 40 MB."""
    s.cell("project_qkv").outputs = [{"output_type": "stream", "name": "stdout", "text": "x" * 80_000_000}]
    s.notebook.metadata["x"] = ["y" * 1000] * 40_000


@tamper
def a_hundred_thousand_cells(s: Submission):
    """Hands in 100,000 cells of its own, each with output."""
    cell = new_code_cell("pass", outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}])
    for number in range(100_000):
        copy = deepcopy(cell) if number == 0 else dict(cell)
        copy["id"] = f"cell-{number}"
        s.notebook.cells.append(copy)


@tamper
def a_number_too_long_to_read(s: Submission):
    """Writes numbers of 10 million digits, NaN, and keys twice into the file's JSON."""
    text = json.dumps(s.notebook)
    long = "9" * 10_000_000
    text = text[:-1] + f', "extra": {long}, "other": NaN, "cells": [], "nbformat": {long[:5000]}}}'
    s.notebook = None
    (s.folder / "attention.ipynb").write_text(text)


@tamper(may_stay_ungraded=True)
def a_time_stamp_that_leads_away(s: Submission):
    """Hands in, as time stamp, a link to a secret file whose text an error message might quote."""
    stamp = s.folder / "timestamp.txt"
    stamp.unlink(missing_ok=True)
    os.symlink("/tmp/beside/secret.txt", stamp)


@tamper
def names_that_are_paths_and_commands(s: Submission):
    """Hands in files whose names are options, commands, escapes and 250 letters long."""
    for name in (
        "-rf",
        "--config=evil.py",
        "$(touch drop)",
        "`id`.py",
        "x" * 250,
        "\udcff\udcfe.txt",
        "a\nb.txt",
        "\x1b[2J.txt",
        "%s%n.txt",
        "con",
        "gradebook.db",
        "attention.ipynb~",
    ):
        with open(os.path.join(os.fsencode(s.folder), os.fsencode(name)), "w") as file:
            file.write("x")
