"""The one writer of files: whole or as it was, with the permissions that were asked for."""

import os

import pytest

from attention_lib.written_file import write_file


def test_text_bytes_and_permissions(tmp_path):
    path = tmp_path / "file"
    write_file(path, "ä\r\n", mode=0o600)
    assert path.read_bytes() == "ä\r\n".encode() and path.stat().st_mode & 0o777 == 0o600
    write_file(path, b"\xff", mode=0o644, to_disk=True)
    assert path.read_bytes() == b"\xff" and path.stat().st_mode & 0o777 == 0o644
    before = os.umask(0o027)
    try:
        write_file(path, "new")
    finally:
        os.umask(before)
    assert path.read_text() == "new" and path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["file"]


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "other").write_text("untouched")
    (tmp_path / "link").symlink_to(tmp_path / "other")
    write_file(tmp_path / "link", "new")
    assert (tmp_path / "other").read_text() == "untouched" and not (tmp_path / "link").is_symlink()


def test_what_fails_leaves_the_old_file_and_nothing_half(tmp_path):
    (tmp_path / "file").write_text("old")
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        write_file(tmp_path / "folder", "new")
    with pytest.raises(UnicodeEncodeError):
        write_file(tmp_path / "file", "\ud800")
    assert (tmp_path / "file").read_text() == "old" and sorted(os.listdir(tmp_path)) == ["file", "folder"]
