"""What waits, in which order, and what belongs together."""

import sqlite3
from contextlib import closing

import pytest

from grading.grade.gradebook.wait import wait_for_gradebook
from grading.review.records.store import StoredComment
from tests.grading.review.desk.desk_course import EINSUM, PLAIN, UNUSED, WEIGHTED, OpenDesk

LONG = StoredComment((0, 0), "other", "The name of this function says what it does, and so do those of its arguments.")
LONG_TOO = StoredComment((0, 1), "other", "The name of the function says what it does.")
ELSEWHERE = StoredComment((2, 2), "other", "Something else entirely.")
# An answer with the same finding as PLAIN, in other code.
PLAIN_TOO = "def project_qkv(x, W_q, W_k, W_v):\n    unused = x.mean()\n    Q = x @ W_q\n    return Q, x @ W_k, x @ W_v"
BESIDE = StoredComment((1, 1), "dead_code", "`unused` is never used; neither is `x.shape`.")
BESIDE_TOO = StoredComment((1, 1), "dead_code", "Nobody reads `unused`, and `x.mean` costs time.")


def test_of_the_same_code_drafts_of_a_kind_on_lines_that_meet_are_one_decision_and_most_students_come_first(course):
    for student in ("ann", "ben", "cem"):
        course.grade(student, {"project_qkv": PLAIN})
    course.grade("dan", {"project_qkv": EINSUM, "aggregate_values": WEIGHTED})
    course.say(PLAIN, LONG, LONG_TOO, ELSEWHERE, UNUSED)
    course.say(EINSUM, LONG)
    course.say(WEIGHTED, StoredComment((0, 0), "other", "Fine."), cell="aggregate_values", doubt="it was cut")
    with OpenDesk(course) as desk:
        visitor = desk.entered()
        found = visitor.get("queue")
    waiting = [[card["text"] for card in group["cards"]] for group in found["waiting"]]
    assert sorted(waiting[:2]) == [[ELSEWHERE.text], [LONG_TOO.text, LONG.text]] and waiting[2] == [LONG.text]
    assert [group["students"] for group in found["waiting"]] == [3, 3, 1]
    assert [card["text"] for group in found["folded"] for card in group["cards"]] == ["Fine."]


def test_beside_the_same_finding_drafts_are_one_decision_whatever_the_code(course):
    course.grade("ann", {"project_qkv": PLAIN})
    course.grade("ben", {"project_qkv": PLAIN_TOO})
    course.say(PLAIN, BESIDE, UNUSED)
    course.say(PLAIN_TOO, BESIDE_TOO)
    with OpenDesk(course) as desk:
        [group] = desk.entered().get("queue")["waiting"]
    assert [card["text"] for card in group["cards"]] == [BESIDE_TOO.text, BESIDE.text]
    assert group["finding"].startswith("Nothing reads `unused`.") and group["students"] == 2


def test_drafts_on_right_and_on_wrong_answers_are_apart(course):
    course.grade("ann", {"project_qkv": PLAIN})
    course.grade("ben", {"project_qkv": PLAIN_TOO}, wrong=("project_qkv",))
    course.say(PLAIN, BESIDE)
    course.say(PLAIN_TOO, BESIDE_TOO)
    with OpenDesk(course) as desk:
        groups = desk.entered().get("queue")["waiting"]
    assert sorted(group["right"] for group in groups) == [False, True]


def test_a_draft_comes_with_code_tests_reference_and_what_speaks_against_it(course):
    course.grade("ann", {"project_qkv": PLAIN}, wrong=("project_qkv",), name="Ada")
    course.grade("ben", {"project_qkv": f"# mine\n{PLAIN}"}, wrong=("project_qkv",))
    course.say(PLAIN, StoredComment((1, 1), "other", "It gets full marks."))
    with OpenDesk(course) as desk:
        visitor = desk.entered()
        [[card]] = visitor.queue("folded")
        full = visitor.get(f"drafts/{card['key']}")
    assert full["called"] == ["Ada Lovelace (ann)", "ben"]
    one, other = full["versions"]
    lines = ["".join(text for _, text in line) for line in one["lines"]]
    assert lines == PLAIN.split("\n")
    assert (one["marked"], other["marked"]) == ([2, 2], [3, 3])
    assert {"name": "worked example", "passed": False} in one["checks"]
    assert one["why"] == ["It speaks of scores, promises or staff: “full marks”."]
    assert any(name == "kd" or name == "k" for line in full["reference"] for name, _ in line)
    assert "def project_qkv" in "".join(text for line in full["task"] for _, text in line)


def test_decisions_left_and_students_reached_are_counted(course):
    for student in ("ann", "ben"):
        course.grade(student, {"project_qkv": PLAIN})
    course.say(PLAIN, ELSEWHERE, LONG, LONG_TOO, UNUSED)
    with OpenDesk(course) as desk:
        visitor = desk.entered()
        first = visitor.get("queue")
        assert first["counts"] == {"waiting": 2, "folded": 0, "decided": 0, "reached": 0}
        visitor.decide(first["waiting"][0]["cards"], "approved")
        counts = visitor.get("news?since=0")["counts"]
        assert (counts["waiting"], counts["reached"]) == (1, 2)


@pytest.mark.parametrize("change", ["handed in again", "a new student", "a reply", "a student less"])
def test_the_queue_follows_what_changes(course, change):
    path = course.grade("ann", {"project_qkv": PLAIN})
    course.grade("ben", {"project_qkv": EINSUM})
    course.say(PLAIN, LONG)
    with OpenDesk(course) as desk:
        visitor = desk.entered()
        before = visitor.get("queue")
        assert [group["students"] for group in before["waiting"]] == [1]
        if change == "handed in again":
            course.grade("ann", {"project_qkv": EINSUM})
            expected = []
        elif change == "a new student":
            course.grade("cem", {"project_qkv": PLAIN})
            expected = [2]
        elif change == "a reply":
            course.say(EINSUM, LONG)
            expected = [1, 1]
        else:
            path.unlink()
            path.parent.rmdir()
            expected = []
        after = visitor.get("queue")
    assert [group["students"] for group in after["waiting"]] == expected
    assert after["version"] > before["version"]


def test_a_notebook_that_did_not_change_is_not_read_again(course, monkeypatch):
    from grading.review import class_review

    for student in ("ann", "ben"):
        course.grade(student, {"project_qkv": PLAIN})
    course.say(PLAIN, LONG)
    read = []
    plain = class_review.read_autograded
    monkeypatch.setattr(class_review, "read_autograded", lambda *given: read.append(given[-1]) or plain(*given))
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
        assert "here a test fails" in visitor.get(f"drafts/{again['key']}")["versions"][0]["again"]
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
