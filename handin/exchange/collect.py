"""`nbgrader collect` for an exchange in which students may put what they like: regular files only, within limits."""

import os
import shutil
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.exchange.default.collect import ExchangeCollect
from traitlets import Bool, Integer

from attention_lib.handin.handed_in import SECRET, TIMESTAMP
from attention_lib.handin.hashes import work_hash
from course.checkout import CourseError
from course.zone import CourseZone, course_zone
from handin.deadline import read_due
from handin.exchange.inbound import Arrival, arrivals
from handin.exchange.published_deadline import publish_deadline
from handin.exchange.untrusted_files import Copied, CopyLimits, NotTaken, copy_folder, open_folder, read_from, shown
from handin.lateness import lateness
from handin.timestamp import read_timestamp

NAMED_AT_MOST = 5
REFUSED_NAMED_AT_MOST = 200
EARLIER_COMPARED = 20
LARGEST_COMPARED = 20_000_000  # bytes; what JSON of this size takes of memory is bearable
# A submission takes a while to be written.
SECONDS_TO_SUBMIT = 600


class CollectRegularFiles(ExchangeCollect):
    """Collects what nbgrader would, and nothing that a link leads to.

    One bad submission stops no other one: it is named at the end, and the command then fails.
    """

    max_files = Integer(1000, min=1, help="How many files of a submission are collected at most.").tag(config=True)

    max_depth = Integer(8, min=1, help="How deep folders in a submission may lie.").tag(config=True)

    max_name_length = Integer(150, min=1, help="How many characters a file's name may have.").tag(config=True)

    accept_own_folders = Bool(
        True,
        help=(
            "Whether folders in `inbound/` that belong to the account that collects count as whatever student they "
            "name. A hand-in service that runs as this account writes such folders; no student can."
        ),
    ).tag(config=True)

    same_work_keeps_its_time = Bool(
        True,
        help=(
            "Whether work that was handed in on time, and again without a change after the deadline, counts as on time."
        ),
    ).tag(config=True)

    def init_src(self) -> None:
        """Choose a folder for each student."""
        if not self.coursedir.course_id:
            self.fail("No course id specified. Re-run with --course flag.")
        self.course_path = os.path.join(self.root, self.coursedir.course_id)
        self.inbound_path = os.path.join(self.course_path, "inbound")
        if not os.path.isdir(self.inbound_path):
            self.fail(f"Course not found: {self.inbound_path}")
        if not os.access(self.inbound_path, os.R_OK | os.X_OK):
            self.fail(f"You don't have read permissions for the directory: {self.inbound_path}")
        self._zone = course_zone(self.config)
        self._refused: dict[str, str] = {}
        self._inbound = os.open(self.inbound_path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            found, refused = arrivals(
                self._inbound,
                self.coursedir.assignment_id,
                self.coursedir.student_id or "*",
                self._zone,
                self.check_owner,
                self.accept_own_folders,
            )
            self._refused |= {shown(folder): reason for folder, reason in refused.items()}
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                self._due = read_due(gradebook.db, self.coursedir.assignment_id, self._zone)
            self._chosen = {student: self._choose(student, records) for student, records in sorted(found.items())}
        except BaseException:
            os.close(self._inbound)
            raise

    def copy_files(self) -> None:
        """Copy the folders that were chosen, and name those that could not be."""
        try:
            self._publish_deadline()
            assignment, course = self.coursedir.assignment_id, self.coursedir.course_id
            if not self._chosen:
                self.log.warning("No submissions of '%s' for course '%s' to collect", assignment, course)
            else:
                count = len(self._chosen)
                self.log.info("Processing %d submissions of '%s' for course '%s'", count, assignment, course)
            for student, (arrival, again) in self._chosen.items():
                try:
                    self._collect(student, arrival, again)
                except NotTaken as reason:
                    self._refused[shown(arrival.folder)] = str(reason)
                except OSError as error:
                    self._refused[shown(arrival.folder)] = f"it could not be stored ({error})"
        finally:
            os.close(self._inbound)
        for folder, reason in islice(self._refused.items(), REFUSED_NAMED_AT_MOST):
            self.log.error("Not collected: %s, because %s.", folder, reason.rstrip("."))
        if (more := len(self._refused) - REFUSED_NAMED_AT_MOST) > 0:
            self.log.error("Not collected: %d more folders.", more)
        if count := len(self._refused):
            self.fail(
                f"{count} folder{'s' if count != 1 else ''} in {self.inbound_path} could not be collected (named "
                "above). All others were. Settle these with their students, then remove the folders."
            )

    def _publish_deadline(self) -> None:
        try:
            publish_deadline(self.course_path, self.coursedir.assignment_id, self._due)
        except OSError as error:
            self.log.debug("Students' receipts do not show the deadline: %s", error)

    def _choose(self, student: str, records: list[Arrival]) -> tuple[Arrival, bool]:
        """The folder that counts, and whether it does because a later one holds the same work."""
        newest = records[0]
        on_time = [record for record in records if not self._is_late(student, record.time)]
        if self.before_duedate and on_time:
            return on_time[0], False
        if newest in on_time or not self.same_work_keeps_its_time:
            return newest, False
        work = self._work(newest)
        for record in on_time[:EARLIER_COMPARED]:
            if work and self._work(record) == work:
                self.log.info(
                    "%s handed in the same work on time, %s, and again after the deadline, %s: the one on time counts",
                    student, self._zone.words(record.time), self._zone.words(newest.time),
                )  # fmt: skip
                return record, True
        return newest, False

    def _is_late(self, student: str, time: datetime) -> bool:
        return lateness(time, self._due.of(student)) > 0

    def _work(self, arrival: Arrival) -> str:
        return work_in(arrival.folder, self._notebook, self._inbound)

    @property
    def _notebook(self) -> str:
        return f"{self.coursedir.assignment_id}.ipynb"

    def _collect(self, student: str, arrival: Arrival, again: bool) -> None:
        assignment = self.coursedir.assignment_id
        target = Path(self.coursedir.format_path(self.coursedir.submitted_directory, student, assignment))
        if os.path.lexists(target):
            if not self._replaces(student, target, arrival, again):
                newer = "No newer submission to collect" if self.update else (
                    "Submission already exists, use --update to update"
                )  # fmt: skip
                self.log.info("%s: %s %s", newer, student, assignment)
                return
            self.log.info("Updating submission: %s %s", student, assignment)
        else:
            self.log.info("Collecting submission: %s %s", student, assignment)
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True)
            target.parent.chmod(0o2770 if self.coursedir.groupshared else 0o700)
        aside = Path(tempfile.mkdtemp(prefix=".collecting-", dir=target.parent))
        try:
            copied = self._copy(arrival, aside / "new")
            self._warn(student, arrival, aside / "new", copied)
            (aside / "new" / TIMESTAMP).write_text(arrival.stamp, encoding="utf-8")
            shared = self.coursedir.groupshared
            self.set_perms(aside / "new", 0o660 if shared else 0o600, 0o2770 if shared else 0o700)
            if os.path.lexists(target):
                os.rename(target, aside / "old")
            os.rename(aside / "new", target)
        finally:
            if os.path.islink(aside / "old"):
                os.unlink(aside / "old")
            shutil.rmtree(aside, ignore_errors=True)
            # A student of whom nothing came is none of `submitted/`.
            with suppress(OSError):
                target.parent.rmdir()

    def _replaces(self, student: str, target: Path, arrival: Arrival, again: bool) -> bool:
        """Whether what was collected before gives way."""
        existing = _time_inside(target, self._zone) if target.is_dir() and not target.is_symlink() else None
        if existing == arrival.time:
            return False
        if self.before_duedate:
            return True
        if not self.update:
            return False
        if existing is None or again:
            return True
        if arrival.time <= existing:
            return False
        only_now_late = self._is_late(student, arrival.time) and not self._is_late(student, existing)
        if self.same_work_keeps_its_time and only_now_late:
            work = self._work(arrival)
            if work and work == work_in(target, self._notebook):
                self.log.info(
                    "%s handed in the same work again after the deadline, %s: the one that was collected before, and "
                    "was on time, counts", student, self._zone.words(arrival.time),
                )  # fmt: skip
                return False
        return True

    def _copy(self, arrival: Arrival, target: Path) -> Copied:
        limits = CopyLimits(
            bytes=1000 * self.coursedir.max_file_size,
            all_bytes=1000 * self.coursedir.max_dir_size,
            files=self.max_files,
            depth=self.max_depth,
            name=self.max_name_length,
        )
        with open_folder(arrival.folder, self._inbound) as folder:
            if os.fstat(folder).st_uid != arrival.owner:
                raise NotTaken("it was exchanged for somebody else's while it was collected")
            target.mkdir()
            return copy_folder(folder, target, limits, self._unwanted, [self._notebook, TIMESTAMP, SECRET])

    def _unwanted(self, name: str, is_folder: bool) -> bool:
        included = is_folder or any(fnmatch(name, pattern) for pattern in self.coursedir.include)
        return not included or any(fnmatch(name, pattern) for pattern in self.coursedir.ignore)

    def _warn(self, student: str, arrival: Arrival, copy: Path, copied: Copied) -> None:
        """Say what was left out, and what does not fit together."""
        for clause in copied.left_out[:NAMED_AT_MOST]:
            self.log.warning("Left out of %s's submission: %s", student, clause)
        if (more := len(copied.left_out) - NAMED_AT_MOST) > 0:
            self.log.warning("Left out of %s's submission: %d more", student, more)
        # Both are the student's own. The name is what the submission was chosen by, and what the student's list and
        # feedback's folder are named after; a file inside could be changed without anybody's seeing it.
        if (inside := _time_inside(copy, self._zone)) != arrival.time:
            said = self._zone.words(inside) if inside else "no time that can be read"
            self.log.warning(
                "%s's folder is named %s, but its %s says %s: the name counts",
                student, arrival.stamp, TIMESTAMP, said,
            )  # fmt: skip
        due = self._due.of(student)
        changed = datetime.fromtimestamp(copied.changed, UTC).replace(tzinfo=None)
        if due and arrival.time <= due and (changed - due).total_seconds() > SECONDS_TO_SUBMIT:
            self.log.warning(
                "%s's submission says that it was on time (%s), but it was changed after the deadline, %s. Unless the "
                "exchange was moved or restored since, ask how this came about",
                student, arrival.stamp, self._zone.words(changed),
            )  # fmt: skip


def work_in(folder: str | Path, notebook: str, parent: int | None = None) -> str:
    """`work_hash` of a submission, in the open folder `parent` if that is given; "" if it is unreadable or too large.

    notebook: the file's name
    """
    content = read_from(folder, notebook, LARGEST_COMPARED, parent)
    return "" if content is None else work_hash(content)


def _time_inside(folder: Path, zone: CourseZone) -> datetime | None:
    try:
        return read_timestamp(folder, zone)
    except CourseError:
        return None
