"""A class of attackers with honest students among them: what they hand in, and what they got for it."""

import json
from pathlib import Path

from attack import RIGHT, Attack, Submission
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from prepared_course import secret

HONEST_EVERY = 12


def folder_of(course: Path, student: str) -> Path:
    """Where a student's submission lies."""
    return course / "submitted" / student / "attention"


def hand_in(course: Path, class_of_attacks: list[Attack]) -> dict[str, Attack | None]:
    """Everybody's submission, honest students first, in between and last. Returns ids in the order of grading."""
    released = json.loads(
        (course / "release/attention/attention.ipynb").read_text(), object_hook=lambda d: NotebookNode(d)
    )
    students: dict[str, Attack | None] = {}
    for number, attack in enumerate(class_of_attacks):
        if number % HONEST_EVERY == 0 and (number or len(class_of_attacks) > 1):
            students[f"{len(students):03d}_honest"] = None
        students[f"{len(students):03d}_{attack.name}"] = attack
    students[f"{len(students):03d}_honest"] = None
    for student, attack in sorted(students.items(), key=lambda item: item[1] is not None):
        folder = folder_of(course, student)
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text("2026-11-25 10:00:00.000000 UTC")
        submission = Submission(attack.name if attack else student, released, folder, course)
        if attack is None:
            for grade_id, source in RIGHT.items():
                submission.answer(grade_id, source)
            submission.notebook.cells.append(new_markdown_cell(f"My own thoughts: {secret('NEIGHBOUR')}"))
        else:
            attack.build(submission)
        submission.write()
    return students


def graded_notebook(course: Path, student: str) -> tuple[dict, float]:
    """The autograded notebook and the time at which it was written."""
    path = course / "autograded" / student / "attention" / "attention.ipynb"
    try:
        return json.loads(path.read_text()), path.stat().st_mtime
    except (OSError, ValueError):
        return {}, 0.0


def points_in_gradebook(course: Path) -> dict[str, float]:
    """By student, for all submissions that were graded to their end."""
    from nbgrader.api import Gradebook, MissingEntry

    found = {}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "attention101") as gradebook:
        try:
            submissions = gradebook.assignment_submissions("attention")
        except MissingEntry:
            return {}
        for submission in submissions:
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            if not grades or any(grade.auto_score is None for grade in grades):
                continue
            if _is_finished(graded_notebook(course, submission.student.id)[0]):
                found[submission.student.id] = sum(grade.score or 0 for grade in grades)
    return found


def _is_finished(notebook: dict) -> bool:
    """Whether it is the last of the two that nbgrader writes. Ours says so; in plain nbgrader's, cells were run."""
    ran = any(cell.get("execution_count") for cell in notebook.get("cells", []))
    return ran or bool(notebook.get("metadata", {}).get("attention101", {}).get("graded"))
