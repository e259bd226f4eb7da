"""What `submit` sends of a student's folder."""

import os
import tarfile
from pathlib import Path

import pytest

from attention_lib.handin.handed_in import UploadLimits
from attention_lib.handin.hashes import content_hash, folder_hash
from attention_lib.handin.packing import TooMuch, packed, write_out
from handin.service.unpacking import unpack

SMALL = UploadLimits(files=3, folders=4, depth=3, name=20, file=1000, total=2000, upload=10_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "attention"
    folder.mkdir()
    (folder / "attention.ipynb").write_text("{}")
    return folder


def names(folder: Path, **more) -> tuple[list[str], list[str]]:
    with packed(folder, **more) as parcel, tarfile.open(fileobj=parcel.archive, mode="r:gz") as tar:
        assert sorted(tar.getnames()) == parcel.files
        return parcel.files, parcel.left_behind


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "solution.ipynb").write_text("solution")
    (folder / "leak.ipynb").symlink_to(secret / "solution.ipynb")
    (folder / "all").symlink_to(secret)
    os.mkfifo(folder / "pipe")
    files, left_behind = names(folder)
    assert files == ["attention.ipynb"]
    assert left_behind == [
        "'all' stays behind: it is a link.",
        "'leak.ipynb' stays behind: it is a link.",
        "'pipe' stays behind: it is no plain file.",
    ]


def test_what_was_packed_is_written_out_again_for_its_owner_alone(folder: Path, tmp_path: Path) -> None:
    (folder / "data/more").mkdir(parents=True)
    (folder / "data/more/x.bin").write_bytes(bytes(range(256)) * 1000)
    (folder / "empty").touch()
    with packed(folder) as parcel:
        write_out(parcel, tmp_path / "copy")
        written = [path for path in (tmp_path / "copy").rglob("*") if not path.is_dir()]
        assert sorted(path.relative_to(tmp_path / "copy").as_posix() for path in written) == parcel.files
    for path in written:
        assert path.read_bytes() == (folder / path.relative_to(tmp_path / "copy")).read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600


def test_what_programs_leave_stays_behind_without_a_word(folder: Path) -> None:
    for name in [".ipynb_checkpoints/a.ipynb", "progress/p.json", "l.whl", "feedback/2026/attention.html", "a.bak"]:
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text("x")
    for name in ["receipt.txt", "timestamp.txt", "submission_secret.txt", ".DS_Store"]:
        (folder / name).write_text("x")
    assert names(folder, ignore=["*.bak"]) == (["attention.ipynb"], [])


def test_names_that_the_service_would_refuse_stay_behind(folder: Path) -> None:
    (folder / "two\nlines").write_text("x")
    (folder / "deep/er/and").mkdir(parents=True)
    (folder / "deep/er/and/deeper").write_text("x")
    files, left_behind = names(folder, limits=SMALL)
    assert files == ["attention.ipynb"] and len(left_behind) == 2
    assert "'two\\nlines' stays behind: its name holds" in left_behind[1]


def test_the_service_unpacks_what_was_packed_under_the_same_hash(folder: Path, tmp_path: Path) -> None:
    (folder / "Bilder für später").mkdir()
    (folder / "Bilder für später" / ("lang" * 40 + ".png")).write_bytes(os.urandom(100_000))
    (tmp_path / "out").mkdir()
    with packed(folder) as parcel:
        (tmp_path / "upload").write_bytes(parcel.archive.read())
        found = unpack(tmp_path / "upload", tmp_path / "out", UploadLimits())
        assert sorted(found) == parcel.files and content_hash(found.items()) == parcel.hash
        assert folder_hash(tmp_path / "out") == parcel.hash


def test_a_large_file_stays_behind_and_a_large_notebook_is_refused(folder: Path) -> None:
    (folder / "data.bin").write_bytes(b"0" * 1001)
    files, left_behind = names(folder, limits=SMALL)
    assert files == ["attention.ipynb"] and "'data.bin' stays behind: it has" in left_behind[0]
    (folder / "attention.ipynb").write_bytes(b"0" * 1001)
    with pytest.raises(TooMuch, match="Clear its outputs"):
        names(folder, limits=SMALL)


def test_too_much_is_refused_with_the_remedy(folder: Path) -> None:
    for number in range(3):
        (folder / f"{number}.txt").write_bytes(b"0" * number)
    with pytest.raises(TooMuch, match="more than 3 files. Move what does not belong"):
        names(folder, limits=SMALL)
    (folder / "0.txt").unlink()
    for path in folder.iterdir():
        path.write_bytes(b"0" * 700)
    with pytest.raises(TooMuch, match="is the most that is taken. Clear outputs"):
        names(folder, limits=SMALL)
