"""Decisions: made about a group, taken back, told, and not overwritten by somebody who had not seen them."""

import socket
from collections import Counter

import pytest

from grading.review.desk.on_loopback import ADDRESS
from grading.review.records.store import ReviewStore, StoredComment
from tests.grading.review.desk.desk_course import EINSUM, PLAIN, OpenDesk
from tests.grading.review.desk.test_queue import BESIDE, BESIDE_TOO, PLAIN_TOO

NAMED = StoredComment((0, 0), "other", "This could have a name.")
NAMED_TOO = StoredComment((0, 1), "other", "This could well have a name.")
OTHER = StoredComment((2, 2), "other", "Something else entirely.")


@pytest.fixture
def two(course):
    """Two answers: two drafts on the first are one decision, and two more stand alone."""
    course.grade("ann", {"project_qkv": PLAIN})
    course.grade("ben", {"project_qkv": EINSUM})
    course.say(PLAIN, NAMED, NAMED_TOO)
    course.say(EINSUM, NAMED, OTHER)
    return course


def shown(desk_course) -> dict[str, list[str]]:
    """The texts that each student gets, by id."""
    from grading.review.class_review import class_reviewables

    found = class_reviewables(desk_course.course, "attention", desk_course.settings)
    texts: dict[str, list[str]] = {}
    with ReviewStore(desk_course.course.db_url) as store:
        replies = store.best_replies((each.question_key for each in found), desk_course.settings.model)
        decisions = store.decisions(each.answer_key for each in found)
    for each in found:
        for draft in each.drafts(replies, decisions, desk_course.settings):
            texts.setdefault(each.student, []).extend(filter(None, [draft.approved]))
    return texts


@pytest.mark.parametrize("verdict, text", [("approved", None), ("rejected", None), ("edited", "Name *this*, please.")])
def test_a_decision_is_kept_with_who_and_when_and_can_be_taken_back(two, verdict, text):
    with OpenDesk(two, "tess") as desk:
        visitor = desk.entered()
        single = next(group for group in visitor.queue() if group[0]["text"] == OTHER.text)
        [made] = visitor.decide(single, verdict, text).json()["decisions"]
        assert (made["verdict"], made["by"], made["text"]) == (verdict, "tess", text or OTHER.text)
        assert len(visitor.queue()) == 2
        [decided] = visitor.get("decisions")["decided"]
        assert visitor.decide([decided], "open").status_code == 200
        assert [single[0] | {"seen": made["number"] + 1}] in visitor.queue()
        assert visitor.get("decisions")["decided"] == []
    with ReviewStore(two.course.db_url) as store:
        assert [each.verdict for each in store.history([made["key"]])] == [verdict, "open"]


def test_a_group_gets_one_text_and_no_answer_gets_it_twice(two):
    with OpenDesk(two) as desk:
        visitor = desk.entered()
        group = next(group for group in visitor.queue() if len(group) == 2)
        made = visitor.decide(group, "approved").json()["decisions"]
    assert [each["verdict"] for each in made] == ["approved", "rejected"]
    assert shown(two) == {"ann": [group[0]["text"]], "ben": []}


@pytest.mark.parametrize(
    "text, reached", [("Nobody reads `unused`.", 2), ("Nobody reads `unused`; drop `Q`, too.", 1), ("See line 2.", 1)]
)
def test_a_text_goes_to_the_answers_that_have_all_of_its_names(course, text, reached):
    course.grade("ann", {"project_qkv": PLAIN})
    course.grade("ben", {"project_qkv": PLAIN_TOO})
    course.say(PLAIN, BESIDE)
    course.say(PLAIN_TOO, BESIDE_TOO)
    with OpenDesk(course) as desk:
        visitor = desk.entered()
        [group] = visitor.queue()
        answer = visitor.decide(group, "edited", text).json()
        assert (len(answer["decisions"]), answer["left"]) == (reached, 2 - reached)
        assert len(visitor.queue()) == 2 - reached, "the others go on waiting"
    assert sorted(map(len, shown(course).values())) == [0] * (2 - reached) + [1] * reached


def test_120_drafts_in_free_words_for_40_answers_of_which_60_percent_are_alike(course):
    """At most 60 decisions, and no text is shown that was not on a card."""
    plain = "def project_qkv(x, W_q, W_k, W_v):\n    unused = x.shape\n    return x @ W_q, x @ W_k, x @ W_v{}"
    kinds = ("dead_code", "praise", "other")
    sources = []
    for number in range(40):
        # Of 24 the way is the same and the words are not: 12 share their code, 12 have a constant of their own.
        more = "" if number < 12 else f", x * {number}" if number < 24 else f" + {number}\n    name{number} = x"
        source = plain.format(more)
        course.grade(f"s{number:02}", {"project_qkv": source})
        sources.append(source)
    for number, source in enumerate(dict.fromkeys(sources)):
        words = f"with words of its own, number {number}"
        free = [StoredComment((1, 1), "dead_code", f"`unused` or `x.shape` is not needed, {words}.")]
        free += [StoredComment((2, 2), kind, f"Something about {kind}, {words}.") for kind in kinds[1:]]
        course.say(source, *free)
    on_cards: set[str] = set()
    decisions = 0
    with OpenDesk(course) as desk:
        visitor = desk.entered()
        assert sum(card["students"] for group in visitor.queue() for card in group) == 120
        while groups := visitor.queue():
            on_cards.add(groups[0][0]["text"])
            assert visitor.decide(groups[0], "approved").status_code == 200
            decisions += 1
    texts = shown(course)
    assert decisions <= 60, decisions
    assert {text for found in texts.values() for text in found} <= on_cards
    assert all(max(Counter(found).values()) == 1 and len(found) == 3 for found in texts.values())


def test_two_at_once_do_not_overwrite_each_other(two):
    with OpenDesk(two, "tess") as tess, OpenDesk(two, "omar") as omar:
        one, other = tess.entered(), omar.entered()
        group = one.queue()[0]
        assert group == other.queue()[0]
        assert one.decide(group, "approved").status_code == 200
        late = other.decide(group, "rejected")
        assert late.status_code == 409
        theirs = late.json()["decision"]
        assert (theirs["by"], theirs["verdict"], theirs["text"]) == ("tess", "approved", group[0]["text"])
        assert [each["by"] for each in other.get("news?since=0")["decisions"]] == ["tess"] * len(group)
        # Who has seen it may decide anew.
        made = {each["key"]: each["number"] for each in one.get("news?since=0")["decisions"]}
        seen = [card | {"seen": made[card["key"]]} for card in group]
        assert other.decide(seen, "rejected").status_code == 200
        assert one.get("decisions")["decided"][0]["decision"]["by"] == "omar"


def test_a_group_is_decided_or_none_of_it(two):
    with OpenDesk(two, "tess") as tess, OpenDesk(two, "omar") as omar:
        one, other = tess.entered(), omar.entered()
        group = next(group for group in one.queue() if len(group) == 2)
        other.decide(group[1:], "rejected")
        late = one.decide(group, "approved")
        assert late.status_code == 409 and late.json()["decision"]["by"] == "omar"
        assert [card["decision"]["by"] for card in one.get("decisions")["decided"]] == ["omar"]
        assert shown(two)["ann"] == []


def test_news_tells_only_what_came_since(two):
    with OpenDesk(two) as desk:
        visitor = desk.entered()
        groups = visitor.queue()
        visitor.decide(groups[0], "approved")
        number = visitor.get("news?since=0")["number"]
        visitor.decide(groups[1], "rejected")
        news = visitor.get(f"news?since={number}")
    assert {each["verdict"] for each in news["decisions"]} == {"rejected"}
    assert news["number"] == number + len(groups[1])


def test_older_decisions_come_in_portions(two, monkeypatch):
    from grading.review.desk import desk as desk_module

    monkeypatch.setattr(desk_module, "DECIDED_AT_ONCE", 2)
    with OpenDesk(two) as desk:
        visitor = desk.entered()
        for group in visitor.queue():
            visitor.decide(group, "rejected")
        first = visitor.get("decisions")
        assert (len(first["decided"]), first["more"]) == (2, 2)
        rest = visitor.get(f"decisions?before={first['decided'][-1]['decision']['number']}")
    assert (len(rest["decided"]), rest["more"]) == (2, 0)


@pytest.mark.parametrize(
    "change, status, word",
    [
        ({"verdict": "edited", "text": "x" * 2_001}, 400, "2,001 characters"),
        ({"verdict": "edited", "text": " \n "}, 400, "no text"),
        ({"verdict": "edited"}, 400, "no text"),
        ({"verdict": "edited", "text": ["a"]}, 400, "no text"),
        ({"verdict": "loved"}, 400, "'loved'"),
        ({"drafts": []}, 400, "names 0"),
        ({"drafts": [{"key": "0" * 64, "seen": 0}]}, 404, "graded anew"),
        ({"drafts": [{"key": 5, "seen": 0}]}, 400, "Reload"),
        ({"drafts": "all"}, 400, "Reload"),
        ({"drafts": [{"key": f"{n:064}", "seen": 0} for n in range(2_001)]}, 400, "1 to 2,000"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_a_sentence(two, change, status, word):
    with OpenDesk(two) as desk:
        visitor = desk.entered()
        [card] = next(group for group in visitor.queue() if len(group) == 1)
        answer = visitor.post({"drafts": [{"key": card["key"], "seen": 0}], "verdict": "approved"} | change)
        assert (answer.status_code, word in answer.json()["message"]) == (status, True), answer.text
        assert visitor.get("decisions")["decided"] == []


@pytest.mark.parametrize("body", ["", "[]", "nonsense", '{"drafts": ' + "[" * 5_000, '"text"'])
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
        assert len(visitor.queue()) == 3


def test_a_database_that_is_locked_is_told_and_costs_nothing(two):
    import sqlite3

    from grading.grade.gradebook.wait import wait_for_gradebook

    wait_for_gradebook(0.2)
    try:
        with OpenDesk(two) as desk:
            visitor = desk.entered()
            [card] = next(group for group in visitor.queue() if len(group) == 1)
            blocker = sqlite3.connect(two.folder / "gradebook.db", isolation_level=None)
            blocker.execute("BEGIN EXCLUSIVE")
            answer = visitor.decide([card], "approved")
            assert answer.status_code == 503 and "try again" in answer.json()["message"]
            blocker.execute("ROLLBACK")
            blocker.close()
            assert visitor.decide([card], "approved").status_code == 200
    finally:
        wait_for_gradebook(5)
