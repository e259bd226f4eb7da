"""A class of the small lesson that is graded already, and its feedback pages under a reviewer that may fail."""

import shutil
from pathlib import Path

from traitlets.config import Config

from course.folders import load_config, open_course
from grading.commands.autograde import autograde_class
from grading.commands.feedback import generate_feedback_for_class
from grading.review.class_review import ClassReview, review_class
from tests.course_folder import RIGHT, CourseFolder
from tests.grading.kept_pool import pool
from tests.ollama_protocol.server import MODEL, OllamaServer

DEAD_LINE = """\
def attention_scores(Q, K, scale=None):
    factor = 1 if scale is None else scale
    leftover = Q
    return Q * K * factor
"""
WRONG = "def attention_scores(Q, K, scale=None):\n    leftover = Q\n    return Q + K\n"


class GradedClass:
    """`students` maps ids to answers that differ from the right ones. All is graded when it has been made."""

    def __init__(self, course: CourseFolder, students: dict[str, dict[str, str]]):
        self.course = course
        for student, answers in students.items():
            course.hand_in(student, course.submission(RIGHT | answers))
        graded = autograde_class("attention", self.config(), pool=pool())
        assert not graded.not_graded, graded.not_graded

    def config(self, server: OllamaServer | None = None, **settings) -> Config:
        config = load_config()
        config.CourseDirectory.root = str(self.course.folder)
        config.CourseDirectory.db_url = f"sqlite:///{self.course.folder / 'gradebook.db'}"
        config.Sandbox.walls = "none"
        quick = {"answer_seconds": 2.0, "connect_seconds": 2.0, "retries": 1, "model": MODEL}
        config.CodeReview.update(quick | ({"host": server.host} if server else {}) | settings)
        return config

    def copy(self, folder: Path) -> "GradedClass":
        """The same class with records of its own."""
        twin = object.__new__(GradedClass)
        twin.course = object.__new__(CourseFolder)
        shutil.copytree(self.course.folder, folder, dirs_exist_ok=True)
        twin.course.folder = folder
        twin.course.source = folder / "source" / "attention" / "attention.ipynb"
        return twin

    def review(self, server: OllamaServer, **settings) -> ClassReview:
        config = self.config(server, **settings)
        return review_class(open_course("attention", config), "attention", config)

    def pages(self, server: OllamaServer | None = None, **settings) -> dict[str, str]:
        """Make the feedback of all; the pages' texts by student."""
        made, failed = generate_feedback_for_class("attention", self.config(server, **settings))
        assert not failed, failed
        return {student: page.read_text(encoding="utf-8") for student, page in made.items()}
