"""Runs inside the jail: makes the small world, grades a class of attackers in it, and prints what each achieved.

    python in_the_jail.py GRADER ATTACK ...

GRADER is "plain", "both" or "inner". The last line of the output is RESULT and a JSON object, see `Outcome`.
"""

import ctypes
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
from all_attacks import attacks
from attack import RIGHT, Attack
from attackers_class import folder_of, graded_notebook, hand_in, points_in_gradebook
from harm import Evidence, achieved, mentions, text_of_copy, text_of_outputs
from jail import GRADERS_ID, PREPARED, ROOT
from listeners import Listeners
from prepared_course import PLAIN, secret
from watch import Watch, end, others
from world import (
    BESIDE,
    COURSE,
    DROP,
    HOME,
    OTHER_SCRATCH,
    SHARED_MEMORY_FILE,
    SHARED_MEMORY_KEY,
    know_bystander,
)

# Ours is told to be brief; plain nbgrader keeps its own 30 s per cell.
CELL_SECONDS, TOTAL_SECONDS = 4, 20
# Without a new result for so long, the run hangs.
QUIET_SECONDS, QUIET_SECONDS_OF_PLAIN = 120, 75
# How often a run that an attacker ended is begun again without that attacker.
MOST_RUNS = 12
WITH_FEEDBACK = ("read_what_is_hidden", "attack_the_channel", "tamper_with_the_file", "extend_the_lesson")
LOG = Path("/tmp/grader.log")


@dataclass
class Outcome:
    """What came of grading a class.

    achieved: for each attack what it achieved, nothing if it failed
    honest: for each honest student what went wrong
    harm: what happened to the class that cannot be laid at one attacker's door
    seconds: for each attack how long grading it took, where that is known
    log: the end of what the grader said
    """

    achieved: dict[str, list[str]] = field(default_factory=dict)
    honest: dict[str, list[str]] = field(default_factory=dict)
    harm: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    log: str = ""
    evidence: dict[str, str] = field(default_factory=dict)


def main(grader: str, names: list[str]) -> None:
    listeners = Listeners()
    _become_an_ordinary_user(listeners)
    for folder in (HOME / ".ssh", BESIDE, DROP, OTHER_SCRATCH):
        folder.mkdir(parents=True)
    DROP.chmod(0o1777)
    shutil.copytree(PREPARED, COURSE)
    listeners.listen()
    files = _put_secrets()
    bystander = subprocess.Popen(["sleep", "100000"], start_new_session=True)
    know_bystander(bystander.pid)
    students = hand_in(COURSE, attacks(names))
    files += [path for student in students if "honest" in student for path in folder_of(COURSE, student).glob("*")]
    run = _Run(grader, students, {bystander.pid, os.getpid(), 1})
    watch = Watch(files, psutil.Process(bystander.pid), run.keep, run.kill)
    run.grade()
    left = _left_behind(run)
    # Feedback pages are read for secrets; plain nbgrader's show hidden tests by design.
    if any(attack.family in WITH_FEEDBACK for attack in attacks(names)):
        run.feedback()
    end(others(run.keep))
    outcome = _judge(run, students, listeners, watch, left)
    bystander.kill()
    print("RESULT " + json.dumps(asdict(outcome)), flush=True)
    # Threads of this process may wait for ever.
    os._exit(0)


def _become_an_ordinary_user(listeners: Listeners) -> None:
    """With a /proc that namespaces inside this jail may mount again, and without any power over the jail."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"proc", b"/proc", b"proc", 0, None):
        print("no fresh /proc in the jail: a second wall may not stand in it", file=sys.stderr)
    listeners.take_the_name_servers_port()
    for capability in range(64):
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
    libc.prctl(47, 4, 0, 0, 0)  # PR_CAP_AMBIENT, clear all
    if os.getuid() == 0 and GRADERS_ID in _ids_here():
        os.setgroups([])
        os.setresgid(GRADERS_ID, GRADERS_ID, GRADERS_ID)
        os.setresuid(GRADERS_ID, GRADERS_ID, GRADERS_ID)
    else:
        header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
        libc.capset(header, none)
    libc.prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE, as for any process of this user
    resource.setrlimit(resource.RLIMIT_NPROC, (3000, 3000))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _ids_here() -> range:
    first, _, count = (int(word) for word in Path("/proc/self/uid_map").read_text().split()[:3])
    return range(first, first + count)


def _put_secrets() -> list[Path]:
    """Secrets that are no part of the course; returns files that nobody should change."""
    kept = [BESIDE / "secret.txt", HOME / ".ssh/id_ed25519", COURSE / "source/attention/attention.ipynb"]
    for path in (*kept[:2], OTHER_SCRATCH / "notes.txt", SHARED_MEMORY_FILE):
        path.write_text(secret("FILE") + "\n")
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    place = libc.shmat(libc.shmget(SHARED_MEMORY_KEY, 4096, 0o1600), None, 0)
    if place not in (None, ctypes.c_void_p(-1).value):
        ctypes.memmove(place, secret("MEMORY").encode(), 26)
    return kept


class _Run:
    """One grading run over the class, begun again without the attacker who ended it."""

    def __init__(self, grader: str, students: dict[str, Attack | None], keep: set[int]):
        self.grader, self.students, self.keep = grader, students, keep
        self.begun = time.time()
        self.ended_by: dict[str, str] = {}
        self.unexplained: list[str] = []
        self.made_feedback = False
        self._process: subprocess.Popen | None = None
        self._killed = ""

    def grade(self) -> None:
        for _ in range(MOST_RUNS):
            quiet = QUIET_SECONDS_OF_PLAIN if self.grader == PLAIN else QUIET_SECONDS
            status = self._command("autograde", quiet)
            points = points_in_gradebook(COURSE)
            waiting = [s for s in self.students if s not in self.ended_by and s not in points]
            graded = [s for s in self.students if s in points]
            stopped_at = next((s for s in waiting if not graded or s > graded[-1]), None)
            if stopped_at is None:
                return  # the last of the class is an honest student, so the run has tried all
            why = self._killed or f"ended the run for the class (status {status})"
            if self.students[stopped_at] is None:
                self.unexplained.append(f"the run ended at {stopped_at}: {why}")
                return
            self.ended_by[stopped_at] = why
            shutil.move(folder_of(COURSE, stopped_at), BESIDE / f"aside-{stopped_at}")
            end(others(self.keep))
            for student in waiting:
                shutil.rmtree(COURSE / "autograded" / student, ignore_errors=True)

    def feedback(self) -> None:
        """Make the feedback pages."""
        self.made_feedback = True
        self._command("generate_feedback", QUIET_SECONDS)
        if self._killed:
            self.unexplained.append(f"making the feedback pages: {self._killed}")

    def kill(self) -> None:
        """End what is being run."""
        process = self._process
        if process is not None:
            end([psutil.Process(process.pid)] if psutil.pid_exists(process.pid) else [])
            end(others(self.keep))

    def _command(self, name: str, quiet_seconds: float) -> int:
        command = [sys.executable, "-m", "nbgrader", name, "attention"]
        if self.grader != PLAIN and name == "autograde":
            command += [f"--RunNotebook.cell_seconds={CELL_SECONDS}", f"--RunNotebook.total_seconds={TOTAL_SECONDS}"]
            if self.grader != "today":
                command.append(f"--Sandbox.walls={self.grader}")
        environment = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(HOME),
            "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1",
            "ATTENTION101_COURSE": str(COURSE),
            "SECRET_TOKEN": secret("ENVIRONMENT"),
            "PYTHONFAULTHANDLER": "1",
        }
        self._killed = ""
        with LOG.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=COURSE if self.grader == PLAIN else ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            last, since = self._progress(), time.monotonic()
            while self._process.poll() is None:
                time.sleep(0.25)
                if _stopped(self._process.pid):
                    self._killed = "stopped the grader"
                progress = self._progress()
                if progress != last:
                    last, since = progress, time.monotonic()
                if time.monotonic() - since > quiet_seconds:
                    self._killed = f"held the grader up for more than {quiet_seconds:.0f} s"
                if self._killed:
                    # Python then writes into the log where it is.
                    self._signal_all(signal.SIGABRT)
                    time.sleep(1)
                    self._process.send_signal(signal.SIGKILL)
                    self._process.wait()
                    end(others(self.keep))
        return self._process.returncode

    def _signal_all(self, number: int) -> None:
        for process in others(self.keep):
            try:
                process.send_signal(number)
            except psutil.Error:
                pass

    def _progress(self) -> list:
        found = []
        for folder in ("autograded", "feedback"):
            for path in (COURSE / folder).glob("*/attention/attention.*"):
                try:
                    found.append((str(path), path.stat().st_mtime_ns))
                except OSError:
                    continue
        return sorted(found)


def _stopped(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_STOPPED
    except psutil.Error:
        return False


def _left_behind(run: _Run) -> list[psutil.Process]:
    """What is still running a few seconds after the grader has ended."""
    deadline = time.monotonic() + 5
    while (left := others(run.keep)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


def _judge(run: _Run, students: dict, listeners: Listeners, watch: Watch, left: list[psutil.Process]) -> Outcome:
    log = LOG.read_text(errors="replace")
    outcome = Outcome(harm=list(run.unexplained), log=log[-6000:])
    spans, points = _spans(run), points_in_gradebook(COURSE)
    changes = [*watch.changes]
    births = {process.pid: _born(process) for process in left}
    placed_changes, placed_left = set(), set()
    dropped = _dropped_files()
    for student, attack in students.items():
        evidence = Evidence(points=points.get(student), refused=f"{folder_of(COURSE, student)}/" in log)
        notebook, _ = graded_notebook(COURSE, student)
        begun, ended = spans.get(student, (0.0, 0.0))
        evidence.outputs, evidence.copy = text_of_outputs(notebook), text_of_copy(notebook)
        evidence.seconds = ended - begun
        evidence.bytes = max((used for when, used in watch.memory if begun < when <= ended), default=0)
        alone = sum(a is not None for a in students.values()) == 1 and attack is not None
        for number, (when, what) in enumerate(changes):
            if alone or begun < when <= ended + 0.2:
                if attack is not None:
                    evidence.changes.append(what)
                    placed_changes.add(number)
        evidence.left = [str(p.pid) for p in left if alone or begun < births[p.pid] <= ended] if attack else []
        placed_left |= set(evidence.left)
        if attack is None:
            wrong = [] if evidence.points == len(RIGHT) else [f"has {evidence.points} points instead of {len(RIGHT)}"]
            if run.made_feedback and not _feedback_of(student, run.grader):
                wrong.append("has no feedback page")
            outcome.honest[student] = wrong
            continue
        evidence.feedback = _feedback_of(student, run.grader)
        if run.made_feedback and evidence.points is not None and not evidence.feedback:
            evidence.changes.append("left no feedback page")
        evidence.heard = [(way, text) for way, text in listeners.heard if mentions(attack.name, text)]
        evidence.dropped = {
            path: text
            for path, text in dropped.items()
            if mentions(attack.name, path) or mentions(attack.name, text[:500])
        }
        if student in run.ended_by:
            evidence.changes.append(run.ended_by[student])
        outcome.achieved[attack.name] = achieved(attack, evidence)
        outcome.seconds[attack.name] = round(evidence.seconds, 2)
        outcome.evidence[attack.name] = evidence.outputs[:20_000]
        if alone:
            harmed = [s for s, a in students.items() if a is None and points.get(s) != len(RIGHT)]
            if harmed:
                outcome.achieved[attack.name].append("cost another student points")
    outcome.harm += [what for number, (_, what) in enumerate(changes) if number not in placed_changes]
    outcome.harm += [f"left behind: {p.pid}" for p in left if str(p.pid) not in placed_left]
    return outcome


def _spans(run: _Run) -> dict[str, tuple[float, float]]:
    """From when to when each submission was graded, as far as the times of the notebooks tell."""
    spans, before, unknown = {}, run.begun, False
    for student in run.students:
        _, written = graded_notebook(COURSE, student)
        if not written:
            unknown = True
            continue
        # The time that a submission without a notebook took is in the span of the one after it.
        spans[student] = (written if unknown else before, written)
        before, unknown = written, False
    return spans


def _born(process: psutil.Process) -> float:
    try:
        return process.create_time()
    except psutil.Error:
        return 0.0


def _feedback_of(student: str, grader: str) -> str:
    try:
        text = (COURSE / "feedback" / student / "attention" / "attention.html").read_text(errors="replace")
    except OSError:
        return ""
    return text.replace("HIDDEN-SECRET", "").replace("REFERENCE-SECRET", "") if grader == PLAIN else text


def _dropped_files() -> dict[str, str]:
    found = {}
    for folder in (DROP, HOME, BESIDE, COURSE / "submitted", Path("/var/tmp"), Path("/tmp")):
        for path in folder.iterdir():
            if path.is_file() and not path.is_symlink() and path != LOG:
                with path.open(errors="replace") as file:
                    found[str(path)] = file.read(100_000)
            elif path.is_symlink():
                found[str(path)] = ""
    for path in (COURSE / "gradebook.db",):
        if path.stat().st_mode & 0o7000:
            found[str(path)] = "touches_the_gradebook"
    return found


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
