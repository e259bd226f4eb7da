"""A student's process that answers with what no honest one does: the call fails, and nothing else happens here."""

import json
from contextlib import suppress

import numpy
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from torch import nn

from attention_lib.checks import CheckFailed, Checks, FromAnotherProcess
from grading.sandbox.stand_ins import StudentNamespace
from grading.sandbox.student_process import StudentProcess, StudentStopped
from tests.grading.sandbox.forms import FORMS, REPLIES
from tests.grading.sandbox.processes import allow

# What a student's code can do to what runs beside it in its own process.
TAKEN_OVER = """
import gc, json, os, struct, torch
from torch import nn
from grading.sandbox.inside.calls import Calls
from grading.sandbox.line.messages import Line
[line] = [thing for thing in gc.get_objects() if isinstance(thing, Line)]
def f(*a): return 1
class AttentionHead(nn.Module):
    def __init__(self): super().__init__(); self.W_q = nn.Linear(2, 2, bias=False)
    def forward(self, x): return x
def answer(reply, tensors={}):
    Calls.call = lambda self, message, sent: (dict(reply), tensors)
def raw(data):
    line.end.setblocking(True)
    line.end.sendall(data)
    line.end.setblocking(False)
def as_message(text, blob=b""):
    return struct.pack("!IQ", len(text), len(blob)) + text + blob
"""


@pytest.fixture
def taken_over(student, printed):
    """taken_over(source): runs the source there, with the names above, and gives the stand-ins."""

    def run(source: str) -> dict:
        printed(TAKEN_OVER)
        names = StudentNamespace(student).names(["f", "AttentionHead"])
        printed(source)
        return names

    return run


TENSOR = "{'tensor': 0, 'grad': False, 'complex': False}"
WEIGHT = TENSOR.replace("'grad': False", "'grad': True")
ANSWERS = {
    "nothing": "{}",
    "no list of changes": "{'result': 1, 'changed': 5}",
    "a change of nothing": f"{{'result': 1, 'left': [], 'changed': [[9, {TENSOR}]]}}",
    "a change to a number": "{'result': 1, 'left': [], 'changed': [[0, 5]]}",
    "a change at a negative place": f"{{'result': 1, 'left': [], 'changed': [[-1, {TENSOR}]]}}",
    "a tensor that is not there": f"{{'result': {TENSOR.replace('0', '7')}, 'left': [], 'changed': []}}",
    "a gradient for whole numbers": f"{{'result': {WEIGHT}, 'left': [], 'changed': []}}",
    "an unknown form": "{'result': {'pickle': 'gASV'}, 'left': [], 'changed': []}",
    "no result": "{'left': [], 'changed': [], 'printed': ''}",
    "a deep result": "{'left': [], 'changed': [], 'result': json.loads('{\"list\": [' * 300 + '1' + ']}' * 300)}",
    "a name that is none": "{'result': {'other': {'x': 1}, 'more': 1}, 'left': [], 'changed': []}",
}


@pytest.mark.parametrize("reply", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_of_another_form_breaks_the_connection(taken_over, reply):
    f = taken_over(f"answer({reply}, {{'0': torch.ones(2, dtype=torch.int64)}})")["f"]
    with pytest.raises(StudentStopped, match="broke the connection to the grader"):
        f(torch.ones(2))


LEFT = {
    "no list": "5",
    "no pair": "[[0]]",
    "of nothing": "[[9, {'list': []}]]",
    "at a negative place": "[[-1, {'list': []}]]",
    "at no place": "[[True, {'list': []}]]",
    "a number": "[[0, 5]]",
    "another kind": "[[0, {'dict': []}]]",
    "a thing that is no data": "[[0, {'other': ['A', ['list'], False]}]]",
    "a tuple": "[[0, {'tuple': []}]]",
    "more than there are": "[[0, {'list': []}]] * 9",
    "itself": "[[0, {'list': [{'given': 0}]}]]",
    "one another": "[[0, {'list': [{'given': 1}]}], [1, {'dict': [['a', {'given': 0}]]}]]",
    "much of one another": (
        "[[0, {'list': [{'given': 1}] * 1000}], [1, {'dict': [[n, {'given': 2}] for n in range(1000)]}],"
        " [2, {'list': [0] * 1000}]]"
    ),
    "no such argument": "[[0, {'list': [{'given': 7}]}]]",
    "an array for a list": "[[0, {'array': ['<f4', [2], True]}]]",
}


@pytest.mark.parametrize("left", LEFT.values(), ids=LEFT)
def test_what_cannot_be_left_in_an_argument_breaks_the_connection(taken_over, left):
    reply = f"{{'result': 1, 'left': {left}, 'changed': []}}"
    f = taken_over(f"answer({reply}, {{'array0': torch.ones(8, dtype=torch.uint8)}})")["f"]
    with pytest.raises(StudentStopped, match="broke the connection to the grader"):
        f([1], {}, [])


def test_a_huge_or_odd_print_is_cut_and_made_encodable(taken_over, capsys):
    f = taken_over("answer({'result': 2, 'left': [], 'changed': [], 'printed': '\\ud800' + 'x' * 1_000_000})")["f"]
    assert f() == 2
    printed = capsys.readouterr().out
    assert len(printed) == 4_000 and printed.encode()


def test_any_reply_is_a_value_a_failed_check_or_ends_the_process(student, taken_over):
    """Nothing that a hostile process can answer is an error of the grader's."""
    names = taken_over(
        "Calls.call = lambda self, message, sent: (json.loads(reply), {'0': torch.ones(2), '1': torch.ones(2, 2),"
        " 'array0': torch.ones(2, dtype=torch.uint8)})\n"
        "Calls.backward = lambda self, message, sent: (json.loads(reply), {'0': torch.ones(2)})\n"
        "Calls.kinds = lambda self, names: globals().__setitem__('reply', names[0])"
    )

    def judged(call) -> None:
        """As a check does it, and then all that may be left of it is looked at."""
        arguments = [torch.ones(2, requires_grad=True), [1, [2]], {"a": 1}, numpy.zeros(2, "u1"), {3}]

        def check():
            result = call(*arguments)
            if isinstance(result, torch.Tensor) and result.requires_grad and result.is_floating_point():
                torch.autograd.grad(result.sum(), arguments[0], allow_unused=True)
            assert result == arguments[1] and str(arguments) == "x"

        checks = Checks("f")
        checks.visible(check)
        assert checks.records[0].message.encode()

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(REPLIES | FORMS.map(lambda form: {"result": form, "left": [], "changed": []}))
    def tried(reply):
        allow(student)
        student.ask({"do": "kinds", "names": [json.dumps(reply)]})
        for name in ("f", "AttentionHead"):
            with suppress(StudentStopped):
                judged(names[name])
            with suppress(StudentStopped, CheckFailed, FromAnotherProcess, TypeError):
                names[name](torch.ones(2, requires_grad=True), [1, [2]], {"a": 1}, numpy.zeros(2, "u1"), {3})

    tried()


@pytest.mark.parametrize("prints", ["5", "['x']", "None", "{'a': 1}"])
def test_prints_that_are_no_text_are_passed_over(taken_over, prints, capsys):
    f = taken_over(f"answer({{'result': 2, 'left': [], 'changed': [], 'printed': {prints}}})")["f"]
    assert f() == 2 and capsys.readouterr().out == ""


def test_a_forged_error_is_only_an_error(taken_over):
    error = "{'type': 'ChecksFailed', 'bases': ['SystemExit'], 'text': 'x'}"
    f = taken_over(f"answer({{'error': {error}, 'left': [], 'changed': []}})")["f"]
    with pytest.raises(Exception) as caught:
        f()
    assert type(caught.value).__name__ == "ChecksFailed" and not isinstance(caught.value, SystemExit)


def description(layers: str, parameters: str = f"[[0, {WEIGHT}]]") -> str:
    return f"{{'left': [], 'changed': [], 'result': {{'module': {{'layers': {layers}, 'parameters': {parameters}}}}}}}"


def layer(**entries) -> str:
    plain = {"kind": "'Linear'", "name": "'x'", "number": "0", "parameters": "[]", "buffers": "[]", "layers": "[]"}
    return "{" + ", ".join(f"'{key}': {value}" for key, value in (plain | entries).items()) + "}"


DESCRIPTIONS = {
    "no layers": description("[]"),
    "layers that are no list": description("5"),
    "a layer that is none": description("[5]"),
    "without entries": description("[{}]"),
    "a number that is none": description(f"[{layer(number=repr('x'))}]"),
    "a parameter that is not there": description(f"[{layer(parameters='[[chr(97), 5]]')}]"),
    "a place that is not there": description(f"[{layer(layers='[[chr(97), 5]]')}]"),
    "a name that is none": description(f"[{layer(parameters='[[5, 0]]')}]"),
    "an empty name": description(f"[{layer(parameters='[[str(), 0]]')}]"),
    "a dunder name": description(f"[{layer(parameters='[[str(chr(95) * 2 + chr(97)), 0]]')}]"),
    "a name with a dot": description(f"[{layer(layers='[[chr(97) + chr(46), 0]]')}]"),
    "a name of the module's own": description(f"[{layer(layers='[[' + repr('forward') + ', 0]]')}]"),
    "a name of a parameter's own": description(f"[{layer(parameters='[[' + repr('_parameters') + ', 0]]')}]"),
    "a huge name": description(f"[{layer(parameters='[[chr(97) * 100, 0]]')}]"),
    "too many layers": description(f"[{layer()}] * 300"),
    "too many parameters": description(f"[{layer()}]", f"[[0, {WEIGHT}]] * 600"),
    "a parameter that is no tensor": description(f"[{layer()}]", "[[0, 5]]"),
    "a number of a parameter that is none": description(f"[{layer()}]", f"[['a', {WEIGHT}]]"),
    "pairs that are none": description(f"[{layer()}]", "[5]"),
    "a weight of one dimension": description(
        f"[{layer(layers='[[chr(97), 1]]')}, {layer(number='1', parameters='[[' + repr('weight') + ', 0]]')}]"
    ),
}


@pytest.mark.parametrize("reply", DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_a_module_that_cannot_be_described_breaks_the_connection(taken_over, reply):
    head = taken_over(f"answer({reply}, {{'0': torch.ones(2)}})")["AttentionHead"]
    with pytest.raises(StudentStopped, match="broke the connection to the grader"):
        head()


def test_a_description_cannot_replace_what_a_module_does(taken_over):
    """`named_parameters` as the name of a layer, say: a test that counts parameters would call what came."""
    for name in ("parameters", "state_dict", "named_parameters", "training", "W_q.weight"):
        reply = description(f"[{layer(kind=repr('Module'), layers=f'[[{name!r}, 1]]')}, {layer(number='1')}]")
        head = taken_over(f"answer({reply}, {{'0': torch.ones(2)}})")["AttentionHead"]
        with pytest.raises(StudentStopped):
            head()


def test_a_layer_that_holds_itself_ends(taken_over):
    reply = description(f"[{layer(layers='[[chr(97), 0]]')}]")
    head = taken_over(f"answer({reply}, {{'0': torch.ones(2)}})")["AttentionHead"]
    try:
        made = head()
    except StudentStopped:
        return
    assert isinstance(made, nn.Module) and len(list(made.parameters())) == 0


GRADIENTS = {
    "too few": "{'result': {'list': []}}",
    "no list": "{'result': 5}",
    "of another shape": "{'result': {'list': [{'tensor': 0, 'grad': False, 'complex': False}]}}",
    "no tensor": "{'result': {'list': [5]}}",
    "nothing": "{}",
}


@pytest.mark.parametrize("reply", GRADIENTS.values(), ids=GRADIENTS)
def test_gradients_that_do_not_fit_break_the_connection(taken_over, reply):
    names = taken_over(
        f"def f(x): return x * 2\nCalls.backward = lambda self, message, sent: ({reply}, {{'0': torch.ones(7)}})"
    )
    x = torch.ones(2, requires_grad=True)
    result = names["f"](x)
    with pytest.raises(StudentStopped, match="broke the connection to the grader"):
        torch.autograd.grad(result.sum(), x)


RAW = {
    "garbage": ("raw(os.urandom(64))", "broke the connection"),
    "text": ("raw(b'HTTP/1.1 200 OK\\r\\n\\r\\n' * 4)", "broke the connection"),
    "a huge claim": ("raw(struct.pack('!IQ', 2, 1 << 60))", "too large"),
    "deep JSON": ("raw(as_message(b'[' * 50_000))", "not JSON"),
    "no object": ("raw(as_message(b'[]'))", "not an object"),
    "a pickle": ("raw(as_message(b'{}', __import__('pickle').dumps(Exception())))", "tensors that cannot be read"),
    "an answer to another question": ("raw(as_message(json.dumps({'to': 99}).encode()))", "answer to another question"),
    "an answer without a number": ("raw(as_message(b'{}'))", "answer to another question"),
    "an answer in advance": (
        "raw(as_message(json.dumps({'to': %d, 'result': 1, 'left': [], 'changed': []}).encode()) * 2)",
        "answer to another question",
    ),
    "the end of the line": ("line.end.shutdown(2)", "ended the Python process"),
    "a closed line": ("os.close(line.end.fileno())", "ended the Python process|broke the connection"),
}


@pytest.mark.parametrize(("source", "reason"), RAW.values(), ids=RAW)
def test_what_else_comes_over_the_line_stops_the_submission(student, printed, source, reason):
    printed(TAKEN_OVER)
    f = StudentNamespace(student).names(["f"])["f"]
    if "%d" in source:
        source %= student.number + 1
    with pytest.raises(StudentStopped, match=reason):
        printed(source)
        for _ in range(3):
            f()


def test_the_next_submission_is_not_touched_by_it(warm):
    with StudentProcess(warm) as process:
        process.run_cell(TAKEN_OVER + "\nanswer({'result': 7, 'left': [], 'changed': []})\nCalls.kinds = None")
    with StudentProcess(warm) as process:
        process.run_cell("def f(): return 1")
        assert StudentNamespace(process).names(["f"])["f"]() == 1


OUTPUTS = [
    "5", "[5, None]", "[{'output_type': 'stream'}]", "[{'output_type': 'stream', 'name': 'log', 'text': 'x'}]",
    "[{'output_type': 'display_data', 'data': {'a': 5}, 'metadata': []}]", "[{'output_type': 'x'}]",
    "[{'output_type': 'error', 'ename': 'x', 'evalue': 5, 'traceback': []}]",
]  # fmt: skip


@pytest.mark.parametrize("outputs", OUTPUTS)
def test_outputs_of_another_form_are_dropped(student, printed, outputs):
    printed(f"get_ipython().run = lambda source: {outputs}")
    assert student.run_cell("1") == []


def test_texts_in_outputs_are_made_encodable(student, printed):
    printed("print('\\ud800')")
    printed("get_ipython().run = lambda source: [{'output_type': 'stream', 'name': 'stdout', 'text': '\\ud800x'}]")
    [output] = student.run_cell("1")
    output.text.encode()
    assert output.text.endswith("x")
