import json
import os
import sys
from datetime import datetime, timedelta

import pytest
from jupyter_client.manager import start_new_kernel
from nbformat import v4

from attention_lib import progress
from attention_lib.progress import check_notebook, verify
from attention_lib.verification.fresh_run import INSIDE_FRESH_RUN
from tests.attention_lib.lesson_notebook import RIGHT, STUBS, at, insert_after, lesson, save
from tests.lesson_answers import ANSWERS

pytestmark = pytest.mark.kernel


def written(path):
    return json.loads((path.parent / "progress" / "lesson_progress.json").read_text("utf-8"))


def passed(result):
    return {answer for answer, cell in result["cells"].items() if cell["passed"]}


def messages(result, cell=None):
    return " ".join(w["message"] for w in result["warnings"] if cell in (None, w["cell"]))


def test_right_notebook_has_all_points_and_nothing_to_warn_of(tmp_path, capsys):
    path = save(lesson(RIGHT), tmp_path)
    result = verify(path)
    assert result["score"] == 5 and result["warnings"] == []
    assert result == written(path)
    assert list(result) == ["score", "cells", "warnings", "findings"] and result["findings"] == []
    assert list(result["cells"]) == list(ANSWERS)
    for cell in result["cells"].values():
        assert list(cell) == ["passed", "attempts", "checked"] and cell["passed"] is True and cell["attempts"] == 1
        assert datetime.fromisoformat(cell["checked"]).utcoffset() == timedelta(0)
        assert cell["checked"].endswith("+00:00")
    assert "5 of 5" in capsys.readouterr().out


def test_attempts_count_written_answers_up_to_the_first_pass(tmp_path):
    wrong = "def attention_scores(Q, K, scale=None):\n    return 7"
    answers = {a: RIGHT[a] for a in ("project_qkv", "attention_weights")}
    answers["project_qkv"] = answers["project_qkv"].replace("    return", "    n_q = 3\n    return")
    path = save(lesson(answers | {"attention_scores": wrong}), tmp_path)
    first = verify(path)
    [found] = written(path)["findings"]
    assert (found["answer"], found["kind"], found["lines"]) == ("project_qkv", "dead_code", [2, 2])
    assert found["names"] == ["n_q"] and found["text"].startswith("Nothing reads `n_q`.")
    assert passed(first) == {"project_qkv", "attention_weights"}
    assert {a: c["attempts"] for a, c in first["cells"].items()} == {
        "project_qkv": 1, "attention_scores": 1, "attention_weights": 1, "aggregate_values": 0, "attention_head": 0,
    }  # fmt: skip
    save(lesson(RIGHT | {"project_qkv": STUBS["project_qkv"] + "  # again"}), tmp_path)
    second = verify(path)
    assert second["cells"]["attention_scores"] == second["cells"]["attention_scores"] | {"passed": True, "attempts": 2}
    # It passed once: what comes later is no attempt.
    save(lesson(RIGHT | {"attention_scores": wrong}), tmp_path)
    third = verify(path)
    assert third["cells"]["attention_scores"]["passed"] is False
    assert verify(path)["cells"]["attention_scores"]["attempts"] == 2


def test_blank_notebook_is_not_started(tmp_path, capsys):
    result = verify(save(lesson(), tmp_path))
    assert result["score"] == 0 and all(c["attempts"] == 0 for c in result["cells"].values())
    assert capsys.readouterr().out.count("○") == 5


def broken_notebook():
    """One notebook with a kind of trouble in each answer."""
    notebook = lesson(
        RIGHT
        | {
            "project_qkv": "def project_qkv(x, W_q, W_k, W_v)\n    return 1",
            "attention_scores": "def attention_scores(Q, K, scale=None):\n    while True:\n        pass",
            "attention_weights": "def attention_weights(scores, mask=None):\n    import os\n    os._exit(3)",
            "aggregate_values": RIGHT["aggregate_values"] + "\n\nn = int(input('How many heads? '))",
            "attention_head": "class AttentionHead:\n    def forward(self, x, mask=None):\n        return 48",
        }
    )
    insert_after(notebook, "setup", "while True: pass", "1 / 0", "breakpoint()", "%debug", "%pdb on")
    return notebook


def test_trouble_costs_its_own_cell_alone_and_never_hangs(tmp_path, capsys):
    path = save(broken_notebook(), tmp_path)
    result = check_notebook(path, cell_limit_s=6)
    assert passed(result) == {"aggregate_values", "attention_head"}
    shown = capsys.readouterr().out
    assert "SyntaxError" in shown
    assert "took longer than 6 s" in messages(result, "attention_scores")
    assert "ended the Python process" in messages(result, "attention_weights")
    assert "`input()`" in messages(result, "aggregate_values")
    assert "while True: pass" in messages(result, "")
    assert "`breakpoint()`" in messages(result) and "`%debug`" in messages(result) and "`%pdb`" in messages(result)


def test_the_limit_for_all_runs_ends_the_check(tmp_path, capsys):
    answers = RIGHT | {"project_qkv": "while True:\n    pass"}
    result = check_notebook(save(lesson(answers), tmp_path), cell_limit_s=60, total_limit_s=6)
    assert result["score"] == 0 and "took too long" in messages(result)
    assert "did not reach" in capsys.readouterr().out


def test_what_the_grader_will_not_have_is_told(tmp_path):
    notebook = lesson(
        RIGHT
        | {
            "attention_scores": RIGHT["attention_scores"] + "\n_ = np.ones(3)",
            "attention_weights": "from my_attention import attention_weights",
            "aggregate_values": "def aggregate_values(weights, V):\n    return late(weights, V)",
            "attention_head": RIGHT["attention_head"] + "\nprint(tokens)",
        }
    )
    at(notebook, "setup").source += "\nimport numpy as np"
    insert_after(
        notebook, "test_aggregate_values", "def late(a, b):\n    return a * b", "data = open('data.txt').read()"
    )
    insert_after(notebook, "test_aggregate_values", "%pip install einops", "!pip install einops")
    (tmp_path / "my_attention.py").write_text("def attention_weights(scores, mask=None):\n    return scores + 1\n")
    (tmp_path / "data.txt").write_text("1")
    path = save(notebook, tmp_path)
    copy = save(notebook, tmp_path, "attention-Copy1.ipynb")
    os.utime(copy, (path.stat().st_mtime + 60,) * 2)

    result = verify(path)
    assert passed(result) == {"project_qkv", "attention_scores", "attention_head"}
    assert "np" in messages(result, "setup")
    assert "my_attention.py" in messages(result, "attention_weights")
    assert "`late`, which is defined only further down" in messages(result, "aggregate_values")
    assert "`tokens`, which comes from a cell that is not run" in messages(result, "attention_head")
    assert "data.txt" in messages(result, "") and "installs a package" in messages(result, "")
    assert "attention-Copy1.ipynb" in messages(result, "")


def test_progress_survives_a_damaged_file(tmp_path, capsys):
    path = save(lesson({"project_qkv": "def project_qkv(*a):\n    return 1"}), tmp_path)
    (tmp_path / "progress").mkdir()
    file = tmp_path / "progress" / "lesson_progress.json"
    file.write_text('{"cells": {"project_qkv": {"pas')
    result = verify(path)
    assert "lesson_progress.damaged.json" in messages(result)
    assert file.with_name("lesson_progress.damaged.json").read_text() == '{"cells": {"project_qkv": {"pas'
    assert written(path) == result and result["cells"]["project_qkv"]["attempts"] == 1
    again = verify(path)
    assert again["cells"]["project_qkv"]["attempts"] == 2 and again["warnings"] == []


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path, capsys):
    path = save(lesson(RIGHT), tmp_path)
    (tmp_path / "progress").write_text("a file where the folder should be")
    result = verify(path)
    assert result["score"] == 5 and "could not be written" in messages(result)
    assert "could not be written" in capsys.readouterr().out
    assert (tmp_path / "progress").read_text() == "a file where the folder should be"


def test_missing_file_names_it_and_the_notebooks_that_are_there(tmp_path, capsys):
    save(lesson(), tmp_path, "attention (1).ipynb")
    result = verify(tmp_path / "attention.ipynb")
    assert result["score"] == 0 and result["cells"] == {}
    assert "attention.ipynb" in messages(result) and "attention (1).ipynb" in messages(result)
    assert "Not checked" in capsys.readouterr().out
    assert not (tmp_path / "progress").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"cells": 3}', b"\xff\xfe\x00"])
def test_unreadable_file_is_said(tmp_path, content):
    path = tmp_path / "attention.ipynb"
    path.write_bytes(content)
    result = verify(path)
    assert result["score"] == 0 and "attention.ipynb" in messages(result)


def test_without_the_released_cells_it_says_what_it_cannot_see(tmp_path):
    notebook = lesson(RIGHT)
    del notebook.metadata["attention101"]
    notebook.cells.append(at(lesson(RIGHT), "attention_scores"))
    result = verify(save(notebook, tmp_path))
    assert result["score"] == 5 and "Fetch the assignment again" in messages(result)
    assert {c["attempts"] for c in result["cells"].values()} == {1}


@pytest.mark.parametrize("variable", ["NBGRADER_EXECUTION", INSIDE_FRESH_RUN])
def test_inside_grading_it_runs_and_writes_nothing(tmp_path, monkeypatch, variable):
    monkeypatch.setenv(variable, "autograde")
    monkeypatch.setattr(progress.fresh_run, "run_afresh", None)
    result = verify(save(lesson(RIGHT), tmp_path))
    assert result["score"] == 0 and not (tmp_path / "progress").exists()


def test_in_a_live_notebook(tmp_path, monkeypatch):
    """A real kernel runs cells that the saved file does not have, then the check."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    save(
        lesson(RIGHT | {"attention_weights": "def attention_weights(scores, mask=None):\n    return helper(scores)"}),
        tmp_path,
    )
    manager, client = start_new_kernel(cwd=str(tmp_path))
    shown = []
    try:
        run = [
            RIGHT["project_qkv"],
            "def attention_scores(Q, K, scale=None):\n    return 'not saved'",
            "def helper(x):\n    return x",
            "from attention_lib.progress import verify\nresult = verify()",
        ]
        for source in run:
            reply = client.execute_interactive(source, allow_stdin=False, output_hook=shown.append, timeout=60)
            assert reply["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    result = json.loads((tmp_path / "progress" / "lesson_progress.json").read_text())
    assert result["score"] == 4
    assert "not the one in the saved file" in messages(result, "attention_scores")
    assert "`helper`, which only this session knows" in messages(result, "attention_weights")
    assert messages(result, "project_qkv") == ""
    bundles = [m["content"]["data"] for m in shown if m["msg_type"] in ("display_data", "update_display_data")]
    assert "Checking" in bundles[0]["text/plain"]
    assert "4 of 5" in bundles[-1]["text/html"] and "4 of 5" in bundles[-1]["text/plain"]
    assert not any(m["msg_type"] in ("error", "stream") for m in shown)


def test_an_empty_notebook_is_no_error(tmp_path):
    result = verify(save(v4.new_notebook(), tmp_path))
    assert result["score"] == 0 and result["warnings"]


def test_a_kernel_that_does_not_start_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    result = verify(save(lesson(RIGHT), tmp_path))
    assert result["score"] == 0 and "could not be started" in messages(result)
    assert "Not checked" in capsys.readouterr().out and not (tmp_path / "progress").exists()


def test_a_module_that_a_cell_writes_is_there_and_the_first_cause_is_told(tmp_path, monkeypatch):
    """One run. The module lies beside the notebook, too, as after a run in the notebook; that is not warned of."""
    notebook = lesson(
        RIGHT
        | {
            "attention_scores": "from written_module import attention_scores",
            "aggregate_values": "def aggregate_values(weights, V):\n    return np.multiply(weights, V)",
        }
    )
    module = "%%writefile written_module.py\n" + RIGHT["attention_scores"]
    insert_after(notebook, "setup", module, "import no_such_package\nimport numpy as np")
    notebook.metadata["attention101"]["grader"] = {"cell_seconds": 7}
    (tmp_path / "written_module.py").write_text("")
    used = []
    plain = progress.fresh_run.run_afresh
    monkeypatch.setattr(
        progress.fresh_run, "run_afresh", lambda notebook, **given: used.append(given) or plain(notebook, **given)
    )
    result = verify(save(notebook, tmp_path))
    assert "attention_scores" in passed(result) and "aggregate_values" not in passed(result)
    assert "written_module" not in messages(result)
    assert used[0]["cell_limit_s"] == 7
