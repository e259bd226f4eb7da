"""The one place where nbgrader meets `grading`. Plain `nbgrader ...` commands, run here, do the right thing.

The course lies in this folder, unless the environment variable ATTENTION101_COURSE names another folder.
"""

import os
import sys
from pathlib import Path

from nbgrader.converters import (
    Autograde,
    GenerateAssignment,
    GenerateFeedback,
    GenerateSolution,
    GenerateSourceWithTests,
)
from nbgrader.coursedir import CourseDirectory

c = get_config()  # noqa: F821  (traitlets defines it)

here = Path(__file__).resolve().parent
if str(here) not in sys.path:
    sys.path.insert(0, str(here))
# nbgrader starts `alembic` by its bare name.
programs = str(Path(sys.executable).parent)
if programs not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = os.pathsep.join(filter(None, [programs, os.environ.get("PATH")]))

# Found once `here` is in the path.
from course.checkout import CourseError  # noqa: E402
from course.zone import course_zone  # noqa: E402
from grading.grade.gradebook.due_dates import take_due_dates_in  # noqa: E402
from grading.grade.gradebook.late_penalty import notice_moved_deadlines  # noqa: E402
from grading.grade.gradebook.wait import wait_for_gradebook  # noqa: E402
from grading.grade.run_notebook import end_in_error_where_tests_are_at_fault  # noqa: E402
from grading.source.faults import read_source_first  # noqa: E402

# Seconds to wait while formgrader or another run writes to the gradebook.
wait_for_gradebook(120)

c.CourseDirectory.course_id = "attention101"
# What verify() and the checkout leave beside the notebook belongs to nobody else.
c.CourseDirectory.ignore = [*CourseDirectory.class_traits()["ignore"].default(), "progress"]
c.CourseDirectory.root = os.path.abspath(os.environ.get("ATTENTION101_COURSE") or here)

# The course's time zone, such as "Europe/Berlin": deadlines are typed in it, and all pages show times in it.
c.NbGraderAPI.timezone = os.environ.get("ATTENTION101_TIMEZONE") or "UTC"
# What the exchange stores stays in UTC: nbgrader cannot read most other zones' names again.
c.Exchange.timezone = "UTC"
try:
    take_due_dates_in(course_zone(c), sys.modules)
except CourseError as error:
    # Of any other error nbgrader prints a traceback, and goes on without this configuration.
    sys.exit(str(error))
notice_moved_deadlines(Autograde)
end_in_error_where_tests_are_at_fault(Autograde)
for converter in (GenerateSourceWithTests, GenerateAssignment, GenerateSolution, Autograde):
    read_source_first(converter)

if formgrader := sys.modules.get("nbgrader.server_extensions.formgrader.handlers"):
    from grading.formgrader import refuse_markup, run_nothing

    run_nothing(formgrader.SubmissionFilesHandler)
    refuse_markup(formgrader.BaseHandler)

c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()\n"}
c.GenerateAssignment.force = True
c.GenerateAssignment.preprocessors = [
    *GenerateAssignment.class_traits()["preprocessors"].default(),
    "grading.source.released.StoreReleased",
]
c.GenerateSolution.force = True
*before_execution, execute = GenerateSolution.class_traits()["preprocessors"].default()
c.GenerateSolution.preprocessors = [*before_execution, "grading.source.released.StoreReleasedInReference", execute]

# For the reference and for `nbgrader validate`: a first import of transformers takes long on a slow disk.
c.Execute.timeout = 120

c.Autograde.exporter_class = "grading.grade.submission.reader.SubmissionReader"
c.Autograde.sanitize_preprocessors = ["grading.grade.submission.reader.Canonicalize"]
c.Autograde.autograde_preprocessors = [
    "grading.grade.run_notebook.RunNotebook",
    "grading.grade.gradebook.writer.SavePoints",
    "nbgrader.preprocessors.AssignLatePenalties",
]

c.GenerateFeedback.force = True
c.GenerateFeedback.preprocessors = [
    *GenerateFeedback.class_traits()["preprocessors"].default(),
    "grading.review.preprocessor.AddReview",
]
c.GenerateFeedback.exporter_class = "grading.pages.feedback.page.FeedbackExporter"

c.ExchangeFactory.submit = "handin.exchange.submit.SubmitWithoutWheels"
c.ExchangeFactory.release_assignment = "handin.exchange.release_assignment.ReleaseWithDeadline"
c.ExchangeFactory.collect = "handin.exchange.collect.CollectRegularFiles"
c.ExchangeFactory.release_feedback = "handin.exchange.release_feedback.ReleaseOwnPage"

# What courses change most often, with the values that hold where nothing is said. All settings and what they mean:
# grading/sandbox/settings.py, grading/review/settings.py and grading/grade/run_notebook.py.
# c.Sandbox.memory_mb = 1024
# c.Sandbox.walls = "best"
# c.RunNotebook.cell_seconds = 20.0
# c.LateSubmissionPlugin.penalty_method = "none"  # "zero": no points for what comes after the deadline
# c.CodeReview.host = "http://127.0.0.1:11434"
# c.CodeReview.model = "qwen2.5-coder:7b"
# c.CodeReview.drafts = "mistakes"  # "all": what a model says of right answers, too
