"""Sends a packed assignment to the hand-in service, and tries again where that may help."""

import os
import time
from dataclasses import fields
from typing import IO

import requests

from attention_lib.handin.receipt import Receipt

PATIENCE = 60.0  # seconds for all attempts together
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
_TRY_AGAIN = {502, 503, 504}
# What was sent may have been stored all the same.
_NO_RECEIPT = "No receipt came, so count it as NOT handed in."


class NotHandedIn(Exception):
    """Nothing was handed in, or nobody knows; the message says why, and the remedy."""


def send(url: str, token: str, archive: IO[bytes], patience: float = PATIENCE) -> tuple[Receipt, str]:
    """POST the archive to `url`, and return the receipt and the submission's secret. Raises NotHandedIn.

    Sending again is safe: the service stores the same contents once.
    """
    end = time.monotonic() + patience
    pauses = iter(_PAUSES)
    verdict = "NOT handed in."
    while True:
        archive.seek(0)
        try:
            with requests.Session() as session:
                # A site's proxy for the world outside does not know the hub, and a ~/.netrc would replace the token.
                session.trust_env = False
                session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
                answer = session.post(
                    url,
                    data=archive,
                    headers={"Authorization": f"token {token}", "Content-Type": "application/gzip"},
                    timeout=(5, max(1.0, end - time.monotonic())),
                    allow_redirects=False,
                )
            if answer.status_code not in _TRY_AGAIN:
                return _receipt(answer, url)
            why, wait = _message(answer), _seconds(answer.headers.get("Retry-After"))
        except requests.RequestException as error:
            verdict = _NO_RECEIPT
            why, wait = f"The hand-in service did not answer ({type(error).__name__}).", 0.0
        pause = max(next(pauses, _PAUSES[-1]), wait)
        if time.monotonic() + pause >= end:
            raise NotHandedIn(
                f"{verdict} {why} Tried for {patience:.0f} seconds. Wait a minute and submit again; if it still "
                "fails, tell your instructor before the deadline."
            )
        time.sleep(pause)


def _receipt(answer: requests.Response, url: str) -> tuple[Receipt, str]:
    if answer.status_code != 200:
        raise NotHandedIn(f"NOT handed in. {_message(answer)}")
    try:
        found = answer.json()
        given = {each.name: found[each.name] for each in fields(Receipt) if each.name in found}
        return Receipt(**given), found["secret"]
    except (ValueError, KeyError, TypeError):
        raise NotHandedIn(
            f"{_NO_RECEIPT} {url} answered something else; tell your instructor that it is not the service."
        ) from None


def _message(answer: requests.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"The hand-in service answered with the status {answer.status_code}; tell your instructor."


def _seconds(text: str | None) -> float:
    return min(float(text), 10.0) if text and text.isdigit() else 0.0
