"""The one look of all pictures: colours, colour maps, type, and layout in inches."""

from contextlib import contextmanager
from functools import lru_cache

import matplotlib
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

INK = "#1f2933"
MUTED = "#5b6670"
FAINT = "#c3c9cf"
GRID = "#e6e9ec"
PAPER = "#ffffff"
BLUE = "#0072b2"
ACCENT = "#d55e00"

TITLE_SIZE = 11.5
TEXT_SIZE = 10
SMALL_SIZE = 9
WIDEST = 7.4

# Dark means more in both maps, so they also read in print without colour. Zero is white.
WEIGHTS = LinearSegmentedColormap.from_list(
    "attention_weights", ["#ffffff", "#d3e5f3", "#8fbfe0", "#3a8fc4", "#0b5c97", "#08315f"]
)
SIGNED = LinearSegmentedColormap.from_list(
    "attention_signed", ["#a35f00", "#e69f00", "#f8dfa6", "#ffffff", "#a9cfe8", "#2f86bf", "#08315f"]
)

_STYLE = {
    "font.family": ["DejaVu Sans"],
    "font.size": TEXT_SIZE,
    "text.color": INK,
    "text.parse_math": False,
    "text.usetex": False,
    "axes.edgecolor": FAINT,
    "axes.linewidth": 0.6,
    "axes.labelcolor": MUTED,
    "axes.unicode_minus": True,
    "axes.facecolor": PAPER,
    "figure.facecolor": PAPER,
    "figure.autolayout": False,
    "figure.constrained_layout.use": False,
    "hatch.color": FAINT,
    "hatch.linewidth": 0.6,
    "image.interpolation": "nearest",
    "savefig.bbox": None,
    "savefig.facecolor": "auto",
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
}


@contextmanager
def picture_style():
    """Matplotlib with our settings and nothing of the student's; theirs are back afterwards."""
    with matplotlib.rc_context():
        matplotlib.rcParams.update(_DEFAULTS)
        matplotlib.rcParams.update(_STYLE)
        yield


_DEFAULTS = {key: value for key, value in matplotlib.rcParamsDefault.items() if not key.startswith("backend")}


def signed_scale(values) -> Normalize:
    """Symmetric about 0, wide enough for all finite entries."""
    finite = np.abs(values[np.isfinite(values)])
    largest = float(finite.max()) if finite.size else 0.0
    return Normalize(-(largest or 1.0), largest or 1.0)


def ink_on(rgba) -> np.ndarray:
    """Dark or white text per background colour `rgba (…, 4)`: whichever contrasts more (WCAG 2 luminance)."""
    channels = np.asarray(rgba)[..., :3]
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(luminance > 0.22, INK, PAPER)


def line_at_the_left(axes) -> None:
    """Take the axes' other three sides and all ticks' marks away."""
    axes.tick_params(length=0)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.spines.left.set_edgecolor(FAINT)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = TEXT_SIZE, weight: str = "normal") -> float:
    """Width of one line of text, in inches, with 3 % for what hinting may add."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0] / 72 * 1.03


def widest(labels, size: float = TEXT_SIZE, weight: str = "normal") -> float:
    """Width of the widest label, in inches."""
    return max((text_width(label, size, weight) for label in labels), default=0.0)


def number(value: float, decimals: int) -> str:
    """A number with a real minus sign and no negative zero."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "\N{MINUS SIGN}")


def wrapped(text: str, width: float, size: float = TEXT_SIZE, weight: str = "normal") -> str:
    """`text` broken into lines of at most `width` inches."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and text_width(longer, size, weight) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return "\n".join([*lines, line])
