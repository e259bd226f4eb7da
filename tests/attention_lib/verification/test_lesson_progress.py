import json
import os

import pytest

from attention_lib.verification.lesson_progress import CellProgress, load_progress, save_progress

RESULT = {
    "score": 1,
    "cells": {
        "a": {"passed": True, "attempts": 2, "checked": "2026-11-25T10:00:00+00:00"},
        "b": {"passed": False, "attempts": 0, "checked": "2026-11-25T10:00:00+00:00"},
    },
    "warnings": [{"cell": "", "message": "odd \ud800 text"}],
}


@pytest.fixture
def notebook(tmp_path):
    return tmp_path / "attention.ipynb"


def test_what_was_saved_is_loaded(notebook):
    assert load_progress(notebook)[0].cells == {}
    assert save_progress(notebook, RESULT, {"a", "b"}) == ""
    progress, said = load_progress(notebook)
    assert said == "" and progress.first_passed == {"a", "b"}
    assert progress.cells["a"] == CellProgress(True, 2, "2026-11-25T10:00:00+00:00")
    assert sorted(os.listdir(notebook.parent / "progress")) == ["first_passed.json", "lesson_progress.json"]


@pytest.mark.parametrize("content", [b"5", b"[[1]]", b"null", b"\xff", b"[", None])
def test_without_the_second_file_a_pass_still_counts(notebook, content):
    save_progress(notebook, RESULT, {"a"})
    second = notebook.parent / "progress" / "first_passed.json"
    if content is None:
        second.unlink()
    else:
        second.write_bytes(content)
    assert load_progress(notebook)[0].first_passed == {"a"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"cells": []}'.replace(b"[]", b"5"),
        b'{"cells": {"a": {"passed": true}}}',
        b'{"cells": {"a": {"passed": 1, "attempts": 1, "checked": ""}}}',
        b'{"cells": {"a": {"passed": true, "attempts": -1, "checked": ""}}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_kept_aside(notebook, content):
    folder = notebook.parent / "progress"
    folder.mkdir()
    (folder / "lesson_progress.json").write_bytes(content)
    progress, said = load_progress(notebook)
    assert progress.cells == {} and "lesson_progress.damaged.json" in said
    assert (folder / "lesson_progress.damaged.json").read_bytes() == content


def test_a_file_that_cannot_be_replaced_stays_whole(notebook, monkeypatch):
    save_progress(notebook, RESULT, {"a"})

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    said = save_progress(notebook, RESULT | {"score": 2}, {"a"})
    assert "could not be written" in said and "Permission denied" in said
    folder = notebook.parent / "progress"
    assert json.loads((folder / "lesson_progress.json").read_text())["score"] == 1
    assert sorted(os.listdir(folder)) == ["first_passed.json", "lesson_progress.json"]


def test_a_folder_in_place_of_the_file_is_said(notebook):
    (notebook.parent / "progress" / "lesson_progress.json").mkdir(parents=True)
    assert "could not be read" in load_progress(notebook)[1]
    assert "could not be written" in save_progress(notebook, RESULT, set())
