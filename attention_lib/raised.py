"""Where in the notebook's cells an error was raised, and by which piece of code."""

import linecache
import re
from dataclasses import dataclass
from itertools import islice
from types import TracebackType

_IN_A_CELL = re.compile(r"ipykernel_\d+|<ipython-input")
_LONGEST_CODE = 80


@dataclass(frozen=True)
class Raised:
    """The place of an error.

    function: in which it was raised, as Python spells it: `AttentionHead.forward`
    line: the last line of a cell that ran; None if none did
    owner: what that cell was entered by: the function or class of it that ran first; "" if none did
    code: the piece of that line that failed, such as `W_q @ x`; "" if it is not known
    """

    function: str = ""
    line: int | None = None
    owner: str = ""
    code: str = ""


def where_raised(error: BaseException, test_file: str = "") -> Raised:
    """The place of an error; `test_file` is that of the test cell, which is passed over."""
    steps = []
    step = error.__traceback__
    while step is not None:
        steps.append(step)
        step = step.tb_next
    function = steps[-1].tb_frame.f_code.co_qualname if steps else ""
    in_cells = [each for each in steps if _file(each) != test_file and is_in_a_cell(_file(each))]
    if not in_cells:
        return Raised(function)
    last = in_cells[-1]
    entered = next(each for each in in_cells if _file(each) == _file(last))
    owner = entered.tb_frame.f_code.co_qualname.partition(".")[0]
    return Raised(function, last.tb_lineno, owner if owner.isidentifier() else "", _code(last))


def is_in_a_cell(file: str) -> bool:
    """Whether code of this file stands in a cell of a notebook."""
    return bool(_IN_A_CELL.search(file))


def _file(step: TracebackType) -> str:
    return step.tb_frame.f_code.co_filename


def _code(step: TracebackType) -> str:
    positions = next(islice(step.tb_frame.f_code.co_positions(), step.tb_lasti // 2, None), (None,) * 4)
    first, last, start, end = positions
    if None in positions or first != last:
        return ""
    text = linecache.getline(_file(step), first).encode()[start:end].decode(errors="replace")
    return text if len(text) <= _LONGEST_CODE else ""
