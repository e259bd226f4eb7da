"""Workers side by side: requests go out as workers come free, answers come back in any order."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Protocol

from course.checkout import CourseError
from grading.grade.workers.local_worker import LocalWorker, WorkerDied


@dataclass(frozen=True)
class Task:
    """A submission to grade: whose it is, and its own part of the request."""

    student: str
    request: dict


@dataclass(frozen=True)
class Answer:
    """What a worker answered (see `grading.grade.workers.worker.answer`), or why there is no answer, as a clause."""

    student: str
    answer: dict
    failure: str = ""


class Pool(Protocol):
    """What `autograde_class` needs of workers, on this machine or on others. A context manager."""

    def __enter__(self) -> "Pool": ...

    def __exit__(self, *error) -> None: ...

    def prepare(self, common: dict, most: int) -> None:
        """Get ready. common: the part of all requests that is the same; most: how many tasks there may be."""
        ...

    def answers(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        """The answers, as they come. `tasks` is read no faster than workers come free."""
        ...


class LocalPool:
    """Workers of this machine. They start at once; each costs memory, so there should be no more than cores."""

    def __init__(self, jobs: int):
        self._workers = [LocalWorker() for _ in range(jobs)]
        self._common: dict = {}

    def __enter__(self) -> "LocalPool":
        return self

    def __exit__(self, *error) -> None:
        for worker in self._workers:
            worker.pipe.close()
        for worker in self._workers:
            worker.close()

    def prepare(self, common: dict, most: int) -> None:
        """See Pool. Workers that would find nothing to do are ended. Raises CourseError where one has died already."""
        self._common = common
        while len(self._workers) > max(1, most):
            self._workers.pop().close()
        for worker in self._workers:
            try:
                worker.prepare(common)
            except WorkerDied as death:
                raise _not_ready(death) from None

    def answers(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        """The answers, as they come. Of a worker that died, the submission is tried once more at the end, alone."""
        waiting, again = iter(tasks), deque()
        busy: dict[LocalWorker, Task | None] = dict.fromkeys(self._workers)  # None: getting ready
        while busy:
            by_pipe = {worker.pipe: worker for worker in busy}
            patience = min(worker.seconds_left() for worker in busy)
            for pipe in wait(list(by_pipe), patience) or _overdue(by_pipe):
                worker = by_pipe[pipe]
                task = busy.pop(worker)
                try:
                    answer = worker.receive()
                    if task is not None or "refused" in answer:
                        yield Answer(task.student if task else "", answer)
                    task = next(waiting, None)
                    if task is not None:
                        worker.send(self._common | task.request)
                        busy[worker] = task
                except WorkerDied as death:
                    if task is None:
                        raise _not_ready(death) from None
                    again.append((task, str(death)))
                    busy[self._replaced(worker)] = None
        for task, first_death in again:
            yield self._alone(task, first_death)

    def _alone(self, task: Task, first_death: str) -> Answer:
        worker = self._workers[0]
        try:
            if not worker.is_alive():
                worker = self._ready(self._replaced(worker))
            worker.send(self._common | task.request)
            return Answer(task.student, worker.receive())
        except WorkerDied as death:
            self._ready(self._replaced(worker))
            return Answer(task.student, {}, f"the grader failed twice on it: {first_death}; then, alone, {death}")

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
            new.prepare(self._common)
        except WorkerDied as death:
            raise _not_ready(death) from None
        return new


def _not_ready(death: WorkerDied) -> CourseError:
    return CourseError(f"A worker could not get ready: {death}. Nothing more was graded.")


def _overdue(by_pipe: dict) -> list:
    return [pipe for pipe, worker in by_pipe.items() if worker.seconds_left() <= 0]
