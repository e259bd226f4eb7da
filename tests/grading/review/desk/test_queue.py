"""What waits, in which order, and what belongs together."""

import sqlite3
from contextlib import closing

import pytest

from grading.grade.gradebook.wait import wait_for_gradebook
from grading.review.records.store import StoredComment
from tests.grading.review.desk.desk_course import EINSUM, PLAIN, UNUSED, WEIGHTED, OpenDesk

LONG = StoredComment((0, 0), "other", "The name of this function says what it does, and so do those of its arguments.")
LONG_TOO = StoredComment(
    (0, 1), "other", "The name of the function says what it does, and so do those of its arguments."
)
DIFFERENT = StoredComment((1, 1), "other", "Something else entirely.")


def test_alike_ones_stand_together_and_the_graver_reason_first(course):
    for student in ("ann", "ben", "cem"):
        course.grade(student, {"project_qkv": PLAIN})
    course.grade("dan", {"project_qkv": EINSUM, "aggregate_values": WEIGHTED})
    course.say(PLAIN, LONG, DIFFERENT, UNUSED)
    course.say(EINSUM, LONG_TOO)
    course.say(WEIGHTED, StoredComment((0, 0), "other", "Fine."), cell="aggregate_values", doubt="it was cut")
    with OpenDesk(course) as desk:
        groups = desk.entered().queue()
    assert [[card["text"] for card in group] for group in groups] == [
        ["Fine."],
        [LONG.text, LONG_TOO.text],
        [DIFFERENT.text],
    ]
    assert [[card["students"] for card in group] for group in groups] == [[1], [3, 1], [3]]
    assert groups[0][0]["doubt"] == 3


def test_comments_on_right_and_on_wrong_answers_are_not_alike(course):
    course.grade("ann", {"project_qkv": PLAIN})
    course.grade("ben", {"project_qkv": EINSUM}, wrong=("project_qkv",))
    course.say(PLAIN, LONG)
    course.say(EINSUM, LONG)
    with OpenDesk(course) as desk:
        groups = desk.entered().queue()
    assert sorted(len(group) for group in groups) == [1, 1]
    assert {group[0]["right"] for group in groups} == {True, False}


def test_a_comment_comes_with_code_tests_reference_and_reasons(course):
    course.grade("ann", {"project_qkv": PLAIN}, wrong=("project_qkv",), name="Ada")
    course.grade("ben", {"project_qkv": f"# mine\n{PLAIN}"}, wrong=("project_qkv",))
    course.say(PLAIN, DIFFERENT)
    with OpenDesk(course) as desk:
        visitor = desk.entered()
        [[card]] = visitor.queue()
        full = visitor.get(f"comments/{card['key']}")
    assert full["called"] == ["Ada Lovelace (ann)", "ben"]
    one, other = full["versions"]
    lines = ["".join(text for _, text in line) for line in one["lines"]]
    assert lines == PLAIN.split("\n")
    assert (one["marked"], other["marked"]) == ([2, 2], [3, 3])
    assert {"name": "worked example", "passed": False} in one["checks"]
    assert one["why"] and all(sentence.endswith(".") for sentence in one["why"])
    assert any(name == "kd" or name == "k" for line in full["reference"] for name, _ in line)
    assert "def project_qkv" in "".join(text for line in full["task"] for _, text in line)


def test_counts(course):
    course.grade("ann", {"project_qkv": PLAIN})
    course.say(PLAIN, DIFFERENT, LONG, UNUSED)
    with OpenDesk(course) as desk:
        visitor = desk.entered()
        first = visitor.get("queue")
        assert first["counts"] == {"waiting": 2, "decided": 0, "today": 0, "today_by_you": 0, "shown": 1}
        visitor.decide(first["groups"][0], "approved")
        assert visitor.get("news?since=0")["counts"]["waiting"] == 1
        assert visitor.get("news?since=0")["counts"]["today_by_you"] == 1


def test_what_rules_show_can_be_rejected(course):
    course.grade("ann", {"project_qkv": PLAIN})
    course.say(PLAIN, UNUSED)
    with OpenDesk(course) as desk:
        visitor = desk.entered()
        [card] = visitor.get("shown")["shown"]
        assert card["text"] == UNUSED.text
        assert visitor.decide([card], "rejected").status_code == 200
        assert visitor.get("shown")["shown"] == []
        assert visitor.queue() == []
        # Taken back, it is shown as before.
        [decided] = visitor.get("decisions")["decided"]
        assert visitor.decide([decided], "open").status_code == 200
        assert [each["key"] for each in visitor.get("shown")["shown"]] == [card["key"]]


@pytest.mark.parametrize("change", ["handed in again", "a new student", "a reply", "a student less"])
def test_the_queue_follows_what_changes(course, change):
    path = course.grade("ann", {"project_qkv": PLAIN})
    course.grade("ben", {"project_qkv": EINSUM})
    course.say(PLAIN, LONG)
    with OpenDesk(course) as desk:
        visitor = desk.entered()
        before = visitor.get("queue")
        assert [card["students"] for group in before["groups"] for card in group] == [1]
        if change == "handed in again":
            course.grade("ann", {"project_qkv": EINSUM})
            expected = []
        elif change == "a new student":
            course.grade("cem", {"project_qkv": PLAIN})
            expected = [2]
        elif change == "a reply":
            course.say(EINSUM, DIFFERENT)
            expected = [1, 1]
        else:
            path.unlink()
            path.parent.rmdir()
            expected = []
        after = visitor.get("queue")
    assert [card["students"] for group in after["groups"] for card in group] == expected
    assert after["version"] > before["version"]


def test_a_notebook_that_did_not_change_is_not_read_again(course, monkeypatch):
    from grading.review.desk import class_comments

    for student in ("ann", "ben"):
        course.grade(student, {"project_qkv": PLAIN})
    course.say(PLAIN, LONG)
    read = []
    plain = class_comments.read_autograded
    monkeypatch.setattr(class_comments, "read_autograded", lambda *given: read.append(given[-1]) or plain(*given))
    with OpenDesk(course) as desk:
        visitor = desk.entered()
        visitor.queue()
        course.grade("ben", {"project_qkv": EINSUM})
        visitor.queue()
        visitor.queue()
    assert read == ["ann", "ben", "ben"]


def test_praise_of_an_answer_that_fails_now_comes_back(course):
    praise = StoredComment((1, 1), "praise", "Nice: all in one go.")
    course.grade("ann", {"project_qkv": EINSUM})
    course.say(EINSUM, praise)
    with OpenDesk(course) as desk:
        visitor = desk.entered()
        [[card]] = visitor.queue()
        assert visitor.decide([card], "approved").status_code == 200
        assert visitor.queue() == []
        course.grade("ann", {"project_qkv": EINSUM}, wrong=("project_qkv",))
        [[again]] = visitor.queue()
        assert again["again"] and again["doubt"] == 3
        assert visitor.decide([again], "approved").status_code == 200
        assert visitor.queue() == [], "who approves it now knows that a test fails"


def test_a_change_is_not_forgotten_while_the_records_are_locked(course):
    course.grade("ann", {"project_qkv": PLAIN})
    course.say(PLAIN, LONG)
    wait_for_gradebook(0.2)
    try:
        with OpenDesk(course) as desk:
            visitor = desk.entered()
            visitor.queue()
            with closing(sqlite3.connect(course.folder / "gradebook.db", isolation_level=None)) as blocker:
                blocker.execute("BEGIN EXCLUSIVE")
                course.grade("ben", {"project_qkv": PLAIN})
                assert visitor.client.get(f"{visitor.origin}/queue").status_code == 503
                blocker.execute("ROLLBACK")
            [[card]] = visitor.queue()
    finally:
        wait_for_gradebook(5)
    assert card["students"] == 2
