"""Every form in which work is handed in: names, places, packings, contents, and archives that somebody hostile made."""

import base64
import io
import json
import os
import stat
import subprocess
import zipfile
from itertools import product
from pathlib import Path, PurePosixPath

import pytest

from attention_lib.assignment.notebook_file import UnreadableNotebook, read_notebook
from grading.grade.gradebook.completed import submission_digest
from grading.grade.submission import handed_in_files
from grading.grade.submission import read_submission as reading
from grading.grade.submission.read_submission import read_submission
from grading.grade.submission.zipped import MOST_ENTRIES
from grading.grade.workers.parcel import packed, unpacked
from tests.course_folder import RIGHT, at, lesson
from tests.lesson_answers import LESSON

CELLS = len(lesson().cells)
NOTEBOOK = json.dumps(lesson(RIGHT))
OTHER = json.dumps(lesson(RIGHT | {"aggregate_values": "# another answer"}))
OTHER_ASSIGNMENT = json.dumps(
    {"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": {"grade_id": "lab3"}}, "outputs": []}]}
)

RIGHT_NAME = "attention.ipynb"
TAKEN_NAMES = (
    "attention.ipynb.txt",
    "attention.json",
    "attention.ipynb.json",
    "attention.txt",
    "Attention.IPYNB",
    "ATTENTION.ipynb",
    "attention",
    "attention (1).ipynb",
    "attention-Copy1.ipynb",
    "attention.ipynb (1).txt",
    "attention.ipynb.download",
    "my work.ipynb",
    "Übung.ipynb",
    "final.json",
)
PLACES = ("", "attention/", "my folder/")
PACKINGS = ("loose", "zip", "zip in a folder")
REFUSED_NAMES = {
    "attention.py": "attention.py (a Python script)",
    "attention.html": "attention.html (a web page)",
    "attention.pdf": "attention.pdf (a PDF)",
    "attention.docx": "attention.docx (a text document)",
    "attention.tar.gz": "attention.tar.gz",
    "attention.R": "attention.R",
}


def put(folder: Path, files: dict[str, str | bytes]) -> Path:
    """A submission's folder with these files; gives the path at which the notebook should be."""
    folder = folder / "ada" / "attention"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder / RIGHT_NAME


def zipped(*files: tuple[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", compression) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return memory.getvalue()


def in_packing(packing: str, name: str, content: str) -> dict[str, str | bytes]:
    if packing == "loose":
        return {name: content}
    archive = zipped((name, content), ("__MACOSX/._" + PurePosixPath(name).name, "junk"))
    return {"in here/work.zip" if packing == "zip in a folder" else "work.ZIP": archive}


def outcome(path: Path) -> tuple[int, str, str]:
    """How many cells are graded, what is said to be mended, and the problem. Out of a parcel it is the same."""
    found = read_submission(path, LESSON)
    entry = found.metadata["attention101"]
    with unpacked(json.loads(json.dumps(packed(path)))) as elsewhere:
        assert read_submission(elsewhere, LESSON) == found
    return len(found.cells), " ".join(note.message for note in entry.mended), entry.get("problem", "")


FORMS = [form for form in product((*TAKEN_NAMES, RIGHT_NAME), PLACES, PACKINGS) if form != (RIGHT_NAME, "", "loose")]


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("place", PLACES)
def test_it_is_graded_and_said(tmp_path, place, packing):
    for number, (name, *_) in enumerate(form for form in FORMS if form[1:] == (place, packing)):
        path = put(tmp_path / str(number), in_packing(packing, place + name, NOTEBOOK) | {"notes.md": "my notes"})
        cells, mended, problem = outcome(path)
        assert cells == CELLS and not problem, name
        assert f"handed in as '{place}{name}" in mended and "graded all the same" in mended, name
        assert packing == "loose" or "work." in mended, name


def test_at_its_place_nothing_is_said(tmp_path):
    assert outcome(put(tmp_path, {RIGHT_NAME: NOTEBOOK, "notes.md": "", "data.json": "{}"})) == (CELLS, "", "")


@pytest.mark.parametrize("packing", PACKINGS)
def test_what_is_no_notebook_is_named(tmp_path, packing):
    for number, (name, said) in enumerate(REFUSED_NAMES.items()):
        path = put(tmp_path / str(number), in_packing(packing, name, NOTEBOOK))
        cells, mended, problem = outcome(path)
        assert (cells, mended) == (0, "") and "no attention.ipynb" in problem and said in problem, problem
        assert "Hand in" in problem


CONTENTS = {
    "": "is empty",
    "not json": "not JSON",
    NOTEBOOK[:5000]: "stops in the middle",
    "<html><body>": "web page",
    "%PDF-1.7": "is a PDF",
    "PK\x03\x04": "zip archive",
    "[]": "no list of cells",
    "<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> main\n": "conflict marks",
    OTHER_ASSIGNMENT: "not the notebook of this assignment",
}


@pytest.mark.parametrize("name", [RIGHT_NAME, "attention.ipynb.txt", "attention.json", "attention/attention.ipynb"])
@pytest.mark.parametrize("packing", ["loose", "zip"])
def test_the_reason_is_that_of_the_content(tmp_path, name, packing):
    for number, (content, said) in enumerate(CONTENTS.items()):
        if (name, packing, content) == (RIGHT_NAME, "loose", OTHER_ASSIGNMENT):
            continue  # read; the canonical notebook says so
        cells, mended, problem = outcome(put(tmp_path / str(number), in_packing(packing, name, content)))
        assert (cells, mended) == (0, "") and said in problem and "attention" in problem, problem


def test_a_cell_without_ids_that_defines_an_answer_makes_it_this_assignments(tmp_path):
    notebook = {"cells": [{"cell_type": "code", "source": RIGHT["attention_scores"], "outputs": []}]}
    assert outcome(put(tmp_path, {"my work.ipynb": json.dumps(notebook)}))[0] == 1


# Two candidates


@pytest.mark.parametrize(
    "taken, left",
    [
        ("attention.ipynb.txt", "attention (1).ipynb"),
        ("attention.json", "attention/attention.ipynb"),
        ("attention/attention.ipynb", "attention (1).ipynb"),
        ("attention (1).ipynb", "attention/attention (1).ipynb"),
        ("my work.ipynb", "work.zip"),
        ("attention.ipynb.txt", "attention.ipynb.json"),
    ],
)
def test_of_two_candidates_the_likelier_counts_and_the_other_is_named(tmp_path, taken, left):
    other = zipped((RIGHT_NAME, OTHER)) if left.endswith(".zip") else OTHER
    both = (taken, left)
    same_rank = {"attention.ipynb.txt", "attention.ipynb.json"} == set(both)
    cells, mended, problem = outcome(put(tmp_path, {taken: NOTEBOOK, left: other}))
    if same_rank:
        assert cells == 0 and all(name in problem for name in both) and "Hand in your work as" in problem
    else:
        assert cells and f"handed in as '{taken}'" in mended and f"not graded: {left}" in mended
        assert problem == ""


def test_two_with_the_same_cells_are_one(tmp_path):
    cells, mended, _ = outcome(put(tmp_path, {"a.ipynb": NOTEBOOK, "b.ipynb": NOTEBOOK.replace(": ", ":  ")}))
    assert cells and "'a.ipynb'" in mended and "not graded: b.ipynb" in mended


def test_a_file_that_is_no_candidate_does_not_hide_the_notebook(tmp_path):
    files = {"lab3.ipynb": OTHER_ASSIGNMENT, "work.ipynb": NOTEBOOK, "data.json": "[1]", "attention.ipynb.txt": ""}
    cells, mended, _ = outcome(put(tmp_path, files))
    assert cells and "'work.ipynb'" in mended and "lab3.ipynb" in mended and "attention.ipynb.txt" in mended


def test_what_no_student_hands_in_is_neither_taken_nor_named(tmp_path):
    aside = ("._attention.ipynb", ".ipynb_checkpoints/attention-checkpoint.ipynb", "progress/lesson_progress.json")
    files = dict.fromkeys((*aside, "receipt.txt", "submission_secret.txt", "__MACOSX/attention.ipynb"), NOTEBOOK)
    cells, _, problem = outcome(put(tmp_path, files))
    assert cells == 0 and problem.endswith("and no other notebook. Hand in your work as attention.ipynb.")


def test_two_folders_too_deep_is_named(tmp_path):
    cells, _, problem = outcome(put(tmp_path, {"a/b/attention.ipynb": NOTEBOOK}))
    assert cells == 0 and "only a/b/attention.ipynb" in problem


# Hostile folders and archives


def hostile(make) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        make(archive)
    return memory.getvalue()


def link(archive):
    entry = zipfile.ZipInfo(RIGHT_NAME)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(entry, "/etc/passwd")


def too_large(archive):
    with archive.open(RIGHT_NAME, "w") as file:
        for _ in range(60):
            file.write(b" " * 1_000_000)


def encrypted() -> bytes:
    content = bytearray(zipped((RIGHT_NAME, NOTEBOOK)))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def lying() -> bytes:
    """It says that the file has 10 bytes."""
    content = bytearray(zipped((RIGHT_NAME, NOTEBOOK)))
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    return bytes(content)


def flipped() -> bytes:
    content = bytearray(zipped((RIGHT_NAME, NOTEBOOK), compression=zipfile.ZIP_STORED))
    content[2000] ^= 1
    return bytes(content)


WHOLE = zipped((RIGHT_NAME, NOTEBOOK))
HOSTILE = {
    "no zip": (b"not a zip", "cannot|can be opened"),
    "empty": (b"", "can be opened"),
    "without entries": (zipped(), "holds no notebook"),
    "cut": (WHOLE[:-30], "can be opened"),
    "begins in the middle": (WHOLE[200:], "damaged|can be opened"),
    "end alone": (WHOLE[-22:], "can be opened"),
    "many entries": (
        hostile(lambda z: [z.writestr(f"{i}.txt", "") for i in range(MOST_ENTRIES + 1)]),
        "more than 2,000",
    ),
    "a bomb": (hostile(too_large), "larger than 50 MB"),
    "a link": (hostile(link), "symbolic link"),
    "encrypted": (encrypted(), "encrypted"),
    "a size that is not true": (lying(), "damaged|stops in the middle|not JSON"),
    "a flipped bit": (flipped(), "damaged"),
    "bzip2": (zipped((RIGHT_NAME, NOTEBOOK), compression=zipfile.ZIP_BZIP2), "packed in a way"),
    "lzma": (zipped((RIGHT_NAME, NOTEBOOK), compression=zipfile.ZIP_LZMA), "packed in a way"),
    "a zip in it": (zipped(("work.zip", WHOLE)), "only work.zip (a zip archive)"),
    "an absolute path": (zipped(("/attention.ipynb", NOTEBOOK)), "holds no notebook"),
    "a drive": (zipped(("C:/attention.ipynb", NOTEBOOK)), "holds no notebook"),
    "a path that leads out": (zipped(("../attention.ipynb", NOTEBOOK)), "holds no notebook"),
    "with backslashes": (zipped(("..\\attention.ipynb", NOTEBOOK)), "holds no notebook"),
    "hidden": (zipped((".x/attention.ipynb", NOTEBOOK)), "holds no notebook"),
    "a name that cannot be printed": (zipped(("\x1b[31m.py", NOTEBOOK)), r"\\x1b\[31m"),
    "a long name": (zipped(("x" * 60_000 + ".py", NOTEBOOK)), "xxx…"),
    "a folder called so": (zipped(("attention.ipynb/", "")), "holds no notebook"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_a_problem_with_its_reason(tmp_path, kind):
    content, said = HOSTILE[kind]
    path = put(tmp_path, {"work.zip": content})
    before = sorted(tmp_path.rglob("*"))
    cells, mended, problem = outcome(path)
    assert (cells, mended) == (0, "")
    assert any(words in problem for words in said.replace(r"\\", "\\").replace(r"\[", "[").split("|")), problem
    assert "work.zip" in problem and problem.isprintable() and len(problem) < 700
    assert sorted(tmp_path.rglob("*")) == before


def test_the_same_name_twice_in_an_archive(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        different = zipped((RIGHT_NAME, NOTEBOOK), (RIGHT_NAME, OTHER))
        same = zipped((RIGHT_NAME, NOTEBOOK), (RIGHT_NAME, NOTEBOOK))
    cells, _, problem = outcome(put(tmp_path / "1", {"work.zip": different}))
    assert cells == 0 and "several others: attention.ipynb in work.zip, attention.ipynb in work.zip" in problem
    assert outcome(put(tmp_path / "2", {"work.zip": same}))[0]


def test_hostile_entries_do_not_hide_the_notebook_beside_them(tmp_path):
    def make(archive):
        link(archive)
        archive.writestr("../x.ipynb", OTHER)
        archive.writestr("nested.zip", WHOLE)
        archive.writestr("sub/attention.ipynb", NOTEBOOK)

    cells, mended, problem = outcome(put(tmp_path, {"work.zip": hostile(make)}))
    assert cells and not problem and "'sub/attention.ipynb in work.zip'" in mended


def test_what_is_read_has_a_limit_for_all_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_MB_IN_ALL", 0.05)
    files = {f"{letter}.ipynb": OTHER_ASSIGNMENT + " " * 20_000 for letter in "abcdefgh"} | {"z.ipynb": NOTEBOOK}
    cells, _, problem = outcome(put(tmp_path, files))
    assert cells == 0 and "but several others: a.ipynb, b.ipynb" in problem


def test_many_files_are_named_by_some(tmp_path, monkeypatch):
    monkeypatch.setattr(handed_in_files, "MOST_FILES", 100)
    path = put(tmp_path, {f"{number:04}.py": "" for number in range(120)})
    _, _, problem = outcome(path)
    assert "0000.py (a Python script)" in problem and "and 95 more" in problem and len(problem) < 500


def test_links_and_pipes_are_neither_followed_nor_waited_for(tmp_path):
    path = put(tmp_path, {})
    secret = put(tmp_path / "elsewhere", {RIGHT_NAME: NOTEBOOK}).parent
    (path.parent / "folder").symlink_to(secret)
    assert outcome(path)[0] == 0
    (path.parent / "attention.ipynb.txt").symlink_to(secret / RIGHT_NAME)
    assert "symbolic link" in outcome(path)[2]
    (path.parent / "attention.ipynb.txt").unlink()
    os.mkfifo(path.parent / "attention.json")
    assert "is a pipe" in outcome(path)[2]
    (path.parent / "attention.json").unlink()
    (path.parent / "work.zip").symlink_to(secret / RIGHT_NAME)
    assert "symbolic link" in outcome(path)[2]


def test_the_digest_changes_with_what_decides(tmp_path):
    class Course:
        submitted_directory = "submitted"

        @staticmethod
        def format_path(directory, student, assignment):
            return str(tmp_path / student / assignment)

    def digest(files):
        put(tmp_path, files)
        return submission_digest(Course, "attention", "ada")

    found = [digest({"work.zip": WHOLE})]
    assert digest({}) == found[0]
    for files in ({"attention.json": NOTEBOOK}, {"attention.json": OTHER}, {"a/attention.ipynb": NOTEBOOK}):
        found.append(digest(files))
    found.append(digest({RIGHT_NAME: NOTEBOOK}))
    assert len(set(found)) == 5
    assert digest({"attention.json": NOTEBOOK, "notes.md": "", "a/attention.ipynb": ""}) == found[-1]


# The remedy for git's marks works


def test_gits_conflict_marks_are_named_and_each_remedy_makes_a_notebook_again(tmp_path):
    def git(*words):
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@localhost", "-c", "init.defaultBranch=main")
        return subprocess.run(["git", *who, *words], cwd=tmp_path, capture_output=True, text=True)

    file, notebook = tmp_path / RIGHT_NAME, lesson(RIGHT)

    def commit(text):
        at(notebook, "aggregate_values").source = text
        file.write_text(json.dumps(notebook, indent=1))
        git("add", RIGHT_NAME)
        git("commit", "-m", text)

    git("init")
    commit("start")
    git("checkout", "-b", "home")
    commit("at home")
    git("checkout", "main")
    commit("at the university")
    assert git("merge", "home").returncode != 0
    with pytest.raises(UnreadableNotebook) as refused:
        read_notebook(file)
    said = refused.value.reason
    assert "conflict marks" in said and "git checkout --ours attention.ipynb" in said
    conflicted = file.read_text()
    line = int(said.partition("in line ")[2].partition(".")[0])
    assert conflicted.splitlines()[line - 1].startswith("<<<<<<<")

    def answer():
        return at(read_notebook(file), "aggregate_values").source

    assert git("checkout", "--ours", RIGHT_NAME).returncode == 0 and answer() == "at the university"
    assert git("checkout", "--theirs", RIGHT_NAME).returncode == 0 and answer() == "at home"
    before, _, rest = conflicted.partition("<<<<<<< HEAD\n")
    ours, _, rest = rest.partition("=======\n")
    file.write_text(before + ours + rest.partition(">>>>>>> home\n")[2])
    assert answer() == "at the university"
    file.write_text(conflicted)
    git("add", RIGHT_NAME)
    git("commit", "-m", "with the marks in it")
    earlier = git("log", "--format=%h", RIGHT_NAME).stdout.split()[1]
    assert git("checkout", earlier, RIGHT_NAME).returncode == 0 and answer() in ("at home", "at the university")


def test_a_parcel_holds_no_more_than_is_read(tmp_path):
    path = put(tmp_path, {"movie.mp4": b"x" * 1_000_000, "attention.json": NOTEBOOK})
    contents = {base64.b64decode(name).decode(): content for name, _, content in packed(path)["entries"]}
    assert contents["movie.mp4"] == "" and len(contents["attention.json"]) > 1_000
