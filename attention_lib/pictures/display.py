"""A figure that shows itself once in a notebook, as a crisp PNG with alternative text.

JupyterLab and Notebook 7 ignore alternative text in an image's metadata (nbconvert alone reads it),
so the picture goes out as an HTML `<img>`, which all of them show with its `alt`.
"""

import base64
import html
import io
import warnings

from IPython import get_ipython
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from attention_lib.pictures.style import MUTED, SMALL_SIZE, TITLE_SIZE, picture_style

CSS_PIXELS_PER_INCH = 100
PIXEL_RATIO = 2


class Picture(Figure):
    """A matplotlib Figure of our own: outside pyplot's list, with `alt_text`, a sentence that tells what it shows."""

    def __init__(self, width: float, height: float):
        # Whole pixels, so that the PNG is exactly twice as large as the picture on the page.
        whole = [round(inches * CSS_PIXELS_PER_INCH) / CSS_PIXELS_PER_INCH for inches in (width, height)]
        super().__init__(figsize=whole, dpi=CSS_PIXELS_PER_INCH)
        FigureCanvasAgg(self)
        self.alt_text = ""
        self._shown_in = None

    def panel(self, left: float, bottom: float, width: float, height: float, **settings):
        """New axes; all measures in inches from the figure's lower left corner."""
        across, up = self.get_size_inches()
        return self.add_axes([left / across, bottom / up, width / across, height / up], **settings)

    def write(self, x: float, y: float, text: str, **settings):
        """Text at `(x, y)` inches from the figure's lower left corner."""
        across, up = self.get_size_inches()
        return self.text(x / across, y / up, text, **settings)

    def heading(self, y: float, text: str, **settings):
        """The picture's title, its upper edge `y` inches above the lower one."""
        return self.write(0.1, y, text, fontsize=TITLE_SIZE, fontweight="bold", va="top", **settings)

    def note(self, x: float, y: float, text: str, **settings):
        """Small, quiet text."""
        return self.write(x, y, text, fontsize=SMALL_SIZE, color=MUTED, **settings)

    def png(self) -> bytes:
        """The picture as PNG, with twice the pixels of its size on a page."""
        buffer = io.BytesIO()
        with picture_style(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            self.savefig(buffer, format="rgba", dpi=CSS_PIXELS_PER_INCH * PIXEL_RATIO)
        size = tuple(round(inches * CSS_PIXELS_PER_INCH * PIXEL_RATIO) for inches in self.get_size_inches())
        image = Image.frombytes("RGBA", size, buffer.getvalue()).convert("RGB")
        # A palette makes the file a third as large; this method keeps the colour maps smooth.
        image = image.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        return buffer.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        width = round(self.get_size_inches()[0] * CSS_PIXELS_PER_INCH)
        data = base64.b64encode(self.png()).decode("ascii")
        return {
            "text/html": (
                f'<img alt="{html.escape(self.alt_text)}" width="{width}" '
                f'style="max-width:100%;height:auto" src="data:image/png;base64,{data}">'
            ),
            "text/plain": self.alt_text,
        }

    def _ipython_display_(self):
        shell = get_ipython()
        if shell is None or self._shown_in == shell.execution_count:
            return
        self._shown_in = shell.execution_count
        display(self._repr_mimebundle_(), raw=True)


def shown(picture: Picture) -> Picture:
    """Shows the picture where a notebook runs; elsewhere it is only returned."""
    picture._ipython_display_()
    return picture


def show_with(picture: Picture, sentence: str) -> None:
    """Shows the picture and the sentence under it where a notebook runs; elsewhere nothing."""
    shown(picture)
    if get_ipython() is not None:
        as_html = f'<p style="max-width:52em;line-height:1.5;margin:0.3em 0">{html.escape(sentence)}</p>'
        display({"text/html": as_html, "text/plain": sentence}, raw=True)
