import asyncio
import json
import stat

from hub.password_file import PasswordFile
from hub.password_hashes import hash_password, is_password, write_hashes


def test_only_the_right_password_fits():
    kept = hash_password("pässword")
    assert is_password("pässword", kept)
    assert not is_password("password", kept) and not is_password("", kept)
    assert "pässword" not in kept and kept != hash_password("pässword")


def test_the_file_holds_no_password_and_is_for_its_owner(tmp_path):
    path = tmp_path / "hashes.json"
    for _ in range(2):
        write_hashes(path, {"ada": "secret-one"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(json.loads(path.read_text())) == ["ada"] and "secret" not in path.read_text()
    assert [each.name for each in tmp_path.iterdir()] == ["hashes.json"]


def test_who_is_let_in(tmp_path):
    path = tmp_path / "hashes.json"
    write_hashes(path, {"ada": "one", "blaise": "two"})
    door = PasswordFile(path=str(path))

    def asks(name, password):
        return asyncio.run(door.authenticate(None, {"username": name, "password": password}))

    assert asks("ada", "one") == "ada"
    for name, password in (("ada", "two"), ("carl", "one"), ("", ""), ("ada", ""), ("Ada", "one"), ("ada", "\ud800")):
        assert asks(name, password) is None
