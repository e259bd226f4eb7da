"""A small graded course, its reviews and a real desk over it, without a run of nbgrader."""

import asyncio
import json
import re
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

import httpx
import nbformat
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from attention_lib.assignment.check_records import CheckRecord, checks_output
from course.folders import CHECKOUT, load_config
from grading.review.class_review import class_reviewables
from grading.review.desk.command import application_alone, bind, open_server
from grading.review.desk.desk import Desk
from grading.review.desk.on_loopback import ADDRESS, Loopback
from grading.review.records.store import ReviewStore, StoredComment, StoredReply
from grading.review.records.tables import now
from grading.review.settings import CodeReview

PLAIN = "def project_qkv(x, W_q, W_k, W_v):\n    unused = x.shape\n    return x @ W_q, x @ W_k, x @ W_v"
EINSUM = (
    "def project_qkv(x, W_q, W_k, W_v):\n"
    "    Q = torch.einsum('...sd,dh->...sh', x, W_q)\n"
    "    return Q, x @ W_k, x @ W_v"
)
WEIGHTED = "def aggregate_values(weights, V):\n    return weights @ V"
# A comment that only repeats what code finds.
UNUSED = StoredComment((1, 1), "dead_code", "`unused` is assigned, but never used.")


class DeskCourse:
    """A course in `folder`. `grade` puts a student's answers there, `say` a model's comments on an answer."""

    def __init__(self, folder: Path, **settings: object):
        self.folder = folder
        shutil.copytree(
            CHECKOUT / "source" / "attention",
            folder / "source" / "attention",
            ignore=shutil.ignore_patterns("progress", ".ipynb_checkpoints"),
        )
        self.config = load_config()
        self.config.CourseDirectory.root = str(folder)
        self.config.CourseDirectory.db_url = f"sqlite:///{folder / 'gradebook.db'}"
        self.config.CodeReview.update({"drafts": "all"} | settings)
        self.settings = CodeReview(config=self.config)
        self.course = CourseDirectory(config=self.config, assignment_id="attention")

    def grade(self, student: str, answers: dict[str, str], wrong: tuple[str, ...] = (), name: str = "") -> Path:
        """Write the autograded notebook; the tests of the answers in `wrong` fail."""
        notebook = nbformat.read(self.folder / "source/attention/attention.ipynb", as_version=4)
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if grade_id in answers:
                cell.source = answers[grade_id]
            elif cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = ""
            tested = grade_id.removeprefix("test_")
            if tested in answers and grade_id != tested:
                records = [("shapes", True), ("worked example", tested not in wrong)]
                cell.outputs = [checks_output([CheckRecord(c, p, f"{c}.") for c, p in records])]
        notebook.metadata["attention101"] = {"graded": "digest"}
        path = self.folder / "autograded" / student / "attention" / "attention.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")
        if name:
            with Gradebook(self.course.db_url, "attention101") as gradebook:
                gradebook.update_or_create_student(student, first_name=name, last_name="Lovelace")
        return path

    def say(self, source: str, *comments: StoredComment, cell: str = "project_qkv", doubt: str = "") -> None:
        """Keep a reply of the model to all who gave this answer."""
        found = class_reviewables(self.course, "attention", self.settings)
        about = [each for each in found if each.cells.answer.source == source and each.cells.answer.cell == cell]
        with ReviewStore(self.course.db_url) as store:
            for each in {each.question_key: each for each in about}.values():
                reply = StoredReply(
                    each.question_key, each.answer_key, self.settings.model, "digest", comments, doubt, now(), 1.0
                )
                store.keep_reply(reply)


@dataclass
class Visitor:
    """Somebody at a desk: a browser's cookies and headers."""

    client: httpx.Client
    loopback: Loopback

    @property
    def origin(self) -> str:
        return f"http://{ADDRESS}:{self.loopback.port}"

    def enter(self) -> httpx.Response:
        self.client.get(self.loopback.url)
        page = self.client.get(f"{self.origin}/")
        found = re.search('name="xsrf-token" content="([^"]+)"', page.text)
        self.client.headers["X-XSRFToken"] = found[1]
        self.client.headers["Origin"] = self.origin
        return page

    def get(self, address: str) -> dict:
        answer = self.client.get(f"{self.origin}/{address}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def queue(self, state: str = "waiting") -> list[list[dict]]:
        return [group["cards"] for group in self.get("queue")[state]]

    def post(self, body: object) -> httpx.Response:
        return self.client.post(f"{self.origin}/decisions", content=json.dumps(body))

    def decide(self, cards: list[dict], verdict: str, text: str | None = None) -> httpx.Response:
        drafts = [{"key": card["key"], "seen": card["seen"]} for card in cards]
        return self.post({"drafts": drafts, "verdict": verdict, "text": text})


class OpenDesk:
    """A desk over a course, served at a free port from a thread; a context manager."""

    def __init__(self, course: DeskCourse, user: str = "tess"):
        self._course, self._user = course, user
        self._ready = threading.Event()

    def __enter__(self) -> "OpenDesk":
        self._store = ReviewStore(self._course.course.db_url).__enter__()
        self._desk = Desk(self._course.course, "attention", self._course.settings, self._store)
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(),))
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(20)
        self._desk.close()
        self._store.__exit__()

    def visitor(self) -> Visitor:
        """Somebody who has not entered yet."""
        return Visitor(httpx.Client(timeout=20), self.loopback)

    def entered(self) -> Visitor:
        """Somebody who is in."""
        visitor = self.visitor()
        visitor.enter()
        return visitor

    async def _serve(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        sockets = bind(0, ADDRESS, "")
        self.loopback = Loopback(sockets[0].getsockname()[1], self._user)
        server = open_server(application_alone(self._desk, self.loopback), sockets)
        self._ready.set()
        await self._stopped.wait()
        server.stop()
        await server.close_all_connections()
