"""The wheel: beside the notebook in release/, not in what students hand in."""

import zipfile

import pytest
from nbgrader.coursedir import CourseDirectory

from grading.commands.release import build_wheel
from handin.exchange.submit import SubmitWithoutWheels


@pytest.mark.kernel
def test_the_wheel_holds_what_students_import_and_nothing_of_ours(tmp_path):
    (tmp_path / "attention101-0.0.1-py3-none-any.whl").write_text("old")
    wheel = build_wheel(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [wheel.name]
    names = zipfile.ZipFile(wheel).namelist()
    assert "attention_lib/progress.py" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"attention_lib", "attention101"}


def test_submit_leaves_the_wheel_behind(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "attention.ipynb").write_text("{}")
    (tmp_path / "work" / "attention101-0.1.0-py3-none-any.whl").write_text("x")
    course = CourseDirectory()
    before = list(course.ignore)
    SubmitWithoutWheels(coursedir=course).do_copy(str(tmp_path / "work"), str(tmp_path / "inbound"))
    assert [path.name for path in (tmp_path / "inbound").iterdir()] == ["attention.ipynb"]
    assert course.ignore == before
