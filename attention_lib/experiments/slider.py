"""A slider that redraws one picture, where ipywidgets and a page to show it are there."""

from importlib.util import find_spec

from IPython import get_ipython
from IPython.display import display

from attention_lib.pictures.inputs import PictureError

STEPS = 24


def slider_runs() -> bool:
    """Whether the cell was sent from a page, and ipywidgets can be imported.

    JupyterLab, Notebook and VS Code send the cell's id along with its code; nbclient and nbconvert, which run a
    notebook without a page, do not.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None or find_spec("ipywidgets") is None:
        return False
    request = kernel.get_parent("shell") or {}
    return bool(request.get("metadata", {}).get("cellId"))


def show_slider(draw, *, lowest: float, highest: float) -> None:
    """A slider from `lowest` to `highest` on a logarithmic scale, under it `draw(value)`, a Picture."""
    slider, box = make_slider(draw, lowest=lowest, highest=highest)
    bundle = box._repr_mimebundle_()
    # A page without the widgets' extension shows this text instead of an object's repr.
    bundle["text/plain"] = "(A slider would be here; this page shows none. The panels above tell the same.)"
    display(bundle, raw=True)


def make_slider(draw, *, lowest: float, highest: float):
    """The slider and the box around it and its picture."""
    import ipywidgets
    import numpy as np

    values = np.geomspace(lowest, highest, STEPS + 1)
    middle = int(np.argmin(np.abs(np.log(values))))
    slider = ipywidgets.SelectionSlider(
        options=[(f"{value:.2f}", float(value)) for value in values], index=middle, description="temperature",
        continuous_update=False,
    )
    page = ipywidgets.HTML()

    def redraw(_change=None):
        try:
            page.value = draw(slider.value)._repr_mimebundle_()["text/html"]
        except PictureError as reason:
            page.value = str(reason)

    slider.observe(redraw, names="value")
    redraw()
    return slider, ipywidgets.VBox([slider, page])
