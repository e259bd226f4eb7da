"""Pictures of a student's cells: only PNG and JPEG data that decode, encoded again."""

import base64
import io

from PIL import Image

from grading.grade.sanitize.outputs import LARGEST_AREA, PICTURES
from grading.pages.feedback.allowance import Allowance

WIDEST = 1_400  # pixels
HIGHEST = 2_800  # pixels
LARGEST_FILE = 800_000  # bytes; above it a PNG is stored as JPEG


class UnusablePicture(ValueError):
    """A picture that the page cannot show; the message is the reason, for the student."""


def data_url(mime_type: str, encoded: object, allowance: Allowance) -> str:
    """Return a `data:` URL of a picture that was decoded and encoded again.

    Nothing but pixels survives: no metadata, no trailing data. Large pictures are made smaller.

    Args:
        mime_type: "image/png" or "image/jpeg".
        encoded: the base64 text, as a notebook stores it.
        allowance: what pictures may still take of the page.

    Raises:
        UnusablePicture: the data are of another kind, do not decode, or are too large.
    """
    if mime_type not in PICTURES:
        raise UnusablePicture(f"pictures of the type {mime_type} are not shown here")
    if allowance.spent:
        raise UnusablePicture("no more pictures, to keep this page small")
    if isinstance(encoded, list):
        encoded = "".join(part for part in encoded if isinstance(part, str))
    if not isinstance(encoded, str) or len(encoded) > 30_000_000:
        raise UnusablePicture("this picture is too large to be shown here")
    try:
        picture = Image.open(io.BytesIO(base64.b64decode(encoded)), formats=[PICTURES[mime_type]])
        if picture.width * picture.height > LARGEST_AREA:
            raise UnusablePicture("this picture has too many pixels to be shown here")
        picture.load()
        kind = PICTURES[mime_type]
        picture = picture.convert("RGB" if kind == "JPEG" else "RGBA")
        picture.thumbnail((WIDEST, HIGHEST))
        data = _encode(picture, kind)
        if kind == "PNG" and len(data) > LARGEST_FILE:
            kind, data = "JPEG", _encode(_on_white(picture), "JPEG")
    except UnusablePicture:
        raise
    except (OSError, ValueError, TypeError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise UnusablePicture("this picture's data are damaged") from error
    text = base64.b64encode(data).decode("ascii")
    if not allowance.take(len(text)):
        raise UnusablePicture("no more pictures, to keep this page small")
    return f"data:image/{kind.lower()};base64,{text}"


def _encode(picture: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **({"quality": 82} if kind == "JPEG" else {}))
    return file.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground
