"""Who reviews the demo's class: the Ollama server, or recorded answers where none answers."""

from collections.abc import Iterator
from contextlib import contextmanager

from traitlets.config import Config

from grading.review.asking.address import address_of
from grading.review.asking.model_digest import model_digest
from grading.review.asking.no_reply import NoReply
from grading.review.recorded.recording import Recording
from grading.review.recorded.server import RecordedServer
from grading.review.settings import CodeReview


@contextmanager
def reviewer(config: Config) -> Iterator[str]:
    """Sets host and model in `config`; gives a sentence that says who reviews."""
    settings = CodeReview(config=config)
    why = _why_not(settings)
    if not why:
        yield f"{settings.model} reviews, at {address_of(settings)}."
        return
    recording = Recording.read()
    with RecordedServer(recording) as server:
        config.CodeReview.update({"host": server.host, "model": recording.model, "recorded": True})
        yield f"Answers are repeated that were recorded from {recording.model} on {recording.date}: {why}."


def _why_not(settings: CodeReview) -> str:
    try:
        return "" if model_digest(settings) else f"the server at {address_of(settings)} has no {settings.model}"
    except NoReply as trouble:
        return str(trouble)
