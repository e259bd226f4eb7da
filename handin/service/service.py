"""The service's program: reads its settings, listens, and ends in order.

JupyterHub starts `python -m handin.service` as the service `hand-in`, as the account that grades, with these in its
environment: PYTHONPATH (this checkout), ATTENTION101_EXCHANGE (the exchange's root), ATTENTION101_COURSE (the course's
folder, if it is not the checkout).
"""

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from attention_lib.handin.handed_in import STANDARD, UploadLimits
from course.checkout import CourseError
from handin.service.deadline import Deadlines
from handin.service.handlers import HealthHandler, ReceiptsHandler, Shared, SubmitHandler, UnknownHandler
from handin.service.inbound import Inbound
from handin.service.reception import Reception
from handin.service.settings import Settings
from handin.service.students import HAND_IN, Students, student_group
from handin.service.upload_slots import UploadSlots

log = logging.getLogger("hand-in")

UPLOADS_AT_ONCE = 16
PATIENCE = 20.0  # seconds, for a place
UPLOAD_WITHIN = 60.0  # seconds
END_WITHIN = 10.0  # seconds, for what is being stored


def make_application(
    settings: Settings, inbound: Inbound, threads: ThreadPoolExecutor, limits: UploadLimits
) -> Application:
    """The web application. To be called within a running event loop."""
    shared = Shared(
        Students(student_group(settings.course_id), f"access:services!service={HAND_IN}"),
        Reception(inbound, settings.outbound, Deadlines(settings.db_url, settings.zone), limits),
        UploadSlots(UPLOADS_AT_ONCE, PATIENCE),
        threads,
    )
    arguments = {"shared": shared}
    prefix = settings.prefix
    return Application(
        [
            (f"{prefix}submit/([^/]+)", SubmitHandler, arguments),
            (f"{prefix}receipts/([^/]+)", ReceiptsHandler, arguments),
            (f"{prefix}(?:health)?", HealthHandler, arguments),
        ],
        default_handler_class=UnknownHandler,
        default_handler_args=arguments,
        log_function=_log_request,
        shared=shared,
    )


def _log_request(handler: RequestHandler) -> None:
    # Not the whole address: somebody may have put a token into it.
    if handler.get_status() >= 400:
        request = handler.request
        log.warning("%s %s %s", handler.get_status(), request.method, request.path)


async def serve(settings: Settings, limits: UploadLimits = STANDARD) -> None:
    """Serve until SIGTERM or SIGINT. Raises CourseError, in a sentence, where it cannot start."""
    inbound = Inbound(settings.inbound)
    await asyncio.to_thread(inbound.open)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    with ThreadPoolExecutor(4, "hand-in") as threads:
        application = make_application(settings, inbound, threads, limits)
        server = HTTPServer(
            application, max_body_size=2 * limits.upload, body_timeout=UPLOAD_WITHIN, idle_connection_timeout=60.0
        )
        try:
            server.add_sockets(bind_sockets(settings.port, settings.host))
        except OSError as error:
            raise CourseError(
                f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}). End what uses it, or give "
                "the service another url in JupyterHub.services."
            ) from None
        log.info(
            "Takes submissions for %s at %s:%s%s", settings.course_id, settings.host, settings.port, settings.prefix
        )
        await ended.wait()
        server.stop()
        await _wait_for(application.settings["shared"].slots)
        await server.close_all_connections()
    inbound.close()


async def _wait_for(slots: UploadSlots) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + END_WITHIN
    while slots.taken and loop.time() < end:
        await asyncio.sleep(0.05)
