"""A kind card where a picture cannot be drawn yet, instead of a traceback."""

import contextlib
import sys
import traceback
from collections.abc import Iterator

from IPython.display import display

from attention_lib.pictures.inputs import PictureError
from attention_lib.sentences import code_marks, listed_names, upper_first

LONGEST_REASON = 240


@contextlib.contextmanager
def picture_of(*names: str) -> Iterator[None]:
    """`with picture_of("attention_scores"): …` draws, or says that the picture comes later.

    names: the student's functions that the picture is made from. When the body stops with an
    exception it is swallowed and a card with one short reason is shown. What the body writes to the
    error stream is shown as ordinary text. An interrupt passes through.
    """
    figures = _open_figures()
    try:
        # Warnings of the student's code are not an error of this cell: no red output.
        with contextlib.redirect_stderr(sys.stdout):
            yield
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        for figure in _open_figures() - figures:
            sys.modules["matplotlib.pyplot"].close(figure)
        _show_card(names, reason(error, names))


def reason(error: BaseException, names) -> str:
    """One sentence for a student: why the picture is not there yet."""
    culprit = _culprit(error, names)
    subject = f"`{culprit}`" if culprit and len(names) > 1 else "it"
    if isinstance(error, NotImplementedError):
        text = f"{subject} is not written yet"
    elif isinstance(error, NameError) and error.name in names:
        text = f"{f'`{error.name}`' if len(names) > 1 else 'it'} is not defined yet: run its cell"
    elif isinstance(error, NameError) and error.name and not culprit:
        text = f"`{error.name}` is not defined yet: run the cells above"
    elif isinstance(error, PictureError):
        text = str(error).rstrip(".")
    elif isinstance(error, TypeError) and "NoneType" in str(error) and not culprit:
        text = f"{subject} returns nothing yet: is a `return` missing?".rstrip(".")
    else:
        detail = " ".join(_message(error).split())
        text = f"{subject} stopped with {type(error).__name__}" + (f": {detail}" if detail else "")
    text = text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"
    return text if text.endswith(("?", "…", "!")) else text + "."


def _message(error) -> str:
    try:
        return str(error)
    except Exception:
        return ""


def _culprit(error, names) -> str | None:
    """The student's function in which the error arose, if it is one of `names`."""
    found = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        for part in frame.f_code.co_qualname.split("."):
            if part in names:
                found = part
    return found


def _open_figures() -> set:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


def _show_card(names, why: str):
    works = "works" if len(names) <= 1 else "work"
    sentence = f"This picture comes once {listed_names(names) or 'the cell'} above {works}."
    why = upper_first(why)
    body = f"{code_marks(sentence)}<br><span style=\"color:#5b6670\">{code_marks(why)}</span>"
    display(
        {
            "text/html": (
                '<div style="border-left:4px solid #0072b2;background:#f1f6fa;color:#1f2933;'
                f'padding:0.6em 0.9em;margin:0.3em 0;max-width:44em;line-height:1.5">{body}</div>'
            ),
            "text/plain": f"{sentence} {why}",
        },
        raw=True,
    )
