"""A worker that many tests share, because its start takes longer than judging a small class."""

import io
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import traitlets.log

from grading import __main__ as grading
from grading.grade.workers.messages import Outcome, Request
from grading.grade.workers.pool import LocalPool


class KeptPool(LocalPool):
    """Is ended only by a run that failed while it judged: a worker of it may still have something to say."""

    def __init__(self, jobs: int):
        super().__init__(jobs)
        self._run_began = self._judging_began = False

    def __enter__(self) -> "KeptPool":
        self._run_began = self._judging_began = False
        return self

    def prepare(self, settings: Request, most: int) -> None:
        self._run_began = True
        super().prepare(settings, most)

    def outcomes(self, requests: Iterable[Request]) -> Iterator[Outcome]:
        self._judging_began = True
        yield from super().outcomes(requests)

    def __exit__(self, *error) -> None:
        if not any(error):
            return
        if self._judging_began:
            super().__exit__(*error)
        elif self._run_began:
            # `autograde_class` is in the context of its pool, and so is the command.
            self._run_began = False
            for worker in self._workers:
                worker.receive()

    def is_ready(self) -> bool:
        return all(worker.is_alive() for worker in self._workers)


_pools: dict[int, KeptPool] = {}


def pool(jobs: int = 1) -> KeptPool:
    """So many workers of this test run; new ones, should a test have ended one."""
    if jobs not in _pools or not _pools[jobs].is_ready():
        end_pool(jobs)
        _pools[jobs] = KeptPool(jobs)
    return _pools[jobs]


def end_pool(jobs: int) -> None:
    if jobs in _pools:
        LocalPool.__exit__(_pools.pop(jobs))


def end_pools() -> None:
    for jobs in list(_pools):
        end_pool(jobs)


def run_command(course: Path, *arguments: str) -> subprocess.CompletedProcess:
    """`python -m grading ARGUMENTS` over a course, in this process and with its worker; with what it printed."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setenv("ATTENTION101_COURSE", str(course))
        patch.setattr(grading, "LocalPool", lambda jobs: pool())
        log = traitlets.log.get_logger()
        level = log.level
        try:
            status = grading.main(list(arguments))
        finally:
            log.setLevel(level)
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())
