"""What a call across the line costs: a test cell's call of a student's function, there and back."""

from statistics import median, quantiles
from time import perf_counter

import torch

from grading.sandbox.stand_ins import StudentNamespace
from grading.sandbox.student_process import StudentProcess
from tests.bench.warm import warm_process

SIZES_KB = (1, 10, 100)
CALLS = 300
_FUNCTION = "def project_qkv(x):\n    return x + 1"


def call_cost(walls: str, sizes_kb: tuple[int, ...] = SIZES_KB, calls: int = CALLS) -> dict[int, tuple[float, float]]:
    """By kB of the argument, which is the result's size, too: median and 95th percentile in seconds."""
    found = {}
    with warm_process(walls) as warm, StudentProcess(warm) as process:
        process.run_cell(_FUNCTION)
        call = StudentNamespace(process).names(["project_qkv"])["project_qkv"]
        for size in sizes_kb:
            given = torch.zeros(size * 1000 // 4)
            if not torch.equal(call(given), given + 1):
                raise RuntimeError("a call across the line gave another result than it should")
            took = []
            for _ in range(calls):
                begun = perf_counter()
                call(given)
                took.append(perf_counter() - begun)
            found[size] = median(took), quantiles(took, n=20)[-1]
    return found
