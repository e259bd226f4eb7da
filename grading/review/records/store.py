"""Reads and writes replies and decisions."""

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import create_engine, event, func, inspect, select, update
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session

from course.checkout import CourseError
from grading.review.records.tables import SCHEMA_VERSION, Base, DecisionRow, ReplyRow, SchemaRow, now

Decided = Literal["approved", "edited", "rejected", "open"]
_TRIES = 20
_SECONDS_FOR_A_LOCK = 15
_MOST_KEYS = 400  # of one query: databases limit how many values one may have


@dataclass(frozen=True)
class StoredComment:
    """A comment on shown code: `lines` counted from 0 in it, None where the model named lines that do not exist."""

    lines: tuple[int, int] | None
    kind: str
    text: str

    @property
    def entry(self) -> dict:
        """As it is kept in the tables."""
        return {"lines": list(self.lines) if self.lines else None, "kind": self.kind, "text": self.text}


@dataclass(frozen=True)
class StoredReply:
    """A model's reply to a question, which took it `seconds`."""

    question_key: str
    answer_key: str
    model: str
    digest: str
    comments: tuple[StoredComment, ...]
    doubt: str
    asked: datetime
    seconds: float
    recorded: bool = False


@dataclass(frozen=True)
class Decision:
    """The decision about a comment that counts now.

    number: grows with each decision; whoever decides names the one that was seen
    text: what students get
    of_wrong: whether whoever decided saw that a test fails
    """

    number: int
    comment_key: str
    answer_key: str
    verdict: Decided
    comment: StoredComment
    text: str
    decided_by: str
    decided: datetime
    of_wrong: bool = False


@dataclass(frozen=True)
class Order:
    """What is to be decided about one comment.

    text: what students get, if they get it
    of_wrong: whether the answer fails a test
    """

    answer_key: str
    comment: StoredComment
    verdict: Decided
    text: str
    of_wrong: bool = False

    @property
    def key(self) -> str:
        """The comment's, see `comment_key`."""
        return comment_key(self.answer_key, self.comment)


class DecidedMeanwhile(Exception):
    """Somebody else decided since; `decision` is theirs."""

    def __init__(self, decision: Decision):
        super().__init__(f"{decision.decided_by} has decided about this comment meanwhile: {decision.verdict}")
        self.decision = decision


def comment_key(answer_key: str, comment: StoredComment) -> str:
    """Stands for a comment on an answer, whoever gave the answer and whichever model made the comment."""
    parts = [answer_key, str(comment.lines), comment.kind, comment.text]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


class ReviewStore:
    """The records in one database. A context manager. May be used by several processes at once.

    Raises CourseError where the database cannot be used, or where a newer version of this project made its tables.
    """

    def __init__(self, db_url: str):
        self._url = db_url
        self._engine = create_engine(db_url)
        event.listen(self._engine, "connect", _be_patient)

    def __enter__(self) -> "ReviewStore":
        with self._trouble():
            self._prepare()
        return self

    def __exit__(self, *error: object) -> None:
        self._engine.dispose()

    def replies(self, question_keys: Iterable[str], model: str, digest: str = "") -> dict[str, StoredReply]:
        """The replies of this model, by question. Where the digest is known, only of that very version of it.

        digest: "" for the newest reply of any version, as where the server cannot be asked
        """
        conditions = [ReplyRow.model == model, *([ReplyRow.digest.in_((digest, ""))] if digest else [])]
        return self._newest(question_keys, conditions, [])

    def best_replies(self, question_keys: Iterable[str], model: str) -> dict[str, StoredReply]:
        """The newest reply of this model, by question; of another model where this one has not been asked."""
        return self._newest(question_keys, [], [ReplyRow.model == model])

    def _newest(self, question_keys: Iterable[str], conditions: list, order: list) -> dict[str, StoredReply]:
        found: dict[str, StoredReply] = {}
        for keys in _portions(question_keys):
            query = select(ReplyRow).where(ReplyRow.question_key.in_(keys), *conditions)
            with self._trouble(), Session(self._engine) as session:
                for row in session.scalars(query.order_by(*order, ReplyRow.id)):
                    found[row.question_key] = _reply(row)
        return found

    def keep_reply(self, reply: StoredReply) -> None:
        """Add a reply. If another process has just added one to the same question, that one stays."""
        row = ReplyRow(
            question_key=reply.question_key,
            answer_key=reply.answer_key,
            model=reply.model,
            digest=reply.digest,
            comments=[comment.entry for comment in reply.comments],
            doubt=reply.doubt,
            seconds=reply.seconds,
            recorded=reply.recorded,
            asked=reply.asked,
        )
        with self._trouble(), Session(self._engine) as session:
            session.add(row)
            try:
                session.commit()
            except IntegrityError:
                session.rollback()

    def decisions(self, answer_keys: Iterable[str]) -> dict[str, Decision]:
        """The decisions about comments on these answers that count now, by comment."""
        found: dict[str, Decision] = {}
        for keys in _portions(answer_keys):
            query = select(DecisionRow).where(DecisionRow.answer_key.in_(keys)).order_by(DecisionRow.id)
            with self._trouble(), Session(self._engine) as session:
                found |= {row.comment_key: _decision(row) for row in session.scalars(query)}
        return found

    def decide(self, orders: Sequence[Order], by: str, seen: Mapping[str, int]) -> list[Decision]:
        """Decide about comments; all or none.

        seen: for each comment's key the number of the decision that `by` saw; 0 for none

        Raises:
            DecidedMeanwhile: somebody else decided since.
        """
        rows = [
            DecisionRow(
                comment_key=order.key,
                answer_key=order.answer_key,
                verdict=order.verdict,
                comment=order.comment.entry,
                text=order.text,
                decided_by=by,
                decided=now(),
                of_wrong=order.of_wrong,
            )
            for order in orders
        ]
        with self._trouble(), Session(self._engine) as session:
            # Who writes here first holds the lock until the end, so that of two who decide at once one comes second.
            session.execute(update(SchemaRow).values(version=SCHEMA_VERSION))
            for row in rows:
                query = select(DecisionRow).where(DecisionRow.comment_key == row.comment_key)
                last = session.scalars(query.order_by(DecisionRow.id.desc()).limit(1)).first()
                if last is not None and last.id != seen.get(row.comment_key, 0):
                    raise DecidedMeanwhile(_decision(last))
            session.add_all(rows)
            session.flush()
            made = [_decision(row) for row in rows]
            session.commit()
            return made

    def history(self, comment_keys: Iterable[str]) -> list[Decision]:
        """All decisions about these comments, the oldest first."""
        found: list[Decision] = []
        for keys in _portions(comment_keys):
            query = select(DecisionRow).where(DecisionRow.comment_key.in_(keys)).order_by(DecisionRow.id)
            with self._trouble(), Session(self._engine) as session:
                found += [_decision(row) for row in session.scalars(query)]
        return sorted(found, key=lambda decision: decision.number)

    def last_number(self) -> int:
        """The number of the last decision about anything; it grows when somebody decides."""
        with self._trouble(), Session(self._engine) as session:
            return session.scalar(select(func.max(DecisionRow.id))) or 0

    def writers(self, answer_keys: Iterable[str]) -> set[tuple[str, bool]]:
        """The models that replied about these answers, each with whether its replies were recorded ones."""
        found: set[tuple[str, bool]] = set()
        for keys in _portions(answer_keys):
            query = select(ReplyRow.model, ReplyRow.recorded).where(ReplyRow.answer_key.in_(keys)).distinct()
            with self._trouble(), Session(self._engine) as session:
                found.update((model, recorded) for model, recorded in session.execute(query))
        return found

    def has_answered_lately(self, model: str) -> bool:
        """Whether this model has given a reply within the last day."""
        query = select(func.max(ReplyRow.asked)).where(ReplyRow.model == model)
        with self._trouble(), Session(self._engine) as session:
            last = session.scalar(query)
        return last is not None and now() - last < timedelta(days=1)

    def last_reply(self) -> int:
        """The number of the last reply to anything; it grows when one is kept."""
        with self._trouble(), Session(self._engine) as session:
            return session.scalar(select(func.max(ReplyRow.id))) or 0

    def _prepare(self) -> None:
        for tries_left in reversed(range(_TRIES)):
            if set(Base.metadata.tables) <= set(inspect(self._engine).get_table_names()):
                break
            try:
                Base.metadata.create_all(self._engine)
            except (OperationalError, ProgrammingError) as error:
                # Another process makes them at this moment.
                if not tries_left or "exists" not in str(error.orig):
                    raise
                time.sleep(0.1)
        with Session(self._engine) as session:
            row = session.get(SchemaRow, 1)
            if row is None:
                session.add(SchemaRow(id=1, version=SCHEMA_VERSION))
                try:
                    session.commit()
                except IntegrityError:
                    session.rollback()
            elif row.version > SCHEMA_VERSION:
                raise CourseError(
                    f"The code reviews in {self._engine.url!r} were written by a newer version of this project (tables "
                    f"of version {row.version}, here {SCHEMA_VERSION}). Update this checkout."
                )

    @contextmanager
    def _trouble(self):
        try:
            yield
        except (SQLAlchemyError, ValueError) as error:
            why = " ".join(str(getattr(error, "orig", None) or error).split())[:300]
            raise CourseError(
                f"The code reviews in {self._engine.url!r} could not be used ({why}). Close what else works "
                "with the database, see that its disk has room and that you may write to it, and try again."
            ) from None


def _be_patient(connection: object, record: object) -> None:
    # Feedback must not wait for a review as long as grading waits for the gradebook.
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"PRAGMA busy_timeout = {_SECONDS_FOR_A_LOCK * 1000}")


def _portions(keys: Iterable[str]) -> Iterable[list[str]]:
    distinct = sorted(set(keys))
    return (distinct[start : start + _MOST_KEYS] for start in range(0, len(distinct), _MOST_KEYS))


def _comment(entry: dict) -> StoredComment:
    lines = entry["lines"]
    return StoredComment((lines[0], lines[1]) if lines else None, entry["kind"], entry["text"])


def _reply(row: ReplyRow) -> StoredReply:
    comments = tuple(_comment(entry) for entry in row.comments)
    return StoredReply(
        question_key=row.question_key,
        answer_key=row.answer_key,
        model=row.model,
        digest=row.digest,
        comments=comments,
        doubt=row.doubt,
        asked=row.asked,
        seconds=row.seconds,
        recorded=row.recorded,
    )


def _decision(row: DecisionRow) -> Decision:
    return Decision(
        row.id,
        row.comment_key,
        row.answer_key,
        row.verdict,
        _comment(row.comment),
        row.text,
        row.decided_by,
        row.decided,
        row.of_wrong,
    )
