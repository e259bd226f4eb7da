"""Who asks, and whether they are in the course: both from the hub, at every request, never from the request itself."""

import asyncio
import logging
from urllib.parse import quote

from jupyterhub.services.auth import HubAuth
from tornado.web import HTTPError

from course.student_ids import trouble_with
from handin.service.refusal import Denied

log = logging.getLogger("hand-in")

HUB_ANSWERS_WITHIN = 15.0  # seconds

# The service's name on the hub.
HAND_IN = "hand-in"


def student_group(course_id: str) -> str:
    """The hub's group of the course's students, by nbgrader's own naming."""
    return f"nbgrader-{course_id}"


class Students:
    """Asks the hub with the service's own token, and about the token of whoever asks.

    group: the hub's group of the course's students
    needed_scope: what a token must be allowed, so that one given to some other service cannot hand in
    """

    def __init__(self, group: str, needed_scope: str):
        self.group = group
        self.needed_scope = needed_scope
        # Nothing is cached: who was removed from the course is refused at once.
        self._hub = HubAuth(cache_max_age=0)

    async def who_asks(self, authorization: str) -> str:
        """The name of the student whose token an `Authorization` header holds. Raises Denied."""
        found = HubAuth.auth_header_pat.fullmatch(authorization.strip())
        if not found or not found.group(1).isascii():
            raise Denied(401, "Who hands in is not known: no token came along. Submit from your server on the hub.")
        user = await self._ask(self._hub.user_for_token(found.group(1), use_cache=False, sync=False))
        if not user or user.get("kind") != "user":
            raise Denied(
                401,
                "Who hands in is not known: the hub does not know your server's token. Stop and start your server "
                "(File > Hub Control Panel), and submit again.",
            )
        name = user["name"]
        await self._must_be_in_the_course(name)
        if self.needed_scope not in user.get("scopes", ()):
            raise Denied(
                403,
                f"Your server's token may not hand in. Stop and start your server (File > Hub Control Panel), and "
                f"submit again. If that does not help, tell your instructor: the token lacks {self.needed_scope}.",
            )
        trouble = trouble_with(name)
        reason = trouble.reason if trouble else ""
        if "+" in name:
            reason = reason or "it holds +, which parts the names of submissions in nbgrader's exchange"
        if reason:
            raise Denied(
                403, f"The user name {name!r} cannot hand in: {reason}. Ask your instructor for another user name."
            )
        return name

    async def _must_be_in_the_course(self, name: str) -> None:
        url = f"{self._hub.api_url.rstrip('/')}/users/{quote(name, safe='')}"
        user = await self._ask(self._hub._api_request("GET", url))
        if not user or user.get("name") != name or self.group not in user.get("groups", ()):
            raise Denied(
                403,
                f"{name} is not in this course (the hub's group {self.group}), so nothing was taken. Ask your "
                "instructor.",
            )

    async def _ask(self, question) -> dict | None:
        try:
            return await asyncio.wait_for(question, HUB_ANSWERS_WITHIN)
        except (HTTPError, TimeoutError) as error:
            log.error("The hub could not be asked: %r", error)
            raise Denied(503, "The hub could not be asked who you are. Submit again in a moment.", 3) from None
