"""Runs cells in IPython's shell, in this process: `python run_cells.py FOLDER < sources.json > results.json`."""

import contextlib
import io
import json
import os
import sys

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

GIVEN = "given"


def names_bound(shell: InteractiveShell, source: str) -> list[str]:
    """The names to which the cell gave a value that they have at its end; `given` had one before.

    Raises whatever the cell raised.
    """
    before = dict(shell.user_ns) | {GIVEN: 1000}
    shell.user_ns.update(before)
    with contextlib.redirect_stdout(io.StringIO()):
        shell.run_cell(source).raise_error()
    bound = [name for name, value in shell.user_ns.items() if name not in before or before[name] is not value]
    shell.user_ns.clear()
    shell.user_ns.update(before)
    # IPython's own: `_exit_code` of a command, `__annotations__` of the module.
    return [name for name in bound if not name.startswith("_")]


def new_shell(folder) -> InteractiveShell:
    """IPython's shell without a history, with its files in `folder`; not the one that `get_ipython` knows elsewhere."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.ipython_dir = os.path.join(folder, "ipython")
    config.InteractiveShell.colors = "nocolor"
    return InteractiveShell(config=config)


def main(folder: str) -> None:
    shell = new_shell(folder)
    os.chdir(folder)
    results = []
    for source in json.load(sys.stdin):
        try:
            results.append(names_bound(shell, source))
        except BaseException as error:
            results.append(f"{source!r}: {error!r}")
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
