"""`python -m grading desk`: opens the desk, alone on this machine or as a service of JupyterHub."""

import asyncio
import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Mapping
from socket import socket

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from traitlets.config import Config

from course.checkout import CourseError
from course.folders import load_config, open_course
from grading.grade.gradebook.wait import wait_for_gradebook
from grading.review.desk.desk import Desk
from grading.review.desk.graders import grader_group, hub_place
from grading.review.desk.handlers import LARGEST_BODY, routes
from grading.review.desk.on_loopback import ADDRESS, Loopback, LoopbackEntrance, leading_file, name_of_this_user
from grading.review.records.store import ReviewStore
from grading.review.settings import CodeReview

_PATIENCE = 10  # seconds for a gradebook that another process holds


def run(assignment: str, port: int = 0, open_browser: bool = True, config: Config | None = None) -> int:
    """Open the desk and keep it open until Ctrl-C. Returns the exit status.

    port: on this machine; 0 for any that is free. A hub says itself where its service has to be.
    Raises CourseError for an unknown assignment, a port that is taken, and where the records cannot be used.
    """
    config = load_config() if config is None else config
    wait_for_gradebook(_PATIENCE)
    course = open_course(assignment, config)
    settings = CodeReview(config=config)
    with ReviewStore(course.db_url) as store:
        desk = Desk(course, assignment, settings, store)
        try:
            if is_hub_service(os.environ):
                asyncio.run(_serve_hub(desk, grader_group(settings.grader_group, course.course_id)))
            else:
                asyncio.run(_serve_alone(desk, port, open_browser))
        except KeyboardInterrupt:
            pass
        finally:
            desk.close()
    print("The desk is closed. All decisions are kept.")
    return 0


def is_hub_service(environment: Mapping[str, str]) -> bool:
    """Whether JupyterHub started this as a service, and not somebody in a terminal of the own notebook server."""
    wanted = ("JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_API_TOKEN")
    return all(environment.get(name) for name in wanted) and not environment.get("JUPYTERHUB_USER")


def application_alone(desk: Desk, loopback: Loopback) -> Application:
    """The desk for one person on this machine."""
    return Application(routes(LoopbackEntrance), desk=desk, **loopback.settings)


def application_on_hub(desk: Desk, group: str, prefix: str) -> Application:
    """The desk as a hub's service at `prefix`, for members of `group`. Raises CourseError without JupyterHub."""
    try:
        from grading.review.desk import on_the_hub
    except ImportError as error:
        raise CourseError(f"JupyterHub is not installed here ({error}). Install this project's extra `hub`.") from None
    addresses = [*on_the_hub.hub_routes(prefix), *routes(on_the_hub.HubEntrance, prefix)]
    return Application(addresses, desk=desk, **on_the_hub.hub_settings(group))


async def _serve_alone(desk: Desk, port: int, open_browser: bool) -> None:
    sockets = bind(port, ADDRESS, "Choose another one with --port, or leave it out: then a free one is taken.")
    loopback = Loopback(sockets[0].getsockname()[1], name_of_this_user())
    application = application_alone(desk, loopback)
    print(
        f"The desk for {desk.assignment} is open at\n  {loopback.url}\nKeep this address to yourself. Ctrl-C closes it."
    )
    sys.stdout.flush()
    with leading_file(loopback.url) as leading:
        if open_browser:
            # A browser in the terminal returns only at its end.
            threading.Thread(target=webbrowser.open, args=(leading,), daemon=True).start()
        await _serve(application, sockets, desk)


async def _serve_hub(desk: Desk, group: str) -> None:
    host, port, prefix = hub_place(os.environ)
    application = application_on_hub(desk, group, prefix)
    sockets = bind(port, host, "Give the service another url in jupyterhub_config.py.")
    print(f"The desk for {desk.assignment} is open on the hub at {prefix} for members of {group}.", flush=True)
    await _serve(application, sockets, desk)


async def _serve(application: Application, sockets: list[socket], desk: Desk) -> None:
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:  # Windows; there Ctrl-C raises KeyboardInterrupt
            pass
    server = open_server(application, sockets)
    # The class is read once before anybody asks.
    loop.run_in_executor(desk.thread, desk.warm_up)
    await stopped.wait()
    server.stop()


def open_server(application: Application, sockets: list[socket]) -> HTTPServer:
    """Let the application answer at these sockets. Bodies that no decision needs are refused."""
    server = HTTPServer(application, max_body_size=LARGEST_BODY, body_timeout=30, idle_connection_timeout=120)
    server.add_sockets(sockets)
    return server


def bind(port: int, address: str, remedy: str) -> list[socket]:
    """Take the port. Raises CourseError, which ends in the remedy, where that cannot be done."""
    try:
        return bind_sockets(port, address)
    except OSError as error:
        raise CourseError(
            f"The desk cannot be opened at port {port} of {address} ({error.strerror}). {remedy}"
        ) from None
    except OverflowError:
        raise CourseError(f"{port} is no port: give one from 1 to 65535.") from None
