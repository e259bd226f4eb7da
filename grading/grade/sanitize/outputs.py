"""Outputs of which a browser shows text and pixels and runs nothing."""

import base64
import io
import re

from nbformat import NotebookNode

from attention_lib.assignment.notebook_file import encodable

LARGEST_AREA = 25_000_000  # pixels; above it a small file may fill the memory of whoever looks at it
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG"}
# A terminal's colours stay. Its other commands (titles, links, clearing the screen) go, as do invisible characters.
_COLOUR_OR_COMMAND = re.compile(
    r"(\x1b\[[0-9;]*m)|\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?", re.DOTALL
)
_INVISIBLE = re.compile("[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]")


def sanitize_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs with nothing but streams, errors, plain text, and PNG and JPEG pictures whose data are such.

    Metadata is dropped. An output of which nothing is left becomes a sentence that names its types. What is no output
    at all is left out. The argument is not changed.
    """
    return [new for output in outputs if isinstance(output, dict) for new in [_harmless(output)] if new is not None]


def _harmless(output: NotebookNode) -> NotebookNode | None:
    # Made without nbformat's own makers: those check each output against the schema, which takes long.
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return NotebookNode(output_type="stream", name=name, text=_text(output.get("text")))
    if kind == "error":
        lines = output.get("traceback")
        return NotebookNode(
            output_type="error",
            ename=_text(output.get("ename")),
            evalue=_text(output.get("evalue")),
            traceback=[_text(line) for line in lines] if isinstance(lines, list) else [],
        )
    if kind in ("display_data", "execute_result"):
        data = output.get("data")
        bundle = NotebookNode(_bundle(data if isinstance(data, dict) else {}))
        shown = NotebookNode(output_type=kind, data=bundle, metadata=NotebookNode())
        if kind == "execute_result":
            count = output.get("execution_count")
            shown.execution_count = count if type(count) is int else None
        return shown
    return None


def _bundle(data: dict) -> dict[str, str]:
    kept = {kind: picture for kind in PICTURES if (picture := _picture(kind, data.get(kind)))}
    if isinstance(data.get("text/plain"), str | list):
        kept["text/plain"] = _text(data["text/plain"])
    if not kept:
        kinds = ", ".join(sorted(_text(str(kind))[:60] for kind in data)[:5]) or "no type"
        kept["text/plain"] = f"(An output of {kinds} stood here. Only text and pictures, PNG or JPEG, are kept.)"
    return kept


def _text(value: object) -> str:
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    return encodable(_INVISIBLE.sub("", _COLOUR_OR_COMMAND.sub(r"\1", value)))


def _picture(kind: str, encoded: object) -> str:
    """The base64 text, encoded again, if it holds a picture of this kind; else an empty string."""
    if isinstance(encoded, list):
        encoded = "".join(part for part in encoded if isinstance(part, str))
    if not isinstance(encoded, str):
        return ""
    # Needed by few submissions.
    from PIL import Image

    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
        with Image.open(io.BytesIO(content), formats=[PICTURES[kind]]) as picture:
            small_enough = picture.width * picture.height <= LARGEST_AREA
    except (OSError, ValueError, TypeError, SyntaxError, EOFError, Image.DecompressionBombError):
        return ""
    return base64.b64encode(content).decode("ascii") if small_enough else ""
