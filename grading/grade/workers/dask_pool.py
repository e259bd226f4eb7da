"""Workers on other machines, through Dask (https://distributed.dask.org): the same requests, the same answers."""

import json
from collections.abc import Iterable, Iterator

from course.checkout import CourseError
from grading.grade.workers.pool import Answer, Task

_PATIENCE_S = 10
_AHEAD = 2  # tasks per worker that wait for it, so that none is idle


class DaskPool:
    """The workers of a Dask scheduler. Each needs this checkout and its environment; start them with one thread each.

    address: of the scheduler, such as tcp://host:8786
    Raises CourseError where Dask is not installed or the scheduler cannot be reached.
    """

    def __init__(self, address: str):
        try:
            from distributed import Client
        except ImportError:
            raise CourseError(
                "--scheduler needs Dask, which is not installed. Install it with: pip install 'distributed>=2026.8'"
            ) from None
        self._common: dict = {}
        try:
            self._client = Client(address, timeout=_PATIENCE_S)
        except (OSError, ValueError) as error:
            raise CourseError(f"The Dask scheduler {address} cannot be reached: {error}. Check the address.") from None

    def __enter__(self) -> "DaskPool":
        return self

    def __exit__(self, *error) -> None:
        self._client.close()

    def prepare(self, common: dict, most: int) -> None:
        """See Pool: the part of all requests that is the same."""
        self._common = common

    def answers(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        """The answers, as they come. Of a worker that died, the submission is tried once more at the end, alone."""
        from distributed import as_completed

        waiting = iter(tasks)
        underway: dict[str, Task] = {}
        completed = as_completed([], with_results=False)
        again: list[Task] = []

        def submit(task: Task):
            future = self._client.submit(_answer, json.dumps(self._common | task.request), pure=False, retries=0)
            underway[future.key] = task
            return future

        def more() -> None:
            limit = _AHEAD * max(1, sum(self._client.nthreads().values()))
            while len(underway) < limit and (task := next(waiting, None)) is not None:
                completed.add(submit(task))

        more()
        for future in completed:
            task = underway.pop(future.key)
            if future.status == "finished":
                yield Answer(task.student, json.loads(future.result()))
            else:
                again.append(task)
            more()
        for task in again:
            future = submit(task)
            try:
                yield Answer(task.student, json.loads(future.result()))
            except Exception as error:
                words = " ".join(str(error).split())[:300]
                yield Answer(task.student, {}, f"the grader failed twice on it: {type(error).__name__}: {words}")


def _answer(request: str) -> str:
    from grading.grade.workers.worker import answer

    return answer(request)
