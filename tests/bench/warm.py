"""A warm parent of the sandbox, for measurements in this process."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from course.folders import load_config
from grading.sandbox.settings import Sandbox
from grading.sandbox.walls import chosen_walls
from grading.sandbox.warm_process import WarmProcess


@contextmanager
def warm_process(walls: str) -> Iterator[WarmProcess]:
    """One behind these walls, as `Sandbox.walls` names them, ended at the end. Raises NoWall and WarmParentFailed."""
    config = load_config()
    config.Sandbox.walls = walls
    settings = Sandbox(config=config).trait_values(config=True)
    threads = torch.get_num_threads()
    # As in a worker.
    torch.set_num_threads(1)
    warm = WarmProcess(chosen_walls(walls), settings, cpu_seconds=240)
    try:
        warm.wait_until_ready()
        yield warm
    finally:
        warm.close()
        torch.set_num_threads(threads)
