"""Workers side by side: requests go out as workers come free, answers come back in any order."""

from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import wait

from course.checkout import CourseError
from grading.grade.workers.local_worker import LocalWorker, WorkerDied
from grading.grade.workers.messages import Outcome, Request


def required(outcome: Outcome) -> Outcome:
    """The outcome. Raises CourseError where demanded walls do not stand."""
    if outcome.refused:
        raise CourseError(outcome.refused)
    return outcome


class LocalPool:
    """Workers of this machine, a context manager. They start at once; each costs memory: no more of them than cores.

    `DaskPool` has the same methods.
    """

    def __init__(self, jobs: int):
        self._workers = [LocalWorker() for _ in range(jobs)]
        self._settings: Request | None = None

    def __enter__(self) -> "LocalPool":
        return self

    def __exit__(self, *error) -> None:
        for worker in self._workers:
            worker.pipe.close()
        for worker in self._workers:
            worker.close()

    def prepare(self, settings: Request, most: int) -> None:
        """Get ready. Workers that would find nothing to do are ended. Raises CourseError where one has died already.

        settings: what all requests have in common, at least; most: how many there may be
        """
        self._settings = settings
        while len(self._workers) > max(1, most):
            self._workers.pop().close()
        for worker in self._workers:
            try:
                worker.prepare(settings)
            except WorkerDied as death:
                raise _not_ready(death) from None

    def outcomes(self, requests: Iterable[Request]) -> Iterator[Outcome]:
        """The outcomes, as they come; `requests` is read no faster than workers come free.

        Of a worker that died, the submission is tried once more at the end, alone. Raises CourseError where demanded
        walls do not stand.
        """
        waiting, again = iter(requests), deque()
        busy: dict[LocalWorker, Request | None] = dict.fromkeys(self._workers)  # None: getting ready
        while busy:
            by_pipe = {worker.pipe: worker for worker in busy}
            patience = min(worker.seconds_left() for worker in busy)
            for pipe in wait(list(by_pipe), patience) or _overdue(by_pipe):
                worker = by_pipe[pipe]
                request = busy.pop(worker)
                try:
                    outcome = required(worker.receive())
                    if request is not None:
                        yield outcome
                    request = next(waiting, None)
                    if request is not None:
                        worker.send(request)
                        busy[worker] = request
                except WorkerDied as death:
                    if request is None:
                        raise _not_ready(death) from None
                    again.append((request, str(death)))
                    busy[self._replaced(worker)] = None
        for request, first_death in again:
            yield self._alone(request, first_death)

    def _alone(self, request: Request, first_death: str) -> Outcome:
        worker = self._workers[0]
        try:
            if not worker.is_alive():
                worker = self._ready(self._replaced(worker))
            worker.send(request)
            return required(worker.receive())
        except WorkerDied as death:
            self._ready(self._replaced(worker))
            failed = f"the grader failed twice on it: {first_death}; then, alone, {death}"
            return Outcome(request.student, failed=failed)

    def _ready(self, worker: LocalWorker) -> LocalWorker:
        try:
            worker.receive()
            return worker
        except WorkerDied as death:
            raise _not_ready(death) from None

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


def _overdue(by_pipe: dict) -> list:
    return [pipe for pipe, worker in by_pipe.items() if worker.seconds_left() <= 0]
