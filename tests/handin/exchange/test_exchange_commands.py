"""Plain `nbgrader` commands through the exchange, from release to the page that the student fetches."""

import json
import re

import pytest

from tests.course_folder import RIGHT

pytestmark = [pytest.mark.slow, pytest.mark.kernel]


@pytest.fixture(scope="module")
def nbgrader(course, tmp_path_factory):
    """Runs a command of staff, or of a student: `nbgrader("submit", student="ada")`."""
    root = tmp_path_factory.mktemp("exchange")
    root.chmod(0o777)

    def run(command: str, *options: str, student: str = ""):
        options = [command, "attention", f"--Exchange.root={root}", *options]
        if student:
            home = root.parent / student
            home.mkdir(exist_ok=True)
            options += [f"--student={student}", f"--Exchange.assignment_dir={home}", f"--Exchange.cache={home}/cache"]
        return course.command("nbgrader", *options)

    run.root = root
    answer = run("release_assignment")
    assert answer.returncode == 0, answer.stderr
    return run


def submit(course, nbgrader, student: str, answers: dict) -> str:
    work = nbgrader.root.parent / student / "attention"
    work.mkdir(parents=True, exist_ok=True)
    (work / "attention.ipynb").write_text(json.dumps(course.submission(answers)))
    answer = nbgrader("submit", student=student)
    assert answer.returncode == 0, answer.stderr
    return answer.stderr


def test_from_submit_to_the_page_also_of_a_notebook_that_staff_mended(course, nbgrader):
    said = submit(course, nbgrader, "ada", RIGHT)
    assert "Handed in: attention, by ada\n" in said and re.search("Contents:  [0-9a-f]{12} ", said)
    submit(course, nbgrader, "ben", {})
    inbound = nbgrader.root / "attention101" / "inbound"
    (inbound / "mallory+attention+2026-11-25 10:00:00 UTC+x").symlink_to(course.source.parent)
    leak = next(inbound.glob("ada+*")) / "leak.html"
    leak.symlink_to(course.source)

    answer = nbgrader("collect")
    assert answer.returncode == 1 and "Traceback" not in answer.stderr
    assert "Left out of ada's submission: 'leak.html': it is a symbolic link" in answer.stderr
    assert "'mallory+attention+2026-11-25 10:00:00 UTC+x', because it is a symbolic link" in answer.stderr
    assert sorted(path.name for path in (course.folder / "submitted").iterdir()) == ["ada", "ben"]

    # R30: what staff do with a damaged submission.
    mended = course.folder / "submitted" / "ben" / "attention" / "attention.ipynb"
    mended.write_text(json.dumps(course.submission(RIGHT)))
    for command in ("autograde", "generate_feedback", "release_feedback"):
        answer = nbgrader(command)
        assert answer.returncode == 0, answer.stderr
    assert course.scores() == {"ada": [1] * 5, "ben": [1] * 5}
    for student in ("ada", "ben"):
        answer = nbgrader("fetch_feedback", student=student)
        assert answer.returncode == 0, answer.stderr
        pages = list((nbgrader.root.parent / student / "attention" / "feedback").rglob("*.html"))
        assert [page.name for page in pages] == ["attention.html"]
        text = pages[0].read_text()
        assert student in text and "secret = 1" not in text and '<span class="big">5</span>' in text
