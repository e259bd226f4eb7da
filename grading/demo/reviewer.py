"""Who reviews the demo's class: the Ollama server, or recorded answers where none answers."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from ollama import Client, ResponseError
from traitlets.config import Config

from grading.review.asking.model_digest import client_options
from grading.review.recorded.recording import Recording
from grading.review.recorded.server import RecordedServer
from grading.review.settings import CodeReview


@contextmanager
def reviewer(config: Config) -> Iterator[str]:
    """Sets host and model in `config`; gives a sentence that says who reviews."""
    settings = CodeReview(config=config)
    if _has_model(settings):
        yield f"{settings.model} reviews, at {settings.host}."
        return
    recording = Recording.read()
    with RecordedServer(recording) as server:
        config.CodeReview.update({"host": server.host, "model": recording.model, "recorded": True})
        yield (
            f"No Ollama server with {settings.model} answers at {settings.host}. So answers are repeated that were "
            f"recorded from {recording.model} on {recording.date}."
        )


def _has_model(settings: CodeReview) -> bool:
    try:
        with Client(**client_options(settings, settings.connect_seconds)) as client:
            client.show(settings.model)
    except (ResponseError, httpx.HTTPError, OSError, ValueError):
        return False
    return True
