"""The trial's course: compiled, with a due date and its students, and released to the exchange.

`python -m hub.trial.course FOLDER` does this in a process of its own, while the hub starts.
"""

import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from course.checkout import CHECKOUT
from hub.trial.folder import TrialFolder

ASSIGNMENT = "attention"
COURSE = "attention101"
_DAYS = 7


def copy_source(folder: TrialFolder) -> None:
    """Put the instructor's folder into the course, unless it is there from an earlier start."""
    target = folder.course / "source"
    if target.is_dir():
        return
    part = folder.course / ".source.part"
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(CHECKOUT / "source", part, ignore=shutil.ignore_patterns("progress", ".ipynb_checkpoints"))
    part.rename(target)


def prepare(folder: TrialFolder) -> None:
    """Compile the assignment and release it. A start that was interrupted is made good."""
    from nbgrader.api import Gradebook
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeFactory

    from course.folders import load_config
    from hub.trial.accounts import ACCOUNTS

    config = load_config()
    config.CourseDirectory.root = str(folder.course)
    config.CourseDirectory.db_url = f"sqlite:///{folder.gradebook}"
    config.Exchange.root = str(folder.exchange)
    course = CourseDirectory(config=config, assignment_id=ASSIGNMENT)
    zone = ZoneInfo(str(config.NbGraderAPI.get("timezone", "UTC")))
    with Gradebook(course.db_url, COURSE) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=due_in_a_week(datetime.now(zone)))
        for account in ACCOUNTS:
            if not account.is_staff:
                gradebook.update_or_create_student(account.name, first_name=account.first, last_name=account.last)
    folder.has_gradebook.touch()
    GenerateAssignment(coursedir=course, config=config).start()
    shutil.rmtree(folder.exchange / COURSE / "outbound" / ASSIGNMENT, ignore_errors=True)
    ExchangeFactory(config=config).ReleaseAssignment(coursedir=course, config=config).start()
    folder.prepared.touch()


def due_in_a_week(now: datetime) -> datetime:
    """The end of the day a week after `now` (with its zone), as the gradebook keeps it: UTC, and no zone."""
    due = (now + timedelta(days=_DAYS)).replace(hour=23, minute=59, second=0, microsecond=0)
    return due.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


if __name__ == "__main__":
    prepare(TrialFolder(Path(sys.argv[1])))
