import json

from grading.grade.submission.read_submission import read_submission
from tests.course_folder import RIGHT, lesson
from tests.lesson_answers import LESSON


def write(path, notebook):
    path.write_text(json.dumps(notebook))


def entry(path):
    return read_submission(path, LESSON).metadata["attention101"]


def test_the_students_metadata_does_not_get_in(tmp_path):
    notebook = lesson(RIGHT)
    notebook.metadata["attention101"] |= {"problem": "none", "graded": "x", "mended": ["a"]}
    write(tmp_path / "attention.ipynb", notebook)
    assert read_submission(tmp_path / "attention.ipynb", LESSON).metadata == {"attention101": {"mended": []}}


def test_a_link_is_not_followed(tmp_path):
    write(tmp_path / "secret.json", lesson(RIGHT))
    (tmp_path / "attention.ipynb").symlink_to(tmp_path / "secret.json")
    notebook = read_submission(tmp_path / "attention.ipynb", LESSON)
    assert notebook.cells == [] and "symbolic link" in notebook.metadata.attention101.problem


def test_several_other_notebooks_are_named_and_none_is_chosen(tmp_path):
    write(tmp_path / "attention (1).ipynb", lesson(RIGHT))
    write(tmp_path / "attention (2).ipynb", lesson(RIGHT | {"attention_scores": "# another answer"}))
    found = entry(tmp_path / "attention.ipynb")
    assert (
        "attention (1).ipynb, attention (2).ipynb" in found.problem
        and "Hand in your work as attention.ipynb" in found.problem
    )


def test_the_copy_beside_a_damaged_notebook_is_named(tmp_path):
    (tmp_path / "attention.ipynb").write_text("")
    write(tmp_path / "attention-Copy1.ipynb", lesson(RIGHT))
    found = entry(tmp_path / "attention.ipynb")
    assert "is empty" in found.problem and "attention-Copy1.ipynb" in found.problem


def test_a_missing_folder_is_a_problem_not_an_error(tmp_path):
    assert "no other notebook" in entry(tmp_path / "gone" / "attention.ipynb").problem
