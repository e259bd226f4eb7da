"""What of an assignment's folder is handed in: which names, and how much. `submit` and the service both keep to it."""

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath

# Of any depth. nbgrader's own list, and what verify() and the checkout leave beside the notebook.
LEFT_OUT = ("__pycache__", "*.pyc", "*.whl", "feedback", "progress")
# Written by nbgrader and by `submit` into the folder's top.
TIMESTAMP, SECRET, RECEIPT = RESERVED = ("timestamp.txt", "submission_secret.txt", "receipt.txt")


@dataclass(frozen=True)
class UploadLimits:
    """How much one submission may hold; sizes in bytes. `upload` is the packed size."""

    files: int = 200
    folders: int = 100
    depth: int = 8
    name: int = 200
    file: int = 20_000_000
    total: int = 50_000_000
    upload: int = 40_000_000


STANDARD = UploadLimits()


def is_left_out(name: str) -> bool:
    """Whether the file of this relative name (with "/") stays behind: hidden, made by a program, or feedback."""
    parts = PurePosixPath(name).parts
    if any(part.startswith(".") or fnmatch(part, pattern) for part in parts for pattern in LEFT_OUT):
        return True
    return name in RESERVED


def may_hold_a_notebook(name: str) -> bool:
    """Whether a file of this name may be a notebook, under whatever ending, or an archive with one in it."""
    name = name.lower()
    return ".ipynb" in name or name.endswith((".json", ".zip"))


def trouble_with_name(name: str, limits: UploadLimits = STANDARD) -> str:
    """Why a file of this relative name is refused, as a clause; "" if it is fine."""
    parts = name.split("/")
    if name.startswith("/") or any(part in ("", ".", "..") for part in parts):
        return "its name is not that of a file within the folder"
    if "\\" in name or not name.isprintable():
        return "its name holds characters that are not plain"
    if len(parts) > limits.depth:
        return f"it lies more than {limits.depth} folders deep"
    if any(len(part.encode("utf-8")) > limits.name for part in parts):
        return f"its name is longer than {limits.name} bytes"
    return ""
