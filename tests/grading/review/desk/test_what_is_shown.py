"""What students and models wrote is text to the page, whatever it is; and names can be hidden."""

import json

import pytest

from grading.review.desk.coloured import UNSEEN, coloured_lines, visible
from grading.review.records.store import StoredComment
from tests.grading.review.desk.desk_course import DeskCourse, OpenDesk

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_markup_reaches_the_page_as_text_in_json_alone(course):
    source = f'def project_qkv(x, W_q, W_k, W_v):\n    s = "{HOSTILE}"\n    return x @ W_q, x @ W_k, x @ W_v'
    course.grade("ann", {"project_qkv": source}, name=HOSTILE)
    course.say(source, StoredComment((1, 1), "other", HOSTILE))
    with OpenDesk(course, user=HOSTILE) as desk:
        visitor = desk.visitor()
        page = visitor.enter()
        assert HOSTILE not in page.text and "&lt;script&gt;" in page.text
        answer = visitor.client.get(f"{visitor.origin}/queue")
        assert answer.headers["content-type"].startswith("application/json")
        [[card]] = [group["cards"] for group in answer.json()["folded"]]
        full = visitor.get(f"drafts/{card['key']}")
    assert card["text"] == HOSTILE
    assert "".join(text for _, text in full["versions"][0]["lines"][1]).strip() == f's = "{HOSTILE}"'


def test_what_cannot_be_seen_is_made_visible():
    [line], cut = coloured_lines("x = 1  # a\u200bb\u202ec\U000e0041")
    assert [text for name, text in line if name == UNSEEN] == ["U+200B", "U+202E", "U+E0041"]
    assert "".join(text for name, text in line if name != UNSEEN) == "x = 1  # abc"
    assert (cut, visible("a\u2066b")) == ("", "a[U+2066]b")


@pytest.mark.parametrize(
    "source", ["", "\n\n", "'''", "def f(:\n\tx", "\x00\x1b[31m", "\ud800", "a\rb\r\nc", "x" * 100_000, "\n" * 5_000]
)
def test_any_text_has_as_many_lines_as_it_has(source):
    lines, cut = coloured_lines(source)
    assert 1 <= len(lines) <= 1_000
    assert bool(cut) == (len(source) > 50_000)
    assert all(isinstance(text, str) and "\n" not in text for line in lines for _, text in line)
    json.dumps(lines).encode("ascii")


@pytest.fixture
def blind(tmp_path):
    course = DeskCourse(tmp_path, blind=True)
    source = "def project_qkv(x, W_q, W_k, W_v):\n    return x @ W_q, x @ W_k, x @ W_v"
    for student, name in (("ann-hopper", "Grace"), ("ben-turing", "Alan"), ("cem-noether", "Emmy")):
        course.grade(student, {"project_qkv": source if student != "ben-turing" else f"# x\n{source}"}, name=name)
    course.say(source, StoredComment((1, 1), "other", "Something."))
    return course


def test_blind_nobodys_name_is_anywhere(blind):
    with OpenDesk(blind) as desk:
        visitor = desk.visitor()
        texts = [visitor.enter().text]
        [[card]] = visitor.queue()
        full = visitor.get(f"drafts/{card['key']}")
        visitor.decide([card], "approved")
        for address in ("queue", f"drafts/{card['key']}", "decisions", "news?since=0"):
            texts.append(json.dumps(visitor.get(address)))
    for name in ("hopper", "turing", "noether", "ann-", "ben-", "cem-", "Grace", "Alan", "Emmy", "Lovelace"):
        assert not any(name in text for text in texts), name
    assert full["called"] == ["answer 1", "answer 2", "answer 3"]
    assert sorted(name for version in full["versions"] for name in version["students"]) == full["called"]
    assert card["students"] == 3
