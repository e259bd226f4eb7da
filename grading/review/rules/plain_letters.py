"""Takes disguises off a text: look-alike letters, digits for letters, spaced-out letters, invisible characters."""

import codecs
import re
import unicodedata

_LOOK_ALIKES = str.maketrans(
    dict(
        zip(
            "авеёіјкмнорстухѕԁгпԛԝьһӏабгдзилфцчшщыэюяαβγεζηικνορτυχωωⅼⅰⅴⅹɑɡıłøđ",
            "abeeijkmhopctyxsdrnqwbhlabrdzulfcywwbeoaaβyezniknoptuxwwlivxagilod",
        )
    )
)
_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "|": "l"}
)
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ ._\-*]{1,3}){4,}[^\W\d_](?![^\W_])")


def plain(text: str) -> str:
    """Lower-case Latin words, separated by single blanks."""
    text = without_invisible(unicodedata.normalize("NFKC", text))
    text = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", text).casefold()
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    text = text.translate(_LOOK_ALIKES)
    text = _SPACED.sub(lambda match: re.sub(r"[ ._\-*]", "", match[0]), text)
    return " ".join(re.sub(r"[^\w]+|_", " ", text).split())


def without_digits_for_letters(text: str) -> str:
    """The text with digits and signs that stand for letters put back; `text` as the student wrote it."""
    return plain(re.sub(r"(?<=\w)[0134579@$!|]|[0134579@$!|](?=\w)", lambda match: match[0].translate(_LEET), text))


def squeezed(text: str) -> str:
    """Nothing but the letters of a plain text."""
    return re.sub(r"[^a-z]", "", plain(text))


def rotated(text: str) -> str:
    """The text by the rotation of 13 letters."""
    return codecs.encode(text, "rot13")


def without_invisible(text: str) -> str:
    return "".join(c for c in text if not is_invisible(c))


def is_invisible(character: str) -> bool:
    """Zero-width, direction and tag characters, variation selectors and private letters."""
    code = ord(character)
    return (
        unicodedata.category(character) in ("Cf", "Co", "Cs")
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0000 <= code <= 0xE0FFF
        or code in (0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x034F, 0x2028, 0x2029)
    )
