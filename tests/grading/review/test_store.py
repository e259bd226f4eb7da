"""Replies and decisions in the gradebook's database."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import create_engine, text

from course.checkout import CourseError
from grading.review.records.store import DecidedMeanwhile, Order, ReviewStore, StoredComment, StoredReply, comment_key
from grading.review.records.tables import now

DEAD = StoredComment((2, 2), "dead_code", "`leftover` is never used.")
LOST = StoredComment(None, "other", "Über alles: 'quoted' \"text\" 🙂")
REPLY = StoredReply("q1", "a1", "model:1b", "d1", (DEAD, LOST), "", now(), 2.5)
KEY = comment_key("a1", DEAD)


def decide(store, comments, verdict: str, by: str, seen: dict, text: str = ""):
    return store.decide([Order("a1", each, verdict, text or each.text) for each in comments], by, seen)


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'gradebook.db'}"


def test_replies_are_found_by_question_model_and_digest(url):
    with ReviewStore(url) as store:
        store.keep_reply(REPLY)
        store.keep_reply(replace(REPLY, question_key="q2", digest=""))
        assert store.replies(["q1", "q3"], "model:1b") == {"q1": REPLY}
        assert store.replies(["q1"], "model:1b", "d1") == {"q1": REPLY}
        assert store.replies(["q1"], "model:1b", "d2") == {}, "another version of the model"
        assert store.replies(["q1"], "other:1b") == {}
        assert store.replies(["q2"], "model:1b", "d2").keys() == {"q2"}, "which version is not known"
    with ReviewStore(url) as again:
        assert again.replies(["q1"], "model:1b") == {"q1": REPLY}


def test_a_newer_version_of_the_model_counts_where_the_server_cannot_be_asked(url):
    newer = replace(REPLY, digest="d2", comments=())
    with ReviewStore(url) as store:
        store.keep_reply(REPLY)
        store.keep_reply(newer)
        assert store.replies(["q1"], "model:1b") == {"q1": newer}
        assert store.replies(["q1"], "model:1b", "d1") == {"q1": REPLY}


def test_another_models_reply_is_better_than_none(url):
    other = replace(REPLY, model="other:7b", recorded=True)
    with ReviewStore(url) as store:
        store.keep_reply(other)
        assert store.best_replies(["q1"], "model:1b") == {"q1": other}
        store.keep_reply(REPLY)
        assert store.best_replies(["q1"], "model:1b") == {"q1": REPLY}
        assert store.best_replies(["q1"], "other:7b") == {"q1": other}


def test_the_same_reply_twice_stays_once(url):
    with ReviewStore(url) as store:
        store.keep_reply(REPLY)
        store.keep_reply(replace(REPLY, comments=()))
        assert store.replies(["q1"], "model:1b") == {"q1": REPLY}


def test_more_keys_than_a_query_may_have(url):
    with ReviewStore(url) as store:
        store.keep_reply(REPLY)
        assert store.replies([f"q{number}" for number in range(2_500)], "model:1b") == {"q1": REPLY}


def test_the_last_decision_counts_and_all_are_kept(url):
    with ReviewStore(url) as store:
        (first,) = decide(store, [DEAD], "approved", "tina", {})
        (second,) = decide(store, [DEAD], "edited", "tom", {KEY: first.number}, "Drop `leftover`.")
        assert store.decisions(["a1", "a2"]) == {KEY: second}
        assert second.text == "Drop `leftover`." and second.comment == DEAD
        (third,) = decide(store, [DEAD], "open", "tina", {KEY: second.number})
        assert store.decisions(["a1"])[KEY].verdict == "open"
        assert [(each.verdict, each.decided_by) for each in store.history([KEY])] == [
            ("approved", "tina"),
            ("edited", "tom"),
            ("open", "tina"),
        ]
        assert store.last_number() == third.number


def test_who_did_not_see_the_last_decision_does_not_overwrite_it(url):
    with ReviewStore(url) as store:
        decide(store, [DEAD], "approved", "tina", {})
        with pytest.raises(DecidedMeanwhile, match="tina") as refused:
            decide(store, [LOST, DEAD], "rejected", "tom", {})
        assert refused.value.decision.verdict == "approved"
        assert len(store.history([KEY, comment_key("a1", LOST)])) == 1, "all or none"


def test_of_two_who_decide_at_the_same_moment_one_is_told(url):
    with ReviewStore(url) as store:
        store.last_number()
    start = threading.Barrier(6)

    def at_once(name: str) -> str:
        with ReviewStore(url) as store:
            start.wait()
            try:
                decide(store, [DEAD], "approved", name, {})
            except DecidedMeanwhile:
                return "told"
            return "decided"

    with ThreadPoolExecutor(6) as threads:
        came = list(threads.map(at_once, [f"ta{number}" for number in range(6)]))
    assert sorted(came) == ["decided"] + ["told"] * 5
    with ReviewStore(url) as store:
        assert len(store.history([KEY])) == 1


def test_several_processes_may_make_the_tables_at_once(url):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: ReviewStore(url).__enter__().keep_reply(REPLY), range(8)))
    with ReviewStore(url) as store:
        assert store.replies(["q1"], "model:1b") == {"q1": REPLY}


def test_nbgraders_own_tables_are_left_as_they_are(url, monkeypatch):
    # nbgrader starts `alembic` by its bare name.
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    with Gradebook(url, "attention101") as gradebook:
        gradebook.add_assignment("attention")
    with ReviewStore(url) as store:
        store.keep_reply(REPLY)
    with Gradebook(url, "attention101") as gradebook:
        assert [each.name for each in gradebook.assignments] == ["attention"]


def test_tables_of_a_newer_version_are_not_touched(url):
    with ReviewStore(url):
        pass
    with create_engine(url).begin() as connection:
        connection.execute(text("update attention101_review_schema set version = 99"))
    with pytest.raises(CourseError, match="newer version.*99.*Update this checkout"), ReviewStore(url):
        pass


def test_a_database_that_cannot_be_used_is_named(tmp_path):
    with pytest.raises(CourseError, match="could not be used.*try again"), ReviewStore(f"sqlite:///{tmp_path}/no/g.db"):
        pass


def test_who_wrote_and_whether_lately(url):
    with ReviewStore(url) as store:
        assert not store.has_answered_lately("model:1b") and store.writers(["a1"]) == set()
        store.keep_reply(replace(REPLY, asked=now() - timedelta(days=2)))
        assert not store.has_answered_lately("model:1b")
        store.keep_reply(replace(REPLY, question_key="q2", recorded=True))
        assert store.has_answered_lately("model:1b") and not store.has_answered_lately("other:1b")
        assert store.writers(["a1", "a2"]) == {("model:1b", False), ("model:1b", True)}
