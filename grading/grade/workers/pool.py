"""Workers side by side: requests go out as workers come free, answers come back in any order."""

import atexit
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from multiprocessing.connection import wait

from course.checkout import CourseError
from grading.grade.workers.local_worker import LocalWorker, WorkerDied
from grading.grade.workers.messages import Outcome, Request


def required(outcome: Outcome) -> Outcome:
    """The outcome. Raises CourseError where demanded walls do not stand."""
    if outcome.refused:
        raise CourseError(outcome.refused)
    return outcome


class Pool(AbstractContextManager):
    """Workers, wherever they are; a context manager."""

    def prepare(self, settings: Request, most: int) -> None:
        """Get ready. Raises CourseError where a worker cannot be started.

        settings: what all requests have in common, at least; most: how many there may be
        """

    def outcomes(self, requests: Iterable[Request]) -> Iterator[Outcome]:
        """The outcomes, as they come; `requests` is read no faster than workers come free.

        Of a worker that died, the submission is tried once more at the end, alone. Raises CourseError where demanded
        walls do not stand.
        """
        again: list[tuple[Request, str]] = []
        for request, answer in self._answers(requests):
            if isinstance(answer, str):
                again.append((request, answer))
            else:
                yield required(answer)
        for request, first_death in again:
            [(_, answer)] = self._answers([request], alone=True)
            if isinstance(answer, str):
                failed = f"the grader failed twice on it: {first_death}; then, alone, {answer}"
                answer = Outcome(request.student, failed=failed)
            yield required(answer)

    @abstractmethod
    def _answers(self, requests: Iterable[Request], alone: bool = False) -> Iterator[tuple[Request, Outcome | str]]:
        """What came of each request; a clause where its worker died."""


class LocalPool(Pool):
    """Workers of this machine. They start at once; each costs memory: no more of them than cores."""

    def __init__(self, jobs: int):
        self._workers = [LocalWorker() for _ in range(jobs)]
        self._settings: Request | None = None

    def __exit__(self, *error) -> None:
        for worker in self._workers:
            worker.pipe.close()
        for worker in self._workers:
            worker.close()

    def prepare(self, settings: Request, most: int) -> None:
        """See Pool. Workers that would find nothing to do are ended."""
        self._settings = settings
        while len(self._workers) > max(1, most):
            self._workers.pop().close()
        for worker in list(self._workers):
            self._getting_ready(worker)

    def _answers(self, requests: Iterable[Request], alone: bool = False) -> Iterator[tuple[Request, Outcome | str]]:
        workers = self._workers[:1] if alone else self._workers
        waiting = iter(requests)
        # By worker what it works on; None while it gets ready.
        busy: dict[LocalWorker, Request | None] = dict.fromkeys(map(self._getting_ready, workers))
        while busy:
            by_pipe = {worker.pipe: worker for worker in busy}
            patience = min(worker.seconds_left() for worker in busy)
            # Where none has answered in time, those that are too late are asked, and ended.
            late = [pipe for pipe, worker in by_pipe.items() if worker.seconds_left() <= patience]
            for pipe in wait(list(by_pipe), patience) or late:
                worker = by_pipe[pipe]
                request = busy.pop(worker)
                try:
                    outcome = required(worker.receive())
                    if request is not None:
                        yield request, outcome
                    request = next(waiting, None)
                    if request is not None:
                        worker.send(request)
                        busy[worker] = request
                except WorkerDied as death:
                    if request is None:
                        raise _not_ready(death) from None
                    yield request, str(death)
                    busy[self._replaced(worker)] = None

    def _getting_ready(self, worker: LocalWorker) -> LocalWorker:
        """A worker whose next answer says that it is ready: this one, or a new one if it has ended."""
        if worker.is_asked:
            return worker
        with suppress(WorkerDied):
            if worker.is_alive():
                worker.prepare(self._settings)
                return worker
        return self._replaced(worker)

    def _replaced(self, worker: LocalWorker) -> LocalWorker:
        worker.close()
        new = LocalWorker()
        self._workers[self._workers.index(worker)] = new
        try:
            new.prepare(self._settings)
        except WorkerDied as death:
            raise _not_ready(death) from None
        return new


def _not_ready(death: WorkerDied) -> CourseError:
    return CourseError(f"A worker could not get ready: {death}. Nothing more was graded.")


_own: list[LocalPool] = []
_told: set[str] = set()


def ask_own_worker(request: Request, tell: Callable[[str], None]) -> Outcome:
    """Ask the worker of this process, which is started at the first request and kept.

    tell: called with what a user should know about the walls, once in the life of this process
    Raises CourseError where demanded walls do not stand, or no worker can be started.
    """
    if not _own:
        _own.append(LocalPool(1))
        atexit.register(_own[0].__exit__)
    _own[0].prepare(request, 1)
    [outcome] = _own[0].outcomes([request])
    if outcome.warning and outcome.warning not in _told:
        _told.add(outcome.warning)
        tell(outcome.warning)
    return outcome
