"""What is stored of submissions and what their receipts say, with a real gradebook and real folders."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default.collect import ExchangeCollect

from attention_lib.handin.handed_in import STANDARD
from course.checkout import CourseError
from course.zone import CourseZone
from handin.exchange.collect import CollectRegularFiles
from handin.service import reception as reception_module
from handin.service.deadline import Deadlines
from handin.service.inbound import Inbound
from handin.service.reception import Reception
from handin.service.refusal import Denied
from tests.handin.service.archives import work

DUE = datetime(2026, 7, 10, 21, 59, tzinfo=UTC)  # 23:59 in Berlin
EARLY, LATE = DUE - timedelta(hours=3), DUE + timedelta(minutes=6)
COUNTS = (
    "You handed in the same before the deadline, at Friday, 10 July 2026, 20:59 CEST (Europe/Berlin); that one counts."
)


class Office:
    """A reception, and the course around it."""

    def __init__(self, folder: Path, gradebook: Path):
        shutil.copy(gradebook, folder)
        self.gradebook = Gradebook(f"sqlite:///{folder}/gradebook.db", "attention101")
        self.gradebook.add_assignment("attention", duedate=DUE.replace(tzinfo=None))
        self.course = folder / "exchange" / "attention101"
        (self.course / "outbound" / "attention").mkdir(parents=True)
        self.inbound = Inbound(self.course / "inbound")
        self.inbound.open()
        deadlines = Deadlines(f"sqlite:///{folder}/gradebook.db", CourseZone("Europe/Berlin"), seconds=0)
        self.reception = Reception(self.inbound, self.course / "outbound", deadlines, STANDARD)

    def hand_in(self, text: str, when: datetime, student: str = "ada") -> dict:
        room = self.inbound.room_to_receive()
        (room / "upload").write_bytes(work(text))
        try:
            return self.reception.take_in(room, room / "upload", student, "attention", when)
        finally:
            self.inbound.clear(room)

    def stored(self) -> list[str]:
        return sorted(path.name for path in self.inbound.folder.iterdir() if not path.name.startswith("."))


def collect(by: type[ExchangeCollect], folder: Path) -> Path:
    """Collect into `submitted/`, which is returned."""
    course = CourseDirectory(
        root=str(folder),
        course_id="attention101",
        assignment_id="attention",
        db_url=f"sqlite:///{folder}/gradebook.db",
    )
    by(coursedir=course, authenticator=Authenticator(), root=str(folder / "exchange")).start()
    return folder / "submitted"


@pytest.fixture
def office(tmp_path: Path, gradebook_file: Path) -> Office:
    office = Office(tmp_path, gradebook_file)
    yield office
    office.inbound.close()
    office.gradebook.close()


def test_a_receipt_names_the_course_s_zone(office: Office) -> None:
    receipt = office.hand_in("a", EARLY)
    assert receipt["submitted"] == "2026-07-10T20:59:00+02:00" and receipt["due"] == "2026-07-10T23:59:00+02:00"
    assert receipt["zone"] == "Europe/Berlin" and receipt["late"] is False
    assert receipt["timestamp"] == "2026-07-10 18:59:00.000000 UTC"
    assert len(receipt["hash"]) == 12 and int(receipt["hash"], 16) >= 0


@pytest.mark.parametrize("when, late", [(DUE, False), (DUE + timedelta(microseconds=1), True)])
def test_late_begins_after_the_deadline(office: Office, when: datetime, late: bool) -> None:
    assert office.hand_in("a", when)["late"] is late


def test_the_same_after_the_deadline_leaves_the_one_on_time(office: Office) -> None:
    first, again = office.hand_in("a", EARLY), office.hand_in("a", LATE)
    assert again == first | {"note": COUNTS}
    assert len(office.stored()) == 1


def test_the_same_before_the_deadline_is_stored_once(office: Office) -> None:
    first, again = office.hand_in("a", EARLY), office.hand_in("a", EARLY + timedelta(minutes=1))
    assert again["timestamp"] == first["timestamp"] and again["secret"] == first["secret"]
    assert again["note"].startswith("You handed in the same at Friday, 10 July 2026, 20:59 CEST")
    assert len(office.stored()) == 1


def test_back_to_an_earlier_version_is_a_new_submission(office: Office) -> None:
    """Collect takes the latest: it has to be what the student handed in last."""
    for number, text in enumerate("aba"):
        receipt = office.hand_in(text, EARLY + timedelta(minutes=number))
    assert len(office.stored()) == 3 and receipt["note"] == ""


def test_back_to_an_earlier_version_after_the_deadline(office: Office, tmp_path: Path) -> None:
    """Stored as the latest, and the course's collect finds that the same came on time, as the receipt says."""
    office.hand_in("a", EARLY)
    office.hand_in("b", EARLY + timedelta(minutes=1))
    receipt = office.hand_in("a", LATE)
    assert receipt["late"] is True and receipt["note"] == COUNTS and len(office.stored()) == 3
    collected = collect(CollectRegularFiles, tmp_path) / "ada" / "attention"
    assert (collected / "timestamp.txt").read_text().strip() == "2026-07-10 18:59:00.000000 UTC"


def test_something_else_after_the_deadline_is_late(office: Office) -> None:
    office.hand_in("a", EARLY)
    receipt = office.hand_in("b", LATE)
    assert receipt["late"] is True and receipt["note"] == ""


def test_another_student_s_same_work_is_another_submission(office: Office) -> None:
    office.hand_in("a", EARLY)
    office.hand_in("a", EARLY, student="ada.b")
    assert [name.split("+")[0] for name in office.stored()] == ["ada", "ada.b"]
    assert [each["student"] for each in office.reception.receipts("ada", "attention")] == ["ada"]


def test_two_at_the_same_microsecond_are_two(office: Office) -> None:
    first, second = office.hand_in("a", EARLY), office.hand_in("b", EARLY)
    assert first["timestamp"] != second["timestamp"] and len(office.stored()) == 2


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
def test_an_extension_moves_the_student_s_own_deadline(office: Office) -> None:
    office.gradebook.add_student("ada")
    office.gradebook.add_submission("attention", "ada")
    office.gradebook.grant_extension("attention", "ada", hours=1)
    assert office.hand_in("a", LATE)["late"] is False
    assert office.hand_in("a", LATE, student="bob")["late"] is True


def test_a_deadline_that_was_moved_or_taken_away_counts_at_once(office: Office) -> None:
    office.hand_in("a", LATE)
    assert office.reception.receipts("ada", "attention")[0]["late"] is True
    office.gradebook.update_or_create_assignment("attention", duedate=LATE.replace(tzinfo=None))
    assert office.reception.receipts("ada", "attention")[0]["late"] is False
    office.gradebook.update_or_create_assignment("attention", duedate=None)
    receipt = office.reception.receipts("ada", "attention")[0]
    assert receipt["late"] is False and receipt["due"] is None


def test_without_a_gradebook_submissions_are_taken_and_none_is_made(office: Office, tmp_path: Path) -> None:
    office.gradebook.close()
    (tmp_path / "gradebook.db").unlink()
    receipt = office.hand_in("a", LATE)
    assert receipt["late"] is None and receipt["due"] is None and len(office.stored()) == 1
    assert not (tmp_path / "gradebook.db").exists()


def test_while_somebody_writes_to_the_gradebook(office: Office, tmp_path: Path) -> None:
    writes = f"import sqlite3; d = sqlite3.connect({str(tmp_path / 'gradebook.db')!r}); d.execute('begin exclusive'); "
    writer = subprocess.Popen(
        [sys.executable, "-c", writes + "print('locked', flush=True); input()"], stdin=-1, stdout=-1, text=True
    )
    try:
        assert writer.stdout.readline() == "locked\n"
        assert office.hand_in("a", EARLY)["late"] is None
    finally:
        writer.communicate("\n")
    assert office.reception.receipts("ada", "attention")[0]["late"] is False


def test_no_end_of_submissions_has_an_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception_module, "MOST_SUBMISSIONS", 2)
    for text in "ab":
        office.reception.check_room("ada", "attention")
        office.hand_in(text, EARLY)
    with pytest.raises(Denied, match="no more is kept. The latest one counts") as refusal:
        office.reception.check_room("ada", "attention")
    assert refusal.value.status == 429 and refusal.value.retry_after == 0
    office.reception.check_room("bob", "attention")


def test_a_full_disk_refuses_before_anything_is_written(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception_module, "LEAST_FREE", 1 << 62)
    with pytest.raises(Denied, match="disk is full"):
        office.reception.check_room("ada", "attention")


def test_a_refusal_leaves_nothing(office: Office) -> None:
    room = office.inbound.room_to_receive()
    (room / "upload").write_bytes(b"noise")
    with pytest.raises(Denied):
        office.reception.take_in(room, room / "upload", "ada", "attention", EARLY)
    office.inbound.clear(room)
    assert office.stored() == [] and list(office.inbound.folder.glob(".incoming*")) == []


def test_what_an_interrupted_service_left_half_is_removed(office: Office) -> None:
    half = office.inbound.room_to_receive()
    (half / "files").mkdir()
    (half / "files" / "attention.ipynb").write_text("{")
    office.hand_in("a", EARLY)
    office.inbound.close()
    again = Inbound(office.inbound.folder)
    again.open()
    assert not half.exists() and len(office.stored()) == 1
    again.close()


def test_a_second_service_on_the_same_folder_is_refused(office: Office) -> None:
    with pytest.raises(CourseError, match="Another hand-in service works on"):
        Inbound(office.inbound.folder).open(patience=0.1)


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (tmp_path / "inbound").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CourseError, match="no folder of the account"):
        Inbound(tmp_path / "inbound").open()
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o755


def test_the_hash_of_what_is_stored_does_not_depend_on_our_own_files(office: Office) -> None:
    receipt = office.hand_in("a", EARLY)
    (stored,) = Inbound(office.inbound.folder).of("ada", "attention")
    assert Inbound(office.inbound.folder).hash_of(stored)[:12] == receipt["hash"]
    names = sorted(os.listdir(office.inbound.folder / stored.folder))
    assert names == ["attention.ipynb", "submission_secret.txt", "timestamp.txt"]


def test_nbgrader_s_own_collect_takes_what_is_stored(office: Office, tmp_path: Path) -> None:
    office.hand_in("a", EARLY, student="c.d@uni-example.org")
    office.hand_in("b", EARLY + timedelta(minutes=1), student="c.d@uni-example.org")
    office.inbound.room_to_receive()
    collect(ExchangeCollect, tmp_path)
    assert os.listdir(tmp_path / "submitted") == ["c.d@uni-example.org"]
    collected = tmp_path / "submitted" / "c.d@uni-example.org" / "attention"
    assert '"source": "b"' in (collected / "attention.ipynb").read_text()
    assert (collected / "timestamp.txt").read_text() == "2026-07-10 19:00:00.000000 UTC"
