"""The sentence under a picture."""

import html

from IPython import get_ipython
from IPython.display import display

from attention_lib.pictures.display import Picture, shown


def show_with(picture: Picture, sentence: str) -> None:
    """Shows the picture and the sentence under it where a notebook runs; elsewhere nothing."""
    shown(picture)
    if get_ipython() is not None:
        display({"text/html": sentence_html(sentence), "text/plain": sentence}, raw=True)


def sentence_html(sentence: str) -> str:
    return f'<p style="max-width:52em;line-height:1.5;margin:0.3em 0">{html.escape(sentence)}</p>'
