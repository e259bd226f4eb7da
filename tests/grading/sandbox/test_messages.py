"""Messages on a line whose other end may be hostile."""

import json
import resource
import socket
import struct
from threading import Thread
from time import monotonic

import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.sandbox.line.messages import BrokenLine, Closed, Line, packed, unpacked, waiting_for

MOST = 1_000_000


@pytest.fixture
def ends():
    """The trusted end of a line, and the bare socket at its other end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Line(ours, MOST, MOST), theirs


def receive(line, seconds=10.0):
    return line.receive(waiting_for(line.end, monotonic() + seconds))


def head(text_length, blob_length=0):
    return struct.pack("!IQ", text_length, blob_length)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=20) | st.none()), st.integers(0, 40))
def test_a_message_comes_out_as_it_went_in(message, size):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        tensors = {"0": torch.randn(size, 3), "1": torch.ones(size, dtype=torch.bool)}
        Line(theirs, MOST, MOST).send(message, tensors, waiting_for(theirs))
        got, blobs = receive(Line(ours, MOST, MOST))
        assert got == json.loads(json.dumps(message))
        assert blobs.keys() == tensors.keys() and all(torch.equal(blobs[key], tensors[key]) for key in tensors)


def test_a_large_message_goes_through_a_small_buffer(ends):
    line, theirs = ends
    value = torch.randn(200_000)
    sender = Thread(target=lambda: Line(theirs, MOST, MOST).send({}, {"0": value}, waiting_for(theirs)))
    sender.start()
    assert torch.equal(receive(line)[1]["0"], value)
    sender.join()


def test_messages_stay_apart_however_they_are_cut(ends):
    line, theirs = ends
    stream = packed({"n": 1}, {}) + packed({"n": 2}, {"0": torch.ones(2)})
    for position in range(len(stream)):
        theirs.send(stream[position : position + 1])
    assert receive(line)[0] == {"n": 1}
    assert receive(line)[0] == {"n": 2}


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"1", b"null", b'"x"', b"\xff\xfe", b"{]", b"{'a': 1}", b"[" * 20_000, b'{"a":' * 20_000,
     b'{"n": ' + b"1" * 10_000 + b"}"],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
def test_what_is_no_json_object_breaks_the_line(ends, text):
    line, theirs = ends
    theirs.sendall(head(len(text)) + text)
    with pytest.raises(BrokenLine, match="a message that is"):
        receive(line)


def tampered(**changes):
    blob = safetensors.torch.save({"0": torch.ones(4)})
    size = int.from_bytes(blob[:8], "little")
    header = json.loads(blob[8 : 8 + size])
    header["0"] |= changes
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + blob[8 + size :]


@pytest.mark.parametrize(
    "blob",
    [
        b"x",
        b"\0" * 8,
        (1 << 62).to_bytes(8, "little") + b"{}",
        safetensors.torch.save({"0": torch.ones(4)})[:-1],
        safetensors.torch.save({"0": torch.ones(4)}) + b"x",
        tampered(shape=[5]),
        tampered(shape=[-4]),
        tampered(shape=[1 << 40, 1 << 40]),
        tampered(dtype="F64"),
        tampered(dtype="O"),
        tampered(data_offsets=[0, 1 << 40]),
        tampered(data_offsets=[16, 0]),
        tampered(data_offsets=[0, 8]),
        tampered(shape="4"),
    ],
    ids=range(14),
)
def test_malformed_tensors_break_the_line(ends, blob):
    line, theirs = ends
    theirs.sendall(head(2, len(blob)) + b"{}" + blob)
    with pytest.raises(BrokenLine, match="tensors that cannot be read"):
        receive(line)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_are_a_message_or_break_the_line(text, blob):
    try:
        unpacked(text, blob)
    except BrokenLine:
        pass


@pytest.mark.parametrize("lengths", [(MOST + 1, 0), (2, MOST + 1), ((1 << 32) - 1, 0), (2, (1 << 64) - 1)])
def test_a_message_that_is_too_large_is_refused_by_its_claim_alone(ends, lengths):
    line, theirs = ends
    theirs.sendall(head(*lengths))
    with pytest.raises(BrokenLine, match="too large"):
        receive(line)


def test_a_length_that_is_only_claimed_costs_nothing(ends):
    line = Line(ends[0].end, 1 << 31, 1 << 40)
    theirs = ends[1]
    theirs.sendall(head((1 << 31) - 1, 1 << 39) + b"{")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TimeoutError):
        receive(line, 0.1)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


@pytest.mark.parametrize("sent", [b"", b"\0\0\0", head(10), head(10) + b"{", head(2, 100) + b"{}" + b"x" * 50])
def test_half_a_message_and_then_the_end_is_an_end(ends, sent):
    line, theirs = ends
    theirs.sendall(sent)
    theirs.close()
    with pytest.raises(Closed):
        receive(line)


def test_to_send_to_one_who_has_gone_is_an_end(ends):
    line, theirs = ends
    theirs.close()
    with pytest.raises(Closed):
        line.send({}, {"0": torch.zeros(100_000)}, waiting_for(line.end))


def test_one_who_does_not_read_and_one_who_does_not_write_meet_the_deadline(ends):
    line, _ = ends
    with pytest.raises(TimeoutError):
        line.send({}, {"0": torch.zeros(1_000_000)}, waiting_for(line.end, monotonic() + 0.1))
    with pytest.raises(TimeoutError):
        receive(line, 0.1)
