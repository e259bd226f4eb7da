"""The service's URLs."""

import asyncio
import logging
import time
from concurrent.futures import Executor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from tornado.web import HTTPError, RequestHandler, stream_request_body

from course.checkout import CourseError
from handin.service.reception import Reception
from handin.service.refusal import Denied
from handin.service.students import Students
from handin.service.upload_slots import UploadSlots

log = logging.getLogger("hand-in")


@dataclass(frozen=True)
class Shared:
    """What all handlers share. threads: where files are read and written."""

    students: Students
    reception: Reception
    slots: UploadSlots
    threads: Executor


class ServiceHandler(RequestHandler):
    """Answers in JSON; a refusal is `{"message": sentence}`."""

    def initialize(self, shared: Shared) -> None:
        self.shared = shared

    def set_default_headers(self) -> None:
        self.set_header("Content-Type", "application/json")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    async def in_thread(self, function, *arguments):
        """The function's result. Raises Denied where the disk plays no part."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self.shared.threads, function, *arguments)
        except (OSError, CourseError) as error:
            log.error("%s", error)
            raise Denied(
                503, "The hub's disk could not be used, so nothing was taken. Tell your instructor.", 5
            ) from error

    def write_error(self, status_code: int, **kwargs) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, Denied):
            self.set_status(error.status)
            if error.retry_after:
                self.set_header("Retry-After", str(error.retry_after))
            message = str(error)
        elif isinstance(error, HTTPError):
            message = f"The hand-in service does not know this request ({status_code})."
        else:
            message = "The hand-in service failed, and nothing was taken. Tell your instructor; its log says more."
        self.finish({"message": message})

    def log_exception(self, typ, value, tb) -> None:
        if not isinstance(value, Denied):
            super().log_exception(typ, value, tb)


class HealthHandler(ServiceHandler):
    """Whether submissions could be stored."""

    async def get(self) -> None:
        await self.in_thread(self.shared.reception.inbound.shut)
        self.finish({"ready": True})


class ReceiptsHandler(ServiceHandler):
    """The student's own receipts."""

    async def get(self, assignment: str) -> None:
        student = await self.shared.students.who_asks(self.request.headers.get("Authorization", ""))
        self.shared.reception.check(student, assignment)
        self.finish({"receipts": await self.in_thread(self.shared.reception.receipts, student, assignment)})


@stream_request_body
class SubmitHandler(ServiceHandler):
    """One submission. The body goes to the disk as it comes; nothing counts before it is there whole.

    A refusal waits for the body's end: whoever is still sending would not read it.
    """

    def initialize(self, shared: Shared) -> None:
        super().initialize(shared)
        self._refusal: Denied | None = None
        self._student = ""
        self._room: Path | None = None
        self._upload: IO[bytes] | None = None
        self._leaving = ExitStack()
        self._left = shared.reception.limits.upload
        self._waited = timedelta()
        self._gone = self._storing = False

    async def prepare(self) -> None:
        if self.request.method != "POST":
            return
        try:
            await self._let_in(self.path_args[0])
        except Denied as refusal:
            self._refusal = refusal
            self._leave()
        if self._gone:
            self._leave()

    async def _let_in(self, assignment: str) -> None:
        reception = self.shared.reception
        student = await self.shared.students.who_asks(self.request.headers.get("Authorization", ""))
        reception.check(student, assignment)
        arrived = time.monotonic()
        await self.shared.slots.take(student)
        self._leaving.callback(self.shared.slots.give_back, student)
        self._student = student
        self._waited = timedelta(seconds=time.monotonic() - arrived)
        await self.in_thread(reception.check_room, student, assignment)
        self._room = await self.in_thread(reception.inbound.room_to_receive)
        self._leaving.callback(reception.inbound.clear, self._room)
        self._upload = self._leaving.enter_context(await self.in_thread(open, self._room / "upload", "wb"))

    def data_received(self, chunk: bytes) -> None:
        if self._refusal is not None or self._upload is None:
            return
        self._left -= len(chunk)
        try:
            if self._left < 0:
                most = self.shared.reception.limits.upload
                raise Denied(413, f"More than {most} bytes are not taken, so nothing was. Move large files away.")
            self._upload.write(chunk)
        except OSError as error:
            log.error("%s", error)
            self._refusal = Denied(507, "The hub's disk is full, so nothing was taken. Tell your instructor at once.")
        except Denied as refusal:
            self._refusal = refusal

    async def post(self, assignment: str) -> None:
        # Waiting for a place is not the student's delay.
        when = datetime.now(UTC) - self._waited
        if self._refusal is not None:
            self._leave()
            raise self._refusal
        self._storing = True
        try:
            await self.in_thread(self._upload.close)
            receipt = await self.in_thread(
                self.shared.reception.take_in, self._room, self._room / "upload", self._student, assignment, when
            )
        finally:
            self._storing = False
            self._leave()
        log.info("%s handed in %s: %s %s", receipt["student"], assignment, receipt["timestamp"], receipt["hash"])
        self.finish(receipt)

    def on_finish(self) -> None:
        self._leave()

    def on_connection_close(self) -> None:
        self._gone = True
        if not self._storing:
            self._leave()

    def _leave(self) -> None:
        self._upload = None
        # On a full disk, closing fails as writing did.
        with suppress(OSError):
            self._leaving.close()


class UnknownHandler(ServiceHandler):
    """Everything else."""

    def prepare(self) -> None:
        raise HTTPError(404)
