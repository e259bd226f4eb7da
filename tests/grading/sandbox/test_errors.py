"""What a check sees of an error in the student's process: as much as it needs for its sentence, and nothing else."""

import pytest

from attention_lib.checks import FromAnotherProcess
from grading.sandbox.errors import as_exception


def error_of(stand_ins, body: str, *arguments):
    """The error that a call of `f(x)` with this body raises here."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    f = stand_ins(f"class Mine(KeyError): pass\ndef f(x=None):\n{lines}", "f")
    with pytest.raises(Exception) as caught:
        f(*arguments)
    assert isinstance(caught.value, FromAnotherProcess)
    return caught.value


BUILT_IN = [
    "ArithmeticError", "AssertionError", "AttributeError", "BufferError", "EOFError", "FileNotFoundError",
    "ImportError", "IndexError", "KeyError", "MemoryError", "NotImplementedError", "OSError", "OverflowError",
    "RecursionError", "RuntimeError", "StopAsyncIteration", "StopIteration", "SyntaxError", "TypeError", "ValueError",
    "ZeroDivisionError", "UserWarning", "PermissionError", "TimeoutError",
]  # fmt: skip


@pytest.mark.parametrize("name", BUILT_IN)
def test_an_error_can_be_caught_by_its_own_class(stand_ins, name):
    error = error_of(stand_ins, f"raise {name}('about this')")
    assert type(error).__name__ == name and isinstance(error, getattr(__import__("builtins"), name))
    assert "about this" in str(error)


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("return {}['no such key']", KeyError, "'no such key'"),
        ("raise Mine('x')", KeyError, "'x'"),
        ("return torch.ones(2, 3) @ torch.ones(2, 3)", RuntimeError, "mat1 and mat2 shapes cannot be multiplied"),
        ("open('/nowhere/x')", OSError, "Permission denied|No such file"),
        ("'x'.encode('ascii').decode('utf-16', 'strict')", ValueError, "truncated data"),
        ("raise ExceptionGroup('several', [ValueError(1)])", Exception, "several"),
        ("raise ValueError from KeyError(1)", ValueError, ""),
        ("return f(x)", RecursionError, "maximum recursion depth"),
        ("raise ValueError(chr(0xd800) + chr(0))", ValueError, "\ufffd"),
    ],
)
def test_kinds_and_texts(stand_ins, body, kind, text):
    error = error_of(stand_ins, body)
    assert isinstance(error, kind) and __import__("re").search(text, str(error))


def test_a_class_of_ones_own_has_its_name(stand_ins):
    assert type(error_of(stand_ins, "raise Mine('x')")).__name__ == "Mine"


@pytest.mark.parametrize("name", ["no identifier", "<script>", "é", "x" * 100, "class", ""])
def test_a_class_whose_name_is_none_is_an_object(stand_ins, name):
    assert type(error_of(stand_ins, f"raise type({name!r}, (ValueError,), {{}})('x')")).__name__ == "object"


def test_the_line_and_the_place_are_those_of_the_cell(stand_ins):
    error = error_of(stand_ins, "y = 1\nraise ValueError('here')")
    # Two lines of imports, the class, the `def`, and the second line below it.
    assert (error.raised.line, error.raised.function, error.raised.owner) == (6, "f", "f")
    error = error_of(stand_ins, "return torch.ones(2).reshape(3)")
    assert error.raised.line == 5 and error.raised.code == "torch.ones(2).reshape(3)"


def test_a_blank_stub_is_known_as_such(stand_ins):
    error = error_of(stand_ins, "raise NotImplementedError()")
    assert isinstance(error, NotImplementedError) and str(error) == "" and error.raised.function == "f"
    source = "class H(nn.Module):\n    def forward(self, x):\n        raise NotImplementedError()"
    head = stand_ins(source, "H")()
    with pytest.raises(NotImplementedError) as caught:
        head(1)
    assert caught.value.raised.function == "H.forward"


def test_a_name_error_tells_the_name(stand_ins):
    assert error_of(stand_ins, "return no_such_name").name == "no_such_name"
    assert error_of(stand_ins, "error = NameError('x')\nerror.name = 5\nraise error").name is None


@pytest.mark.parametrize("text", ["raise ValueError('x' * 10_000_000)", "raise ValueError(['x' * 3000] * 30)"])
def test_a_huge_text_is_cut(stand_ins, text):
    assert len(str(error_of(stand_ins, text))) == 2_000


def test_a_text_that_cannot_be_had_is_empty(stand_ins):
    body = "class Mute(ValueError):\n    def __str__(self): raise RuntimeError('no text')\nraise Mute()"
    error = error_of(stand_ins, body)
    assert type(error).__name__ == "Mute" and str(error) == ""


@pytest.mark.parametrize("kind", ["SystemExit", "KeyboardInterrupt"])
def test_an_exit_is_an_error_that_a_check_catches(stand_ins, kind):
    error = error_of(stand_ins, f"raise {kind}('enough')")
    assert type(error).__name__ == kind and str(error) == "enough"


FACTS = [
    None, 5, [], {}, {"type": 3, "text": 4, "bases": 5, "name": 8}, {"bases": [None, 3]},
    {"bases": ["exec", "print", "__import__", "SystemExit", "BaseException"]},
    *({"raised": raised} for raised in (
        5, {"line": "x", "function": 7, "owner": 1}, {"line": True}, {"line": 10**9}, {"line": -1}, {"line": 1.5},
    )),
    {"text": ["x"]}, {"type": "__class__ "}, {"bases": ["UnicodeDecodeError"]},
    {"bases": ["ExceptionGroup"]}, {"type": "x" * 10**6, "text": "\ud800" * 10**6},
]  # fmt: skip


@pytest.mark.parametrize("secret", [False, True])
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: str(fact)[:50])
def test_forged_facts_give_a_plain_error(fact, secret):
    error = as_exception(fact, secret)
    assert isinstance(error, Exception) and len(str(error)) <= 2_000 and len(type(error).__name__) <= 60
    assert error.raised.line is None and isinstance(error.raised.function, str)
    str(error).encode()


@pytest.mark.parametrize("name", [n for n in dir(__import__("builtins")) if n[0].isupper()])
def test_no_name_of_pythons_own_breaks_it(name):
    error = as_exception({"type": name, "bases": [name], "text": "x"}, secret=False)
    assert isinstance(error, FromAnotherProcess) and str(error) == "x"
