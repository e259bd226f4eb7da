"""Messages on a socket: a JSON object and, beside it, tensors as safetensors. Both lengths stand in front.

A reader gives limits, and takes nothing on trust: the other end may be a hostile program.
"""

import json
import socket
import struct
from select import POLLIN, POLLOUT, poll
from time import monotonic

import safetensors
import safetensors.torch
import torch

_LENGTHS = struct.Struct("!IQ")
_as_json = json.JSONEncoder(separators=(",", ":")).encode


class BrokenLine(Exception):
    """The other side sent something that is no message, or one that is too large. The text says what."""


class Closed(Exception):
    """The other side has closed the line."""


def packed(message: dict, tensors: dict[str, torch.Tensor]) -> bytes:
    """One message as bytes. tensors: contiguous, on the CPU, without gradients."""
    text = _as_json(message).encode()
    # safetensors.torch.save looks for tensors that share memory, which takes longer than all the rest.
    blob = safetensors.serialize({name: _in_memory(value) for name, value in tensors.items()}) if tensors else b""
    return _LENGTHS.pack(len(text), len(blob)) + text + blob


def _in_memory(value: torch.Tensor) -> safetensors.TensorSpec:
    return safetensors.TensorSpec(
        dtype=str(value.dtype).removeprefix("torch."),
        shape=value.shape,
        data_ptr=value.data_ptr(),
        data_len=value.numel() * value.element_size(),
    )


def unpacked(text: bytes, blob: bytes) -> tuple[dict, dict[str, torch.Tensor]]:
    """The message out of its two parts. Raises BrokenLine."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenLine(f"a message that is not JSON ({type(error).__name__})") from None
    if not isinstance(message, dict):
        raise BrokenLine("a message that is not an object")
    try:
        tensors = safetensors.torch.load(blob) if blob else {}
    except Exception as error:
        raise BrokenLine(f"tensors that cannot be read ({type(error).__name__})") from None
    return message, tensors


class Line:
    """One end of a line. The reading end gives the limits for what comes in, in bytes."""

    def __init__(self, end: socket.socket, most_text: int, most_tensors: int):
        self.end = end
        self._most_text = most_text
        self._most_tensors = most_tensors
        end.setblocking(False)

    def fileno(self) -> int:
        return self.end.fileno()

    def send(self, message: dict, tensors: dict[str, torch.Tensor], wait) -> None:
        """Send one message. wait(events): called to wait until the line can take more; it raises to give up."""
        left = memoryview(packed(message, tensors))
        while left:
            try:
                left = left[self.end.send(left) :]
            except BlockingIOError:
                wait(POLLOUT)
            except (BrokenPipeError, ConnectionResetError):
                raise Closed from None

    def receive(self, wait) -> tuple[dict, dict[str, torch.Tensor]]:
        """The next message. wait(events): as for `send`. Raises BrokenLine and Closed."""
        text_length, blob_length = _LENGTHS.unpack(self._exactly(_LENGTHS.size, wait))
        if text_length > self._most_text or blob_length > self._most_tensors:
            raise BrokenLine(f"a message of {(text_length + blob_length) / 1e6:.0f} MB, which is too large")
        text = self._exactly(text_length, wait)
        return unpacked(bytes(text), bytes(self._exactly(blob_length, wait)))

    def _exactly(self, length: int, wait) -> bytearray:
        # Grows with what really comes: a length that is only claimed costs nothing.
        received = bytearray()
        while len(received) < length:
            try:
                piece = self.end.recv(min(length - len(received), 1 << 20))
            except BlockingIOError:
                wait(POLLIN)
                continue
            except ConnectionResetError:
                raise Closed from None
            if not piece:
                raise Closed
            received += piece
        return received


def waiting_for(end: socket.socket, deadline: float | None = None):
    """A `wait` for `Line` that waits for this end alone. Raises TimeoutError at `deadline` (monotonic time)."""
    poller = poll()

    def wait(events: int) -> None:
        poller.register(end, events)
        left = None if deadline is None else max(0, deadline - monotonic()) * 1000
        if not poller.poll(left):
            raise TimeoutError

    return wait
