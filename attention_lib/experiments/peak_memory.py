"""Peak extra memory of a call, as torch's own profiler sees it."""

import contextlib
import os
import sys

from torch.autograd.profiler import profile


def peak_bytes(call) -> int:
    """The most bytes that torch's CPU allocator held at once for `call()`, beyond what was there before.

    Counts every tensor that torch allocates, work space inside its operations included; memory of numpy or of
    Python is not seen.
    """
    with _quiet(), profile(profile_memory=True) as run:
        call()
    changes = [event for event in run.kineto_results.events() if event.name() == "[memory]"]
    live = peak = 0
    for change in sorted(changes, key=lambda event: event.start_ns()):
        live += change.nbytes()
        peak = max(peak, live)
    return peak


@contextlib.contextmanager
def _quiet():
    # Some builds of torch write about the profiler to the error stream, past Python; a notebook shows that in red.
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # there is no error stream to be silenced
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
