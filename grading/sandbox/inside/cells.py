"""Runs cells in IPython, without a kernel, and keeps what they print and show."""

import base64
import builtins
import getpass
import io
import json
import os
import subprocess
import sys
from collections import deque
from contextlib import nullcontext, redirect_stderr, redirect_stdout, suppress

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

_MOST_CHARACTERS = 2_000_000
_NO_INPUT = "Nobody answers input() here. Give the value in the code instead."


class Outputs:
    """The outputs of one cell in nbformat's form; of a flood only the last 2,000,000 characters."""

    def __init__(self):
        self._outputs: deque[tuple[int, dict]] = deque()
        self._shown: dict[str, dict] = {}
        self._size = 0
        self._clear_before_next = False

    def stream(self, name: str, text: str) -> None:
        """Text printed to stdout or stderr."""
        text = text[-_MOST_CHARACTERS:]
        last = self._outputs[-1][1] if self._outputs and not self._clear_before_next else {}
        if last.get("name") == name and len(last["pieces"]) < 1000:
            last["pieces"].append(text)
            size, output = self._outputs.pop()
            self._outputs.append((size + len(text), output))
            self._size += len(text)
            self._drop_oldest()
        else:
            self._add({"output_type": "stream", "name": name, "pieces": [text]}, len(text))

    def display(self, data: dict, metadata: dict, display_id: str | None = None, update: bool = False) -> None:
        """Something shown with `display`, or a new version of it."""
        data, metadata = _texts(data), _texts(metadata)
        if update:
            if display_id in self._shown:
                self._shown[display_id].update(data=data, metadata=metadata)
            return
        self._add(
            output := {"output_type": "display_data", "data": data, "metadata": metadata},
            sum(map(len, data.values())),
        )
        if display_id:
            self._shown[display_id] = output

    def result(self, data: dict, metadata: dict, count: int) -> None:
        """The value of a cell's last line."""
        data = _texts(data)
        self._add(
            {"output_type": "execute_result", "data": data, "metadata": _texts(metadata), "execution_count": count},
            sum(map(len, data.values())),
        )

    def error(self, name: str, text: str, lines: list[str]) -> None:
        """An error that ended a cell."""
        self._add(
            {"output_type": "error", "ename": name, "evalue": text[:20_000], "traceback": lines},
            sum(map(len, lines)),
        )

    def clear(self, wait: bool) -> None:
        """Forget what was shown so far, at once or when the next output comes."""
        self._clear_before_next = True
        if not wait:
            self._clear_now()

    def finished(self) -> list[dict]:
        """The outputs, in order."""
        for _, output in self._outputs:
            if "pieces" in output:
                output["text"] = "".join(output.pop("pieces"))
        return [output for _, output in self._outputs]

    def _add(self, output: dict, size: int) -> None:
        if self._clear_before_next:
            self._clear_now()
        self._outputs.append((size, output))
        self._size += size
        self._drop_oldest()

    def _drop_oldest(self) -> None:
        while self._size > _MOST_CHARACTERS and len(self._outputs) > 1:
            self._size -= self._outputs.popleft()[0]
        if self._size > 2 * _MOST_CHARACTERS:
            size, output = self._outputs[0]
            if "pieces" in output:
                output["pieces"] = ["".join(output["pieces"])[-_MOST_CHARACTERS:]]
                self._outputs[0] = (len(output["pieces"][0]), output)
                self._size += len(output["pieces"][0]) - size

    def _clear_now(self) -> None:
        self._outputs.clear()
        self._size, self._clear_before_next = 0, False


def _texts(bundle: dict) -> dict[str, str]:
    """A bundle of texts by type: bytes as base64, other things as JSON if they are such."""
    texts = {}
    for kind, content in bundle.items():
        if isinstance(content, bytes):
            content = base64.b64encode(content).decode()
        elif not isinstance(content, str):
            try:
                content = json.dumps(content)
            except (TypeError, ValueError, RecursionError):
                continue
        texts[str(kind)] = content
    return texts


class _Stream(io.TextIOBase):
    """stdout or stderr of a cell. There is no file behind it."""

    encoding, errors, closed, mode = "utf-8", "replace", False, "w"

    def __init__(self, name: str, shell: "CellShell"):
        self.name = f"<{name}>"
        self._kind, self._shell = name, shell

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._shell.outputs.stream(self._kind, text)
        return len(text)

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """What follows in the cell prints, too."""


class _Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **ignored):
        display_id = (transient or {}).get("display_id")
        self.shell.outputs.display(dict(data), dict(metadata or {}), display_id, update)

    def clear_output(self, wait=False):
        self.shell.outputs.clear(wait)


class _Hook(DisplayHook):
    def start_displayhook(self):
        pass

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self.shell.outputs.result(dict(format_dict), dict(md_dict or {}), self.shell.execution_count)

    def finish_displayhook(self):
        pass


class CellShell(InteractiveShell):
    """IPython's shell, with its outputs in `outputs`."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **options):
        self.outputs = Outputs()
        super().__init__(**options)

    def _tee(self, channel):
        """IPython keeps a second copy of all that a cell prints, without a limit. Here none is wanted."""
        return nullcontext()

    def enable_gui(self, gui=None):
        """Pictures are drawn inline; there is no other way here."""

    def ask_exit(self):
        """exit() in a cell ends nothing here; what follows is still wanted."""

    def system(self, cmd):
        """!command in a cell. IPython's own way needs a terminal device, and there is none here."""
        done = subprocess.run(
            self.var_expand(cmd, depth=1),
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        print(done.stdout, end="")
        self.user_ns["_exit_code"] = done.returncode

    def _showtraceback(self, etype, evalue, stb):
        try:
            text = str(evalue)
        except Exception:
            text = ""
        self.outputs.error(getattr(etype, "__name__", str(etype)), text, [str(line) for line in stb])

    def run(self, source: str) -> list[dict]:
        """Run one cell; an error in it is one of its outputs."""
        self.outputs = Outputs()
        # A module that the cell above wrote a moment ago is to be found.
        with suppress(OSError):  # a folder that was deleted
            sys.path_importer_cache.pop(os.getcwd(), None)
        with redirect_stdout(_Stream("stdout", self)), redirect_stderr(_Stream("stderr", self)):
            self.run_cell(source, store_history=True)
        return self.outputs.finished()


def _no_input(prompt="", *ignored, **also_ignored):
    raise StdinNotImplementedError(_NO_INPUT)


def new_shell(ipython_folder: str) -> CellShell:
    """The shell of this process; made once, in the warm parent, and used by each of its forks."""
    config = Config()
    config.HistoryManager.enabled = False  # its thread and its database have no place here
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.ipython_dir = ipython_folder
    shell = CellShell.instance(config=config)
    builtins.input = _no_input
    getpass.getpass = _no_input
    return shell
