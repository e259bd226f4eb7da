"""Which models a server has, and in which version: a model's name may stand for another one tomorrow."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from grading.review.asking.address import address_of
from grading.review.asking.connection import connect, in_our_words
from grading.review.asking.no_reply import NoReply
from grading.review.settings import CodeReview

if TYPE_CHECKING:
    from ollama import AsyncClient

_SECONDS_FOR_THE_LIST = 10


def model_digest(settings: CodeReview) -> str:
    """The model's digest, "" if the server does not tell it. Raises NoReply if no server answers."""

    async def ask() -> str:
        async with connect(settings) as client:
            return await asked_digest(client, settings)

    # This thread may have an event loop: a notebook server that runs nbgrader does.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, ask()).result()


async def asked_digest(client: "AsyncClient", settings: CodeReview) -> str:
    """As `model_digest`, over a connection that there is."""
    try:
        async with asyncio.timeout(_SECONDS_FOR_THE_LIST):
            models = (await client.list()).models
    except TimeoutError:
        why = f"{address_of(settings)} does not say within {_SECONDS_FOR_THE_LIST} s which models it has"
        raise NoReply(why, of_server=True) from None
    except Exception as error:
        trouble = in_our_words(error, settings)
        if isinstance(trouble, NoReply):
            raise trouble from None
        return ""  # such a server may answer questions all the same
    names = {settings.model, f"{settings.model}:latest"}
    return next((str(model.digest or "") for model in models if model.model in names), "").removeprefix("sha256:")
