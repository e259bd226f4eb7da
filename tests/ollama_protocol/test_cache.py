"""What is said when the real model cannot be had."""

import sys

import pytest

from tests.ollama_protocol.cache import CannotBeHad, cache_folder, run
from tests.ollama_protocol.gguf_model import SIZE, model_file


def test_a_command_that_fails_is_quoted():
    with pytest.raises(CannotBeHad, match="the trial failed: no such thing"):
        run([sys.executable, "-c", "print('no such thing'); exit(3)"], "the trial", 60)


def test_a_command_that_hangs_is_ended():
    with pytest.raises(CannotBeHad, match="the trial did not end within 1 s"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], "the trial", 1)


def test_a_command_that_does_not_exist(tmp_path):
    with pytest.raises(CannotBeHad, match="the trial failed: .*nothing"):
        run([tmp_path / "nothing"], "the trial", 60)


def test_the_cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "attention101" and cache_folder().is_dir()
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(CannotBeHad, match="set XDG_CACHE_HOME"):
        cache_folder()


def test_the_model_that_is_named_or_cached_is_taken(tmp_path, monkeypatch):
    named = tmp_path / "model.gguf"
    monkeypatch.setenv("ATTENTION101_GGUF", str(named))
    with pytest.raises(CannotBeHad, match="ATTENTION101_GGUF names .*model.gguf, which is no file"):
        model_file()
    named.touch()
    assert model_file() == named
    monkeypatch.delenv("ATTENTION101_GGUF")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cached = cache_folder() / "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
    with cached.open("wb") as file:
        file.truncate(SIZE)
    assert model_file() == cached
