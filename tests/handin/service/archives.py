"""Archives to hand in, honest and other ones."""

import gzip
import io
import json
import tarfile


def archive(*entries: tarfile.TarInfo | tuple[str, bytes], packed: bool = True) -> bytes:
    """A tar of files (name, contents) and of entries as they are."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                tar.addfile(entry, io.BytesIO(b"\0" * entry.size) if entry.isreg() else None)
            else:
                name, content = entry
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), 1) if packed else buffer.getvalue()


def special(name: str, kind: bytes, target: str = "", size: int = 0) -> tarfile.TarInfo:
    """An entry of another kind: a link, a pipe, a device."""
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    info.size = size
    return info


def work(text: str = "answer", name: str = "attention.ipynb") -> bytes:
    """A submission of one notebook with one cell."""
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": None, "outputs": [], "source": text}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return archive((name, json.dumps(notebook).encode()))
