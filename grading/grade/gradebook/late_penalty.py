"""Late penalties, by nbgrader's policy and the deadline that holds now, also where it was moved after grading."""

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from grading.in_place_of import in_place_of
from handin.lateness import lateness


def reassess_lateness(gradebook: Gradebook, assignment: str, student: str, config: Config) -> bool:
    """Set the late penalty of a graded submission. Returns whether it changed."""
    try:
        changed = set_penalty(gradebook.find_submission(assignment, student), config)
    except MissingEntry:
        return False
    if changed:
        gradebook.db.commit()
    return changed


def set_penalty(submission: SubmittedAssignment, config: Config) -> bool:
    """Set a submission's late penalty without committing it. Returns whether it changed."""
    late_by = lateness(submission.timestamp, submission.assignment.duedate, submission.extension)
    changed = False
    for notebook in submission.notebooks:
        penalty = _penalty(notebook, submission.student_id, late_by, config)
        if (penalty or 0) != (notebook.late_submission_penalty or 0):
            notebook.late_submission_penalty = penalty
            changed = True
    return changed


def _penalty(notebook, student: str, seconds_late: float, config: Config) -> float | None:
    if seconds_late <= 0:
        return None
    policy = AssignLatePenalties(config=config)
    policy.init_plugin()
    penalty = policy.plugin_inst.late_submission_penalty(student, notebook.score, seconds_late)
    return None if penalty is None else min(max(penalty, 0), notebook.score)


def notice_moved_deadlines(converter: type) -> None:
    """Let plain `nbgrader autograde` compute late penalties of what it skips because it was graded before.

    converter: nbgrader's `Autograde`
    """

    @in_place_of(converter, "init_destination")
    def init_destination(plain, self, assignment_id: str, student_id: str) -> bool:
        to_be_graded = plain(self, assignment_id, student_id)
        if not to_be_graded:
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                if reassess_lateness(gradebook, assignment_id, student_id, self.config):
                    self.log.info("The deadline was moved: late penalty of %s computed again", student_id)
        return to_be_graded
