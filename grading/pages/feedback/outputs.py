"""What a student's cell printed and showed, made harmless and small."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from grading.pages.feedback.allowance import Allowance
from grading.pages.feedback.images import UnusablePicture, data_url
from grading.pages.feedback.plain_text import as_a_terminal_shows, cut_lines, plain_text
from grading.pages.feedback.tracebacks import CellError, StudentCell, cell_error

MOST_OUTPUTS = 40  # of one cell
MOST_LINES = 200  # of one output
MOST_CHARACTERS = 12_000  # of one output
LONGEST_RAW = 100_000  # characters of one output that are looked at


@dataclass(frozen=True)
class Shown:
    """One output. Exactly one of `text`, `picture`, `error` and `note` is set.

    `text` is plain; `picture` is a `data:` URL with `alt` as its description; `note` is a sentence in place of an
    output that cannot be shown; `cut` says what is missing of a text.
    """

    text: str = ""
    picture: str = ""
    alt: str = ""
    error: CellError | None = None
    note: str = ""
    cut: str = ""


def shown_outputs(
    outputs: Sequence[dict], here: StudentCell, others: Sequence[StudentCell], pictures: Allowance
) -> list[Shown]:
    """Return what the page shows of the outputs of the student's cell `here`.

    Text is shown as text and pictures (PNG, JPEG) are encoded again. HTML, SVG, scripts and whatever else a browser
    might run are never used; their plain text is.
    """
    shown = []
    for output in _joined(outputs[: 50 * MOST_OUTPUTS]):
        if len(shown) == MOST_OUTPUTS:
            shown.append(Shown(note="More outputs followed; they are left out to keep this page small."))
            break
        kind = output.get("output_type")
        if kind == "stream":
            piece = _text(_raw(output["text"]), as_a_terminal_shows)
        elif kind == "error":
            piece = Shown(error=cell_error(output, here, others))
        elif kind in ("display_data", "execute_result"):
            piece = _display(output, pictures)
        else:
            piece = None
        if piece is not None:
            shown.append(piece)
    return shown


def _joined(outputs: Sequence[dict]) -> list[dict]:
    """The outputs with neighbouring pieces of the same stream joined, as a notebook shows them."""
    joined: list[dict] = []
    for stream, pieces in groupby(outputs, lambda out: out.get("output_type") == "stream" and [out.get("name")]):
        if stream:
            text = [_raw(piece.get("text")) for piece in pieces]
            joined.append({"output_type": "stream", "name": stream[0], "text": text})
        else:
            joined += pieces
    return joined


def _raw(text: object) -> str:
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    return text[:LONGEST_RAW] if isinstance(text, str) else ""


def _text(raw: str, cleaned: Callable[[str], str]) -> Shown | None:
    text = cleaned(raw).strip("\n")
    if not text.strip():
        return None
    text, cut = cut_lines(text, MOST_LINES, MOST_CHARACTERS)
    if cut or len(raw) == LONGEST_RAW:
        cut = "The rest of this output is left out, to keep this page small."
    return Shown(text=text, cut=cut)


def _display(output: dict, pictures: Allowance) -> Shown | None:
    data = output.get("data")
    if not isinstance(data, dict):
        return None
    text = data.get("text/plain")
    for mime_type in ("image/png", "image/jpeg"):
        if mime_type in data:
            try:
                return Shown(
                    picture=data_url(mime_type, data[mime_type], pictures), alt=_alt(output.get("metadata"), mime_type)
                )
            except UnusablePicture as reason:
                return Shown(note=f"A picture stood here: {reason}.")
    if text is not None:
        return _text(_raw(text), plain_text)
    kinds = ", ".join(sorted(plain_text(key)[:60] for key in data)[:5]) or "unknown"
    return Shown(note=f"An output of the type {kinds} stood here; this page shows text and pictures (PNG, JPEG) only.")


def _alt(metadata: object, mime_type: str) -> str:
    for place in (metadata, metadata.get(mime_type) if isinstance(metadata, dict) else None):
        if isinstance(place, dict) and isinstance(place.get("alt"), str) and place["alt"].strip():
            return cut_lines(" ".join(plain_text(place["alt"]).split()), 1, 500, 500)[0]
    return "Picture that this cell shows"
