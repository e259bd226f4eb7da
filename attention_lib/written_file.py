"""Writing a file so that it is whole or the old one stays."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_file(path: Path, content: str | bytes, mode: int | None = None, to_disk: bool = False) -> None:
    """Write `content` (text as UTF-8, line ends as they are) in place of what is at `path`; a link is replaced, too.

    mode: the file's permissions; None for those that a new file gets
    to_disk: wait until it would outlive a power cut
    Raises OSError, and leaves nothing half.
    """
    unfinished = path.with_name(f".{secrets.token_hex(8)}.unfinished")
    private = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(unfinished, private, 0o666 if mode is None else 0o600), "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            if to_disk:
                file.flush()
                os.fsync(file.fileno())
        if mode is not None:
            os.chmod(unfinished, mode)
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise
