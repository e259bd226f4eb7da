"""Decisions: made, taken back, told, and not overwritten by somebody who had not seen them."""

import socket

import pytest

from grading.review.desk.on_loopback import ADDRESS
from grading.review.records.store import ReviewStore, StoredComment
from tests.grading.review.desk.desk_course import EINSUM, PLAIN, OpenDesk

NAMED = StoredComment((1, 1), "other", "This could have a name.")
OTHER = StoredComment((1, 1), "other", "Something else entirely.")


@pytest.fixture
def two(course):
    """Two answers with the same comment, and the first with another one."""
    course.grade("ann", {"project_qkv": PLAIN})
    course.grade("ben", {"project_qkv": EINSUM})
    course.say(PLAIN, NAMED, OTHER)
    course.say(EINSUM, NAMED)
    return course


@pytest.mark.parametrize("verdict, text", [("approved", None), ("rejected", None), ("edited", "Name *this*, please.")])
def test_a_decision_is_kept_with_who_and_when_and_can_be_taken_back(two, verdict, text):
    with OpenDesk(two, "tess") as desk:
        visitor = desk.entered()
        alike, single = visitor.queue()
        [made] = visitor.decide(alike[:1], verdict, text).json()["decisions"]
        assert (made["verdict"], made["by"], made["text"]) == (verdict, "tess", text or NAMED.text)
        assert [len(group) for group in visitor.queue()] == [1, 1]
        [decided] = visitor.get("decisions")["decided"]
        assert visitor.decide([decided], "open").status_code == 200
        assert visitor.queue()[0] == [alike[0] | {"seen": made["number"] + 1}, alike[1]]
        assert visitor.get("decisions")["decided"] == []
    with ReviewStore(two.course.db_url) as store:
        assert [each.verdict for each in store.history([made["key"]])] == [verdict, "open"]


def test_the_history_tells_all_decisions(two):
    with OpenDesk(two, "tess") as tess, OpenDesk(two, "omar") as omar:
        one, other = tess.entered(), omar.entered()
        [card] = one.queue()[1]
        one.decide([card], "approved")
        [seen] = other.get("decisions")["decided"]
        other.decide([seen], "edited", "Better so.")
        [decided] = one.get("decisions")["decided"]
    assert [(each["by"], each["verdict"]) for each in decided["history"]] == [("tess", "approved"), ("omar", "edited")]
    assert decided["history"][1]["text"] == "Better so."
    assert decided["decision"]["at"].endswith("Z")


def test_two_at_once_do_not_overwrite_each_other(two):
    with OpenDesk(two, "tess") as tess, OpenDesk(two, "omar") as omar:
        one, other = tess.entered(), omar.entered()
        [card] = one.queue()[1]
        assert [card] == other.queue()[1]
        assert one.decide([card], "approved").status_code == 200
        late = other.decide([card], "rejected")
        assert late.status_code == 409
        theirs = late.json()["decision"]
        assert (theirs["by"], theirs["verdict"]) == ("tess", "approved")
        assert [each["key"] for each in other.get("news?since=0")["decisions"]] == [card["key"]]
        # Who has seen it may decide anew.
        assert other.decide([card | {"seen": theirs["number"]}], "rejected").status_code == 200
        assert one.get("decisions")["decided"][0]["decision"]["by"] == "omar"


def test_all_alike_are_decided_or_none(two):
    with OpenDesk(two, "tess") as tess, OpenDesk(two, "omar") as omar:
        one, other = tess.entered(), omar.entered()
        alike = one.queue()[0]
        assert len(alike) == 2
        other.decide(alike[1:], "rejected")
        assert one.decide(alike, "approved").status_code == 409
        assert [card["decision"]["by"] for card in one.get("decisions")["decided"]] == ["omar"]
        [decided] = one.get("decisions")["decided"]
        assert one.decide([alike[0], decided], "approved").status_code == 200
        assert len(one.get("decisions")["decided"]) == 2


def test_news_tells_only_what_came_since(two):
    with OpenDesk(two) as desk:
        visitor = desk.entered()
        groups = visitor.queue()
        visitor.decide(groups[0], "approved")
        number = visitor.get("news?since=0")["number"]
        visitor.decide(groups[1], "rejected")
        news = visitor.get(f"news?since={number}")
    assert [each["verdict"] for each in news["decisions"]] == ["rejected"]
    assert news["number"] == number + 1


def test_older_decisions_come_in_portions(two, monkeypatch):
    from grading.review.desk import desk as desk_module

    monkeypatch.setattr(desk_module, "DECIDED_AT_ONCE", 2)
    with OpenDesk(two) as desk:
        visitor = desk.entered()
        visitor.decide([card for group in visitor.queue() for card in group], "approved")
        first = visitor.get("decisions")
        assert (len(first["decided"]), first["more"]) == (2, 1)
        rest = visitor.get(f"decisions?before={first['decided'][-1]['decision']['number']}")
    assert (len(rest["decided"]), rest["more"]) == (1, 0)


@pytest.mark.parametrize(
    "change, status, word",
    [
        ({"verdict": "edited", "text": "x" * 2_001}, 400, "2,001 characters"),
        ({"verdict": "edited", "text": " \n "}, 400, "no text"),
        ({"verdict": "edited"}, 400, "no text"),
        ({"verdict": "edited", "text": ["a"]}, 400, "no text"),
        ({"verdict": "loved"}, 400, "'loved'"),
        ({"comments": []}, 400, "names no comment"),
        ({"comments": [{"key": "0" * 64, "seen": 0}]}, 404, "graded anew"),
        ({"comments": [{"key": 5, "seen": 0}]}, 400, "Reload"),
        ({"comments": "all"}, 400, "Reload"),
        ({"comments": [{"key": f"{n:064}", "seen": 0} for n in range(2_001)]}, 400, "At most 2,000"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_a_sentence(two, change, status, word):
    with OpenDesk(two) as desk:
        visitor = desk.entered()
        [card] = visitor.queue()[1]
        answer = visitor.post({"comments": [{"key": card["key"], "seen": 0}], "verdict": "approved"} | change)
        assert (answer.status_code, word in answer.json()["message"]) == (status, True), answer.text
        assert visitor.get("decisions")["decided"] == []


@pytest.mark.parametrize("body", ["", "[]", "nonsense", '{"comments": ' + "[" * 5_000, '"text"'])
def test_what_is_no_decision_is_refused(two, body):
    with OpenDesk(two) as desk:
        visitor = desk.entered()
        answer = visitor.client.post(f"{visitor.origin}/decisions", content=body)
    assert answer.status_code == 400 and "Reload" in answer.json()["message"]


def test_a_body_that_no_decision_needs_is_refused_unread(two):
    with OpenDesk(two) as desk:
        visitor = desk.entered()
        with socket.create_connection((ADDRESS, desk.loopback.port), timeout=10) as line:
            line.sendall(b"POST /decisions HTTP/1.1\r\nHost: desk\r\nContent-Length: 600000\r\n\r\n")
            assert line.recv(12) == b"HTTP/1.1 400"
        assert len(visitor.queue()) == 2


def test_a_database_that_is_locked_is_told_and_costs_nothing(two):
    import sqlite3

    from grading.grade.gradebook.wait import wait_for_gradebook

    wait_for_gradebook(0.2)
    try:
        with OpenDesk(two) as desk:
            visitor = desk.entered()
            [card] = visitor.queue()[1]
            blocker = sqlite3.connect(two.folder / "gradebook.db", isolation_level=None)
            blocker.execute("BEGIN EXCLUSIVE")
            answer = visitor.decide([card], "approved")
            assert answer.status_code == 503 and "try again" in answer.json()["message"]
            blocker.execute("ROLLBACK")
            blocker.close()
            assert visitor.decide([card], "approved").status_code == 200
    finally:
        wait_for_gradebook(5)
