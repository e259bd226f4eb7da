"""Workers on other machines, through Dask (https://distributed.dask.org): the same requests, the same answers."""

from collections.abc import Iterable, Iterator

from attention_lib.sentences import error_in_words
from course.checkout import CourseError
from grading.grade.workers.messages import Outcome, Request
from grading.grade.workers.pool import Pool

_PATIENCE_S = 10
_AHEAD = 2  # tasks per worker that wait for it, so that none is idle


class DaskPool(Pool):
    """The workers of a Dask scheduler, which get ready with their first request.

    Each needs this checkout and its environment; start them with one thread each.

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
        try:
            self._client = Client(address, timeout=_PATIENCE_S)
        except (OSError, ValueError) as error:
            raise CourseError(f"The Dask scheduler {address} cannot be reached: {error}. Check the address.") from None

    def __exit__(self, *error) -> None:
        self._client.close()

    def _answers(self, requests: Iterable[Request], alone: bool = False) -> Iterator[tuple[Request, Outcome | str]]:
        from distributed import as_completed

        waiting = iter(requests)
        underway: dict[str, Request] = {}
        completed = as_completed([], with_results=False)

        def more() -> None:
            limit = _AHEAD * max(1, sum(self._client.nthreads().values()))
            while len(underway) < limit and (request := next(waiting, None)) is not None:
                future = self._client.submit(_answer, request.as_json(), pure=False, retries=0)
                underway[future.key] = request
                completed.add(future)

        more()
        for future in completed:
            request = underway.pop(future.key)
            try:
                answer = Outcome.from_json(future.result())
            except Exception as error:
                answer = error_in_words(error)
            yield request, answer
            more()


def _answer(request: str) -> str:
    from grading.grade.workers.worker import answer

    return answer(request)
