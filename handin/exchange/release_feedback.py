"""`nbgrader release_feedback`: the page that our converter made, and nothing else that lies in `feedback/`."""

import os
from contextlib import suppress
from fnmatch import fnmatchcase
from hashlib import md5
from pathlib import Path

from nbgrader.exchange.default.release_feedback import ExchangeReleaseFeedback
from nbgrader.utils import make_unique_key, notebook_hash

from attention_lib.handin.handed_in import SECRET, TIMESTAMP
from attention_lib.written_file import write_file
from course.checkout import CourseError
from course.folders import feedback_ids
from course.zone import course_zone
from handin.exchange.untrusted_files import NotTaken, open_folder, read_from, read_small, shown
from handin.timestamp import LONGEST_TIMESTAMP, is_linked, read_timestamp

LARGEST_PAGE = LARGEST_NOTEBOOK = 100_000_000  # bytes
LONGEST_SECRET = 1000


class ReleaseOwnPage(ExchangeReleaseFeedback):
    """Puts each student's page where `nbgrader fetch_feedback` of that student looks for it.

    The name of the page there is a hash of a secret that only the student has: nobody else can list the folder. A page
    that cannot be released stops no other one: it is named at the end, and the command then fails.
    """

    def init_dest(self) -> None:
        """Make the folder, which nobody can list."""
        super().init_dest()
        mode = os.stat(self.dest_path).st_mode & 0o7777
        wanted = 0o2771 if self.coursedir.groupshared else 0o711
        if mode & 0o066 and mode != wanted:
            try:
                os.chmod(self.dest_path, wanted)
            except OSError:
                self.fail(
                    f"Others may list {self.dest_path} or write into it, and its permissions cannot be changed. Let "
                    f"its owner run: chmod {wanted:o} {self.dest_path}"
                )
            self.log.warning("Permissions of %s were %o, and are now %o", self.dest_path, mode, wanted)

    def copy_files(self) -> None:
        """Release all pages that there are."""
        excluded = set(filter(None, self.coursedir.student_id_exclude.split(",")))
        wanted = self.coursedir.student_id or "*"
        refused: dict[str, str] = {}
        for student in feedback_ids(self.coursedir, self.coursedir.assignment_id):
            if student in excluded or not fnmatchcase(student, wanted):
                continue
            try:
                self._release(student)
            except (NotTaken, CourseError) as reason:
                refused[student] = str(reason)
            except OSError as error:
                refused[student] = f"it could not be stored ({error})"
        for student, reason in refused.items():
            self.log.error("Feedback of %s was not released, because %s.", shown(student), reason.rstrip("."))
        if refused:
            self.fail(
                f"The feedback of {len(refused)} student{'s' if len(refused) != 1 else ''} could not be released "
                "(named above). All other was."
            )

    def _release(self, student: str) -> None:
        submitted, feedback = (
            Path(self.coursedir.format_path(step, student, self.coursedir.assignment_id))
            for step in (self.coursedir.submitted_directory, self.coursedir.feedback_directory)
        )
        page = self._page(feedback)
        self._require_current(submitted, feedback)
        stamp = (read_from(submitted, TIMESTAMP, LONGEST_TIMESTAMP) or b"").decode("utf-8", "replace").strip()
        for name in self._names(student, submitted, stamp):
            write_file(Path(self.dest_path, f"{name}.html"), page, mode=0o644, to_disk=True)
        self.log.info(
            "Releasing feedback for student '%s' on assignment '%s/%s/%s' (%s)",
            student, self.coursedir.course_id, self.coursedir.assignment_id, self.coursedir.assignment_id, stamp,
        )  # fmt: skip

    def _page(self, folder: Path) -> bytes:
        name = f"{self.coursedir.assignment_id}.html"
        remedy = f"make it again: python -m grading feedback {self.coursedir.assignment_id}"
        if is_linked(folder):
            raise NotTaken(f"{folder} is, or lies in, a symbolic link. Remove the link and {remedy}")
        try:
            with open_folder(folder) as opened:
                page = read_small(name, opened, LARGEST_PAGE)
                others = sorted(entry for entry in os.listdir(opened) if entry.endswith(".html") and entry != name)
        except NotTaken as reason:
            raise NotTaken(f"of {folder}: {reason} ({remedy})") from None
        if others:
            self.log.warning("Not released, as no page of ours: %s in %s", ", ".join(map(shown, others[:5])), folder)
        if page is None:
            raise NotTaken(f"{folder / name} is missing, or is no regular file of its folder's owner ({remedy})")
        return page

    def _require_current(self, submission: Path, feedback: Path) -> None:
        """Raises NotTaken where the page is of an earlier submission than the one that lies there now."""
        zone = course_zone(self.config)
        submitted, graded = (read_timestamp(folder, zone) for folder in (submission, feedback))
        if submitted and graded and submitted != graded:
            assignment = self.coursedir.assignment_id
            raise NotTaken(
                f"another submission was collected since the page was made (python -m grading autograde {assignment}, "
                f"then python -m grading feedback {assignment})"
            )

    def _names(self, student: str, submitted: Path, stamp: str) -> list[str]:
        """What `fetch_feedback` looks for."""
        assignment = self.coursedir.assignment_id
        secret = (read_from(submitted, SECRET, LONGEST_SECRET) or b"").decode("utf-8", "replace")
        if secret:
            # Of the secret alone: a notebook that staff mended keeps its page's name.
            return [notebook_hash(secret=secret, notebook_id=assignment)]
        notebook = self._as_handed_in(student, stamp)
        if notebook is None:
            notebook = read_from(submitted, f"{assignment}.ipynb", LARGEST_NOTEBOOK)
        if notebook is None or not stamp:
            raise NotTaken(
                f"{submitted} has no {SECRET}, and nbgrader's older names for pages need its {TIMESTAMP} and "
                f"{assignment}.ipynb as they were handed in. Collect it again, or give the student the page by hand"
            )
        key = make_unique_key(self.coursedir.course_id, assignment, assignment, student, stamp)
        self.log.info("%s's submission has no %s: its page gets the name that older versions gave", student, SECRET)
        return [md5(notebook + key.encode()).hexdigest()]

    def _as_handed_in(self, student: str, stamp: str) -> bytes | None:
        """The notebook in the exchange, in case that staff mended the collected one."""
        assignment = self.coursedir.assignment_id
        begin = f"{student}+{assignment}+{stamp}"
        with suppress(NotTaken, OSError), open_folder(Path(self.course_path) / "inbound") as inbound:
            for name in sorted(os.listdir(inbound)):
                if name == begin or name.startswith(f"{begin}+"):
                    return read_from(name, f"{assignment}.ipynb", LARGEST_NOTEBOOK, inbound)
        return None
