"""A worker: a trusted process that judges submissions, one at a time, each in a fork of its warm parent.

It runs no student code itself. `answer` is all of it; `main` serves it to another process of ours over a pipe, and the
Dask workers call it as it is.
"""

import json
import resource
import sys
import traceback
from functools import lru_cache
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock, Thread

import nbformat
from nbformat import NotebookNode

from attention_lib.sentences import error_in_words
from grading.grade.workers.messages import Outcome, Request
from grading.sandbox.walls import NoWall, Walls, chosen_walls
from grading.sandbox.warm_process import WarmParentFailed, WarmProcess

_IDLE_SECONDS = 120.0
# Far more than judging takes. What a submission has the trusted side hold may not take the machine's memory.
_MOST_BYTES = 3 << 30
_one_at_a_time = Lock()
_warm: WarmProcess | None = None
_started_for: str = ""


def answer(request: str) -> str:
    """Judge one submission: JSON of a `Request` to JSON of an `Outcome`.

    Raises grading.sandbox.warm_process.WarmParentFailed.
    """
    return _outcome(Request.from_json(request)).as_json()


def _outcome(asked: Request) -> Outcome:
    with _one_at_a_time:
        try:
            warm = _warm_process(asked.sandbox, asked.limits.total_seconds)
        except NoWall as refusal:
            return Outcome(asked.student, refused=str(refusal))
        try:
            notebook = _judged(asked, warm) if asked.has_work else ""
        except WarmParentFailed:
            stop()
            raise
        except Exception as error:
            traceback.print_exc()
            return Outcome(asked.student, failed=f"the grader failed: {error_in_words(error)}")
        return Outcome(asked.student, notebook, warm.walls.name, warm.walls.warning)


def _judged(asked: Request, warm: WarmProcess) -> str:
    from attention_lib.assignment.declaration import declared
    from grading.grade.judging.judge import judge
    from grading.grade.judging.reference import as_submission
    from grading.grade.sanitize.notebook import sanitize
    from grading.grade.submission.canonical import canonical_submission
    from grading.grade.submission.read_submission import read_submission
    from grading.grade.workers.parcel import unpacked
    from grading.sandbox.student_process import StudentProcess

    source, released = _notebook(asked.source), _notebook(asked.released)
    if asked.canonical:
        canonical = nbformat.from_dict(json.loads(asked.canonical))
    else:
        if asked.reference:
            submitted = as_submission(source)
        elif asked.parcel:
            with unpacked(asked.parcel) as path:
                submitted = read_submission(path, declared(source))
        else:
            submitted = read_submission(Path(asked.submitted), declared(source))
        canonical = canonical_submission(submitted, source, released, asked.stubs)
    judged = sanitize(judge(canonical, source, asked.limits, lambda: StudentProcess(warm), asked.seed))
    nbformat.validate(judged)
    return json.dumps(judged)


def stop() -> None:
    """End the warm parent; the next request starts a new one."""
    global _warm
    if _warm is not None:
        _warm.close()
        _warm = None


def _warm_process(settings: dict, total_seconds: float) -> WarmProcess:
    global _warm, _started_for
    wanted = json.dumps([settings, total_seconds], sort_keys=True)
    if _warm is None or _started_for != wanted:
        stop()
        walls: Walls = chosen_walls(settings["walls"])
        started = WarmProcess(walls, settings, cpu_seconds=int(total_seconds) + 60)
        try:
            _import_meanwhile()
            started.wait_until_ready()
        except BaseException:
            started.close()
            raise
        _warm, _started_for = started, wanted
    return _warm


def _import_meanwhile() -> None:
    import torch

    import grading.grade.judging.session  # noqa: F401

    # One core per worker; and no pool of threads for tensors as small as the tests'.
    torch.set_num_threads(1)


@lru_cache(maxsize=4)
def _notebook(text: str) -> NotebookNode:
    return nbformat.from_dict(json.loads(text))


def main(descriptor: int) -> None:
    """Serve requests until the pipe closes, or nothing came for two minutes."""
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    limit = _MOST_BYTES if most == resource.RLIM_INFINITY else min(_MOST_BYTES, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
    Thread(target=_import_meanwhile, daemon=True).start()
    with Connection(descriptor) as pipe:
        try:
            while pipe.poll(_IDLE_SECONDS):
                pipe.send_bytes(answer(pipe.recv_bytes().decode()).encode())
        except (EOFError, BrokenPipeError, ConnectionResetError):
            pass
        finally:
            stop()


if __name__ == "__main__":
    main(int(sys.argv[1]))
