"""Which version of the model a server has now: a model's name may stand for another one tomorrow."""

import re

import httpx
from ollama import Client, ResponseError

from grading.review.asking.no_reply import NoReply
from grading.review.settings import CodeReview

_SECONDS_FOR_THE_LIST = 10


def client_options(settings: CodeReview, read_seconds: float | None) -> dict:
    """For the official client. A server on this machine is asked directly, whatever proxy the environment names."""
    local = re.match(r"(?:https?://)?(?:localhost|127\.|0\.0\.0\.0|\[?::1)", settings.host) is not None
    timeout = httpx.Timeout(read_seconds, connect=settings.connect_seconds)
    return {"host": settings.host, "timeout": timeout, "trust_env": not local}


def model_digest(settings: CodeReview) -> str:
    """The model's digest, "" if the server does not tell it. Raises NoReply if no server answers."""
    try:
        with Client(**client_options(settings, _SECONDS_FOR_THE_LIST)) as client:
            models = client.list().models
    except (ConnectionError, httpx.ConnectError, httpx.TimeoutException, httpx.InvalidURL):
        raise NoReply(f"no Ollama server answers at {settings.host} (CodeReview.host)", of_server=True) from None
    except (ResponseError, httpx.HTTPError, OSError, ValueError):
        return ""
    names = {settings.model, f"{settings.model}:latest"}
    return next((str(m.digest or "") for m in models if m.model in names), "").removeprefix("sha256:")
