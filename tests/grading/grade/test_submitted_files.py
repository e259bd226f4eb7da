import os
from types import SimpleNamespace

import pytest

from course.checkout import CourseError
from course.zone import CourseZone
from grading.grade.submission.files import bring_along
from handin.timestamp import read_timestamp

TIME = "2026-11-25 10:00:00.000000 UTC"


@pytest.fixture
def folders(tmp_path):
    """`submitted` with a time stamp, `master`, and `autograded` as an earlier run left it."""
    made = SimpleNamespace(submitted=tmp_path / "s/ada/a", master=tmp_path / "m", autograded=tmp_path / "g/ada/a")
    for folder in vars(made).values():
        folder.mkdir(parents=True)
    (made.submitted / "timestamp.txt").write_text(TIME)
    (made.autograded / "left_over.html").write_text("")
    return made


def brought(folders, *patterns, largest=1_000):
    bring_along(folders.submitted, folders.master, folders.autograded, list(patterns), largest)
    files = (path for path in folders.autograded.rglob("*") if not path.is_dir())
    return {path.relative_to(folders.autograded).as_posix(): path.read_text() for path in files}


def test_only_the_time_stamp_goes_along_unless_files_are_named(folders):
    (folders.submitted / "data.csv").write_text("1")
    assert brought(folders) == {"timestamp.txt": TIME}
    (folders.submitted / "sub").mkdir()
    (folders.submitted / "sub/data.csv").write_text("2")
    assert brought(folders, "*.csv") == {"timestamp.txt": TIME, "data.csv": "1", "sub/data.csv": "2"}


@pytest.mark.parametrize(
    "name",
    "page.html page.HTM page.xhtml page.mhtml picture.svg picture.svgz feed.xml style.css app.js paper.pdf noname "
    "page. x.csv.html .html".split(),
)
def test_what_a_browser_might_run_becomes_text(folders, name):
    (folders.submitted / name).write_text("<script>")
    assert brought(folders, "*") == {"timestamp.txt": TIME, f"{name}.txt": "<script>"}


@pytest.mark.parametrize("name", "data.csv numbers.NPY picture.png photo.jpeg helper.py notes.md a.html.txt".split())
def test_other_types_keep_their_names(folders, name):
    (folders.submitted / name).write_text("x")
    assert brought(folders, "*") == {"timestamp.txt": TIME, name: "x"}


def test_the_instructors_file_counts_where_there_is_one(folders):
    (folders.submitted / "data.csv").write_text("the student's")
    (folders.master / "data.csv").write_text("the instructor's")
    assert brought(folders, "data.csv")["data.csv"] == "the instructor's"


def test_notebooks_links_pipes_and_large_files_stay_behind(folders):
    (folders.master / "secret.csv").write_text("secret")
    (folders.submitted / "link.csv").symlink_to(folders.master / "secret.csv")
    (folders.submitted / "folder").symlink_to(folders.master)
    (folders.submitted / "zeros.csv").symlink_to("/dev/zero")
    os.mkfifo(folders.submitted / "pipe.csv")
    (folders.submitted / "large.csv").write_text("x" * 1_001)
    (folders.submitted / "other.ipynb").write_text("{}")
    assert brought(folders, "*") == {"timestamp.txt": TIME}


@pytest.mark.parametrize("level", ["submitted", "student"])
def test_nothing_is_brought_out_of_a_linked_folder(folders, level):
    folder = folders.submitted if level == "submitted" else folders.submitted.parent
    elsewhere = folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(elsewhere)
    assert brought(folders, "*") == {}


@pytest.mark.parametrize("content", ["yesterday", "9" * 400, "\ud800", "2026-13-45 99:00 UTC"])
def test_a_time_stamp_that_is_no_time_names_the_file(folders, content):
    (folders.submitted / "timestamp.txt").write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(CourseError, match="timestamp.txt holds no time that can be read; correct it or remove it"):
        read_timestamp(folders.submitted, CourseZone())


def test_time_stamps(folders):
    assert read_timestamp(folders.submitted, CourseZone()).isoformat() == "2026-11-25T10:00:00"
    (folders.submitted / "timestamp.txt").write_text("2026-11-25 11:00:00 CET")
    assert read_timestamp(folders.submitted, CourseZone("Europe/Berlin")).isoformat() == "2026-11-25T10:00:00"
    (folders.submitted / "timestamp.txt").write_text("\n")
    assert read_timestamp(folders.submitted, CourseZone()) is None
    (folders.submitted / "timestamp.txt").unlink()
    assert read_timestamp(folders.submitted, CourseZone()) is None
