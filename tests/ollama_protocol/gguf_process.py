"""The real model's server as a process of its own, for slow tests."""

import select
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ollama_protocol.cache import CannotBeHad
from tests.ollama_protocol.gguf_model import model_file
from tests.ollama_protocol.llama_python import llama_python

MODEL = "qwen2.5-coder:1.5b-instruct-q4_K_M"

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS_TO_START = 180


@contextmanager
def gguf_server(threads: int = 2) -> Iterator[str]:
    """Give the address of a server that has the real model under the name MODEL. Raises CannotBeHad.

    The first time on a machine this takes minutes: the model is fetched, and llama_cpp compiled.
    """
    command = [llama_python(), "-m", "tests.ollama_protocol.gguf_server", "--model", model_file(), "--name", MODEL]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [*map(str, command), "--threads", str(threads), "--end-with-parent"],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        try:
            readable, _, _ = select.select([process.stdout], [], [], _SECONDS_TO_START)
            address = process.stdout.readline().decode().strip() if readable else ""
            if not address:
                errors.seek(0)
                why = errors.read().decode(errors="replace").strip()[-500:]
                raise CannotBeHad(f"the real model's server did not start within {_SECONDS_TO_START} s: {why}")
            yield address
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
