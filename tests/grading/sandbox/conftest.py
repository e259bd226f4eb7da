from collections.abc import Callable, Iterator

import pytest

from grading.sandbox.stand_ins import StudentNamespace
from grading.sandbox.student_process import StudentProcess
from grading.sandbox.warm_process import WarmProcess
from tests.grading.sandbox.processes import allow, started


@pytest.fixture(scope="session")
def warm_processes() -> Iterator[Callable[[str], WarmProcess]]:
    """One warm parent per setting of `Sandbox.walls`, with the usual settings, for all tests of a run."""
    found: dict[str, WarmProcess] = {}

    def of(walls: str) -> WarmProcess:
        if walls not in found:
            found[walls] = started(walls)
        return found[walls]

    yield of
    for warm in found.values():
        warm.close()


@pytest.fixture
def warm(request, warm_processes) -> WarmProcess:
    """Behind the inner wall, unless the test is parametrized indirectly with another setting."""
    return warm_processes(getattr(request, "param", "inner"))


@pytest.fixture
def student(warm) -> Iterator[StudentProcess]:
    """A student's process of its own for the test."""
    with StudentProcess(warm) as process:
        allow(process)
        yield process


@pytest.fixture
def printed(student) -> Callable[[str], str]:
    """printed(source): what a cell prints; an error in it fails the test."""

    def run(source: str) -> str:
        outputs = student.run_cell(source)
        errors = [output for output in outputs if output.output_type == "error"]
        assert not errors, "\n".join(errors[0].traceback)
        return "".join(output.text for output in outputs if output.get("name") == "stdout")

    return run


@pytest.fixture
def stand_ins(student, printed) -> Callable[..., StudentNamespace]:
    """stand_ins(source, *names): runs a cell and gives stand-ins for the names that it defines, one or a list."""

    def of(source: str, *names: str, secret: bool = False):
        printed("import torch, math\nfrom torch import nn\n" + source)
        found = StudentNamespace(student, secret).names(list(names))
        return found[names[0]] if len(names) == 1 else [found[name] for name in names]

    return of
