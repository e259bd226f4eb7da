"""What an archive may not do, whatever stands in it."""

import gzip
import hashlib
import io
import os
import subprocess
import tarfile
import time
import tracemalloc
from pathlib import Path

import pytest

from attention_lib.handin.handed_in import STANDARD, UploadLimits
from attention_lib.handin.hashes import content_hash
from handin.service.refusal import Denied
from handin.service.unpacking import unpack
from tests.handin.service.archives import archive, special

SMALL = UploadLimits(files=5, folders=4, depth=3, name=20, file=1000, total=3000, upload=10_000)
GOOD = ("attention.ipynb", b"{}")


def unpacked(folder: Path, content: bytes, limits: UploadLimits = STANDARD) -> dict[str, str]:
    (folder / "upload").write_bytes(content)
    (folder / "files").mkdir()
    return unpack(folder / "upload", folder / "files", limits)


def everything(folder: Path) -> list[str]:
    """All below the folder, and beside it, that is no directory."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())


@pytest.mark.parametrize("packed", [True, False])
def test_files_come_out_as_they_went_in(tmp_path: Path, packed: bool) -> None:
    files = [GOOD, ("./pictures/map.png", os.urandom(200_000)), ("Übung 1.txt", b""), ("x" * 150 + "/data.csv", b"1")]
    found = unpacked(tmp_path, archive(special("pictures", tarfile.DIRTYPE), *files, packed=packed))
    names = {name.removeprefix("./"): content for name, content in files}
    assert found == {name: hashlib.sha256(content).hexdigest() for name, content in names.items()}
    for name, content in names.items():
        assert (tmp_path / "files" / name).read_bytes() == content


def test_an_archive_of_gnu_tar(tmp_path: Path) -> None:
    folder = tmp_path / "attention"
    (folder / ("long" * 30)).mkdir(parents=True)
    (folder / ("long" * 30) / "a.txt").write_text("a")
    (folder / "attention.ipynb").write_text("{}")
    made = subprocess.run(["tar", "czf", "-", "-C", folder, "."], capture_output=True, check=True).stdout
    room = tmp_path / "room"
    room.mkdir()
    assert sorted(unpacked(room, made)) == ["attention.ipynb", "long" * 30 + "/a.txt"]


def test_the_hash_is_what_a_shell_makes_of_it(tmp_path: Path) -> None:
    found = unpacked(tmp_path, archive(GOOD, ("b/c.txt", b"1"), ("Z.txt", b"2")))
    command = "find . -type f | cut -c3- | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c-64"
    shell = subprocess.run(command, shell=True, cwd=tmp_path / "files", capture_output=True, text=True, check=True)
    assert content_hash(found.items()) == shell.stdout.strip()


def test_what_is_nobody_s_work_is_left_out(tmp_path: Path) -> None:
    left = [
        ".ipynb_checkpoints/a.ipynb",
        "progress/p.json",
        "lib.whl",
        "feedback/1/a.html",
        "a/__pycache__/b.pyc",
        ".x",
    ]
    left += ["timestamp.txt", "submission_secret.txt", "receipt.txt"]
    found = unpacked(tmp_path, archive(GOOD, *[(name, b"1") for name in left]))
    assert list(found) == ["attention.ipynb"] and everything(tmp_path / "files") == ["attention.ipynb"]


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/etc/evil", "a//b", "a/./b", "..", "a\\b", "a\nb", "a\x1b[2Jb", "\udcff", "a\u202eb"],
)
def test_names_that_are_refused(tmp_path: Path, name: str) -> None:
    room = tmp_path / "room"
    room.mkdir()
    with pytest.raises(Denied, match="is refused: its name") as refusal:
        unpacked(room, _raw_name(name))
    assert refusal.value.status == 400
    assert everything(tmp_path) == ["room/files/attention.ipynb", "room/upload"]


@pytest.mark.parametrize(
    "entry, what",
    [
        (special("link.html", tarfile.SYMTYPE, "/etc/passwd"), "link.html"),
        (special("hard.html", tarfile.LNKTYPE, "attention.ipynb"), "hard.html"),
        (special("pipe", tarfile.FIFOTYPE), "pipe"),
        (special("null", tarfile.CHRTYPE), "null"),
        (special("disk", tarfile.BLKTYPE), "disk"),
        (special("old", tarfile.GNUTYPE_SPARSE), "old"),
        (special("unknown", b"Z"), "unknown"),
        (special("longlink", tarfile.GNUTYPE_LONGLINK), "longlink"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_plain_files(tmp_path: Path, entry: tarfile.TarInfo, what: str) -> None:
    with pytest.raises(Denied, match=f"'{what}' is a link, or else no plain file"):
        unpacked(tmp_path, archive(GOOD, entry))
    assert everything(tmp_path / "files") == ["attention.ipynb"]


def test_a_sparse_file_of_the_newer_kind(tmp_path: Path) -> None:
    info = tarfile.TarInfo("holes.bin")
    info.pax_headers = {"GNU.sparse.size": "99999999999", "GNU.sparse.map": "0,1", "GNU.sparse.name": "holes.bin"}
    with pytest.raises(Denied, match="'holes.bin' is a link, or else no plain file"):
        unpacked(tmp_path, archive(GOOD, info))


@pytest.mark.parametrize(
    "entries, message",
    [
        ([GOOD, GOOD], "stands twice"),
        ([GOOD, ("attention.ipynb/x", b"")], "stands below a file"),
        ([("a/x", b""), ("a", b"")], "stands twice"),
        ([GOOD] + [(f"{number}.txt", b"") for number in range(10)], "More than 5 files"),
        ([GOOD] + [(f"{number}/a/b", b"") for number in range(3)], "More than 4 folders"),
        ([GOOD, ("a/b/c/d.txt", b"")], "more than 3 folders deep"),
        ([GOOD, ("ü" * 11, b"")], "longer than 20 bytes"),
        ([GOOD, ("big.txt", b"\0" * 1001)], "larger than 1000 bytes"),
        ([(f"{number}.txt", os.urandom(900)) for number in range(4)], "More than 3000 bytes"),
        ([("progress/a", b"1")], "no file to hand in"),
        ([], "no file to hand in"),
    ],
)
def test_limits(tmp_path: Path, entries: list[tuple[str, bytes]], message: str) -> None:
    with pytest.raises(Denied, match=message):
        unpacked(tmp_path, archive(*entries), SMALL)


@pytest.mark.parametrize("name", ["bomb.bin", ".hidden/bomb.bin"])
def test_a_bomb_fills_neither_memory_nor_disk(tmp_path: Path, name: str) -> None:
    pieces = [special(f"{name}{number}", tarfile.REGTYPE, size=19_000_000) for number in range(10)]
    bomb = archive(*pieces)
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    try:
        with pytest.raises(Denied) as refusal:
            unpacked(tmp_path, bomb)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refusal.value.status == 413
    assert most < 3_000_000
    assert sum(path.stat().st_size for path in (tmp_path / "files").rglob("*")) <= STANDARD.total


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_bomb_in_a_header(tmp_path: Path, kind: bytes) -> None:
    """Digits without end keep some versions of tarfile busy for hours."""
    header = special("x", kind, size=30_000_000).tobuf(tarfile.PAX_FORMAT)
    bomb = gzip.compress(header + b"1" * 30_000_000, 1)
    started = time.monotonic()
    with pytest.raises(Denied, match="headers are too long"):
        unpacked(tmp_path, bomb)
    assert time.monotonic() - started < 2


def test_headers_about_headers_without_end(tmp_path: Path) -> None:
    one = special("x", tarfile.XHDTYPE, size=512).tobuf(tarfile.PAX_FORMAT) + b"\0" * 512
    with pytest.raises(Denied):
        unpacked(tmp_path, gzip.compress(one * 5000, 1))


def test_a_size_below_nothing(tmp_path: Path) -> None:
    """Such a size leads some versions of tarfile backwards for ever."""
    info = tarfile.TarInfo("minus")
    info.size = -512
    content = info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024
    with pytest.raises(Denied):
        unpacked(tmp_path, content)


def test_damage_is_noticed(tmp_path: Path) -> None:
    good = archive(GOOD, ("data.bin", os.urandom(50_000)))
    flipped = bytearray(good)
    flipped[-6] ^= 1
    for number, damaged in enumerate([good[:-20], good[: len(good) // 2], bytes(flipped), good[:5], b"x", b""]):
        room = tmp_path / str(number)
        room.mkdir()
        with pytest.raises(Denied, match="no archive"):
            unpacked(room, damaged)


def _raw_name(name: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for entry in (tarfile.TarInfo("attention.ipynb"), tarfile.TarInfo(name)):
            tar.addfile(entry, io.BytesIO())
    return gzip.compress(buffer.getvalue())
