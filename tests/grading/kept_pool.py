"""A worker that many tests share, because its start takes longer than judging a small class."""

from grading.grade.workers.pool import LocalPool


class KeptPool(LocalPool):
    """Is ended only by a run that failed: a worker of it may still have something to say."""

    def __exit__(self, *error) -> None:
        if any(error):
            super().__exit__(*error)

    def is_ready(self) -> bool:
        return all(worker.is_alive() for worker in self._workers)


_pools: list[KeptPool] = []


def pool() -> KeptPool:
    """The worker of this test run; a new one, should a test have ended it."""
    if not _pools or not _pools[-1].is_ready():
        _pools.append(KeptPool(1))
    return _pools[-1]


def end_pools() -> None:
    for each in _pools:
        LocalPool.__exit__(each)
    _pools.clear()
