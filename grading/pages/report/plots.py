"""The report's two plots, as SVG that stands in the page: its text is text, its colours are the page's."""

import io
import re

from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from attention_lib.pictures.style import picture_style
from grading.pages.report.statistics import Statistics

WIDTH = 5.0  # inches, 360 units of the SVG: as many pixels as a phone has
INK, SOFT, LINE, RIGHT = "#1d2430", "#566072", "#dcdfe5", "#0b5c8a"
_IN_THE_PAGE = {INK: "var(--ink)", SOFT: "var(--soft)", LINE: "var(--line)", RIGHT: "var(--right)"}
_IDS = re.compile(r'(\bid="|href="#|url\(#)')
_HEAD = re.compile(
    r"^.*?<svg[^>]*?viewBox=\"([^\"]*)\"[^>]*>\s*(?:<metadata>.*?</metadata>)?\s*(?:<defs>\s*<style.*?</defs>)?",
    re.DOTALL,
)


def pass_rates(statistics: Statistics) -> Markup:
    """A bar for each column: how many of those that have points there have all of them."""
    rows = [(name, *_rate(passed, statistics.scored[name])) for name, passed in statistics.passed.items()]
    told = "; ".join(f"{name}: {', '.join(words)}" for name, _, *words in rows)

    def draw(figure: Figure) -> None:
        axes = figure.add_axes((0.01, 0.01, 0.98, 0.98))
        axes.set(xlim=(0, 1), ylim=(len(rows) - 0.45, -0.75))
        axes.set_axis_off()
        for place, (name, rate, *words) in enumerate(rows):
            axes.barh(place, 1, height=0.34, color=LINE)
            axes.barh(place, rate, height=0.34, color=RIGHT)
            axes.text(0, place - 0.28, name, color=INK, va="bottom")
            axes.text(1, place - 0.28, " · ".join(words), color=SOFT, va="bottom", ha="right")

    return _svg(draw, 0.62 * len(rows), "rates", f"Bars: who has all points, by column. {told}.")


def _rate(passed: int, scored: int) -> tuple[float, ...]:
    """The part that passed, and what is said of it."""
    return (passed / scored, f"{passed} of {scored}", f"{passed / scored:.0%}") if scored else (0.0, "not graded yet")


def distribution(statistics: Statistics) -> Markup:
    """A bar for each number of points, or a few of them: how many submissions have it."""
    names, counts = zip(*statistics.bars, strict=True)
    told = "; ".join(f"{name} points: {count}" for name, count in statistics.bars)

    def draw(figure: Figure) -> None:
        axes = figure.add_axes((0.02, 0.19, 0.96, 0.79))
        axes.bar(names, counts, width=0.72, color=RIGHT)
        axes.set_ylim(0, max([*counts, 1]) * 1.15)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_visible(False)
        axes.spines[["left", "right", "top"]].set_visible(False)
        axes.spines["bottom"].set_color(SOFT)
        axes.tick_params(length=0, labelcolor=INK)
        axes.set_xlabel("points", color=SOFT)
        for place, count in enumerate(counts):
            axes.text(place, count, str(count), color=INK if count else SOFT, va="bottom", ha="center")

    return _svg(draw, 3.1, "distribution", f"Bars: how many submissions have how many points. {told}.")


def _svg(draw, height: float, name: str, told: str) -> Markup:
    """The figure as an `<svg>` as wide as its place, with `told` for people who do not see it.

    height: in inches; name: makes its ids different from those of the page's other plots
    """
    figure = Figure(figsize=(WIDTH, height))
    FigureCanvasSVG(figure)
    text = io.StringIO()
    with picture_style(), rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 12.5}):
        draw(figure)
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(text, format="svg", transparent=True, metadata=nothing)
    drawing = text.getvalue()
    for colour, variable in _IN_THE_PAGE.items():
        drawing = drawing.replace(colour, variable)
    drawing = _IDS.sub(rf"\g<1>{name}-", drawing)
    head = f'<svg role="img" aria-label="{escape(told)}" viewBox="\\1">'
    return Markup(_HEAD.sub(head, drawing, count=1))
