"""What students may put into the exchange to get at others' files, or to stop everybody's collection."""

import os
import socket
import sys
import threading
import time

import pytest
from nbgrader.exchange.default.collect import ExchangeCollect

from handin.exchange.collect import CollectRegularFiles
from tests.handin.exchange.exchange_folder import LATE, ON_TIME, notebook

SOLUTION = "the reference solution"


def collected_texts(exchange) -> list[str]:
    folder = exchange.course / "submitted"
    return [path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def honest(exchange):
    exchange.hand_in("honest")
    return exchange


def collected(exchange, student: str, reason: str) -> None:
    """One bad thing was left out and named; its submission and the honest one are there."""
    log, failure = exchange.run(CollectRegularFiles)
    assert failure == "" and exchange.submitted_files("honest")[0] == "attention.ipynb"
    assert f"Left out of {student}'s submission" in log and reason in log


def refused(exchange, reason: str) -> None:
    """One bad folder was refused and named; the honest submission is there."""
    log, failure = exchange.run(CollectRegularFiles)
    assert "1 folder in" in failure and "All others were" in failure
    assert reason in log and "Not collected: " in log
    assert exchange.submitted_files("honest")[0] == "attention.ipynb"
    assert [path.name for path in (exchange.course / "submitted").iterdir()] == ["honest"]


def test_plain_nbgrader_follows_links_and_we_do_not(honest):
    folder = honest.hand_in("mallory")
    (folder / "leak.html").symlink_to(honest.source)
    (folder / "all").symlink_to(honest.source.parent)
    honest.run(ExchangeCollect)
    assert (honest.submitted("mallory") / "leak.html").read_text() == SOLUTION
    assert (honest.submitted("mallory") / "all" / "attention.ipynb").read_text() == SOLUTION
    os.rename(honest.course / "submitted", honest.root / "plain")
    collected(honest, "mallory", "'leak.html': it is a symbolic link, not a file")
    assert SOLUTION not in collected_texts(honest)
    assert honest.submitted_files("mallory") == ["attention.ipynb", "submission_secret.txt", "timestamp.txt"]


def test_a_notebook_that_is_a_link(honest):
    folder = honest.hand_in("mallory")
    (folder / "attention.ipynb").unlink()
    (folder / "attention.ipynb").symlink_to(honest.source)
    collected(honest, "mallory", "'attention.ipynb': it is a symbolic link")
    assert SOLUTION not in collected_texts(honest)


def test_a_time_stamp_and_a_secret_that_are_links(honest):
    folder = honest.hand_in("mallory", secret="")
    (folder / "timestamp.txt").unlink()
    for name in ("timestamp.txt", "submission_secret.txt"):
        (folder / name).symlink_to(honest.source)
    collected(honest, "mallory", "'timestamp.txt': it is a symbolic link")
    assert SOLUTION not in collected_texts(honest) and ON_TIME in collected_texts(honest)


def test_the_submission_s_folder_is_a_link(honest):
    (honest.inbound / f"mallory+attention+{ON_TIME}+x").symlink_to(honest.source.parent)
    refused(honest, "it is a symbolic link, not a folder")


def test_a_bad_newest_one_does_not_hide_the_good_one_before_it(exchange):
    exchange.hand_in("ada", ON_TIME)
    (exchange.inbound / f"ada+attention+{LATE}+x").symlink_to(exchange.source.parent)
    log, failure = exchange.run(CollectRegularFiles)
    assert "1 folder in" in failure and (exchange.submitted("ada") / "timestamp.txt").read_text() == ON_TIME


def test_a_pipe_and_a_socket_do_not_make_it_wait(honest, monkeypatch):
    folder = honest.hand_in("mallory")
    os.mkfifo(folder / "pipe.csv")
    monkeypatch.chdir(folder)
    server = socket.socket(socket.AF_UNIX)
    server.bind("socket")
    try:
        begin = time.monotonic()
        collected(honest, "mallory", "'pipe.csv': it is a pipe, not a file")
        assert time.monotonic() - begin < 20
    finally:
        server.close()
    assert not {"pipe.csv", "socket"} & set(honest.submitted_files("mallory"))


def test_a_notebook_that_is_a_pipe(honest):
    folder = honest.hand_in("mallory")
    (folder / "attention.ipynb").unlink()
    os.mkfifo(folder / "attention.ipynb")
    collected(honest, "mallory", "'attention.ipynb': it is a pipe")


def test_a_huge_sparse_file_is_not_read(honest):
    with (honest.hand_in("mallory") / "huge.bin").open("wb") as file:
        file.truncate(1 << 42)
    begin = time.monotonic()
    collected(honest, "mallory", "'huge.bin': it is larger than 100 MB")
    assert time.monotonic() - begin < 20


def test_many_files_of_middling_size_come_to_the_limit_of_all(honest):
    folder = honest.hand_in("mallory")
    for number in range(5):
        (folder / f"{number}.bin").write_bytes(b"x" * 300_000)
    log, failure = honest.run(CollectRegularFiles, {"CourseDirectory": {"max_dir_size": 1000}})
    assert not failure and "'3.bin': with it there would be more than 1 MB" in log
    assert "2.bin" in honest.submitted_files("mallory") and "3.bin" not in honest.submitted_files("mallory")


def test_a_hundred_thousand_files_cost_all_but_the_notebook(honest):
    folder = honest.hand_in("mallory")
    (folder / "many").mkdir()
    many = os.open(folder / "many", os.O_RDONLY)
    for number in range(100_000):
        os.close(os.open(str(number), os.O_CREAT | os.O_WRONLY, dir_fd=many))
    os.close(many)
    begin = time.monotonic()
    collected(honest, "mallory", "it holds more than 1,000 files")
    assert time.monotonic() - begin < 20
    assert honest.submitted_files("mallory") == ["attention.ipynb", "submission_secret.txt", "timestamp.txt"]


def test_deep_folders_end_at_the_limit(honest):
    folder = honest.hand_in("mallory")
    deep = folder.joinpath(*["d"] * 60)
    deep.mkdir(parents=True)
    (deep / "x").write_text("x")
    collected(honest, "mallory", "it lies deeper than 8 folders")
    assert max(name.count("/") for name in honest.submitted_files("mallory")) == 6


@pytest.mark.parametrize(
    "name, reason",
    [
        ("a\nb.csv", r"'a\nb.csv': its name holds characters that cannot be printed"),
        ("\x1b[2Jx", "its name holds characters that cannot be printed"),
        (b"\xff.csv".decode("utf-8", "surrogateescape"), r"'\udcff.csv': its name holds characters that"),
        ("..\\..\\x", "its name holds a backslash"),
        ("x" * 200, "its name is longer than 150 characters"),
    ],
)
def test_odd_names_of_files_are_named_and_left_out(honest, name, reason):
    (honest.hand_in("mallory") / name).write_text("x")
    collected(honest, "mallory", reason)
    assert honest.submitted_files("mallory") == ["attention.ipynb", "submission_secret.txt", "timestamp.txt"]


@pytest.mark.parametrize(
    "name, reason",
    [
        (f"..+attention+{ON_TIME}+x", "its id starts with a dot"),
        (f"+attention+{ON_TIME}+x", "it names no student"),
        (f"a\nb+attention+{ON_TIME}+x", "its name holds characters that cannot be printed"),
        (f"<b>+attention+{ON_TIME}+x", "which formgrader writes into its pages as HTML"),
        (f"Group [3]+attention+{ON_TIME}+x", "which nbgrader reads as a pattern"),
        (f"a+b+attention+{ON_TIME}+x", "its name is not student, assignment, time"),
        ("ada+attention+yesterday+x", "'yesterday' is no time"),
        ("ada+attention+2026-11-25 10:00:00 Moon+x", "'Moon' in"),
        ("ada+attention+2999-01-01 00:00:00 UTC+x", "has not come yet"),
    ],
)
def test_odd_names_of_folders_are_refused(honest, name, reason):
    honest.hand_in("x").rename(honest.inbound / name)
    refused(honest, reason)


def test_a_file_instead_of_a_folder_is_refused_and_what_is_not_yet_complete_is_left_alone(honest):
    (honest.inbound / f"ada+attention+{ON_TIME}+x").write_text("x")
    honest.hand_in("ben").rename(honest.inbound / f".ben+attention+{ON_TIME}+x")
    refused(honest, "it is a file, not a folder")


def test_a_file_that_is_swapped_for_a_link_again_and_again(exchange):
    folder = exchange.hand_in("mallory")
    target, link, plain = folder / "data.csv", exchange.root / "link", exchange.root / "plain"
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for made in (link, plain):
                if made is link:
                    link.symlink_to(exchange.source)
                else:
                    plain.write_text("mine")
                os.replace(made, target)

    thread = threading.Thread(target=swap)
    thread.start()
    outcomes = set()
    try:
        for _ in range(100):
            _, failure = exchange.run(CollectRegularFiles)
            copy = exchange.submitted("mallory") / "data.csv"
            outcomes.add(copy.read_text() if copy.exists() else "left out")
            assert not failure
            os.rename(exchange.submitted("mallory"), exchange.root / f"old{time.monotonic_ns()}")
    finally:
        stop.set()
        thread.join()
    assert outcomes == {"mine", "left out"}


class _AtOpening:
    """Does something just before this process opens a file or folder of a certain name.

    time: at the how manyth opening
    """

    def __init__(self, name: str, act, time: int = 1):
        self.name, self.act, self.times, self.done = name, act, time, False
        # Python keeps it for good, so each test has a name of its own.
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple) -> None:
        if event == "open" and arguments[0] == self.name:
            self.times -= 1
            if self.times == 0:
                self.done = True
                self.act()


def test_a_file_that_becomes_a_link_after_it_was_looked_at(honest):
    target = honest.hand_in("mallory") / "swapped.csv"
    target.write_text("mine")

    def swap() -> None:
        target.unlink()
        target.symlink_to(honest.source)

    swapped = _AtOpening("swapped.csv", swap)
    collected(honest, "mallory", "'swapped.csv': it cannot be read")
    assert swapped.done and SOLUTION not in collected_texts(honest)


def test_a_file_that_becomes_a_pipe_after_it_was_looked_at(honest):
    target = honest.hand_in("mallory") / "swapped_pipe.csv"
    target.write_text("mine")

    def swap() -> None:
        target.unlink()
        os.mkfifo(target)

    swapped = _AtOpening("swapped_pipe.csv", swap)
    collected(honest, "mallory", "'swapped_pipe.csv': it is a pipe")
    assert swapped.done


def test_a_folder_that_becomes_a_link_after_it_was_looked_at(honest):
    target = honest.hand_in("mallory") / "swapped_folder"
    target.mkdir()

    def swap() -> None:
        target.rmdir()
        target.symlink_to(honest.source.parent)

    # The first opening counts files, the second copies them.
    swapped = _AtOpening("swapped_folder", swap, time=2)
    collected(honest, "mallory", "'swapped_folder': it is a symbolic link")
    assert swapped.done and SOLUTION not in collected_texts(honest)


def test_a_submission_that_becomes_a_link_after_it_was_chosen(honest):
    target = honest.hand_in("mallory")

    def swap() -> None:
        target.rename(honest.root / "gone")
        target.symlink_to(honest.source.parent)

    swapped = _AtOpening(target.name, swap)
    refused(honest, "it is a symbolic link, not a folder")
    assert swapped.done and SOLUTION not in collected_texts(honest)


def test_a_file_that_grows_while_it_is_copied_is_left_out(exchange):
    """The open file is longer than its size said: a file of /proc has size 0."""
    from handin.exchange.untrusted_files import _copy_bytes

    descriptor = os.open("/proc/self/status", os.O_RDONLY)
    try:
        assert os.fstat(descriptor).st_size == 0 and _copy_bytes(descriptor, exchange.root / "copy", 100) is None
    finally:
        os.close(descriptor)
    assert not (exchange.root / "copy").exists()


def test_what_cannot_be_stored_is_named_and_the_rest_is_collected(honest):
    honest.hand_in("ada")
    (honest.course / "submitted").mkdir(exist_ok=True)
    (honest.course / "submitted" / "ada").write_text("a file where a folder should be")
    log, failure = honest.run(CollectRegularFiles)
    assert "it could not be stored" in log and "1 folder in" in failure and honest.submitted("honest").is_dir()


def test_a_secret_too_long_for_one_and_a_large_notebook_do_not_matter(honest):
    (honest.hand_in("mallory", content=notebook("x" * 1_000_000)) / "submission_secret.txt").write_text("y" * 10**6)
    assert honest.run(CollectRegularFiles)[1] == ""
