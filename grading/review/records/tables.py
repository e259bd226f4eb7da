"""The review's tables. Their names say whose they are; nbgrader's own tables are left as they are."""

from datetime import UTC, datetime

from sqlalchemy import JSON, Boolean, DateTime, Float, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA_VERSION = 1


def now() -> datetime:
    """The time in UTC, to the second. Stored without a zone, as not every database keeps one."""
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)


class Base(DeclarativeBase):
    """All tables of the review."""


class SchemaRow(Base):
    """One row: the version of these tables."""

    __tablename__ = "attention101_review_schema"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)


class ReplyRow(Base):
    """What a model said of an answer, once for all students who gave it.

    question_key, answer_key: see `grading.review.prompt.Question`
    comments: `[{"lines": [first, last], "kind", "text"}]`, with lines of the shown code, from 0; None for lines that
        do not exist
    doubt: why nothing of it should be shown unapproved; "" for no such reason
    recorded: whether it was recorded once, and repeated to us
    """

    __tablename__ = "attention101_review_reply"
    __table_args__ = (UniqueConstraint("question_key", "model", "digest"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    question_key: Mapped[str] = mapped_column(String(64), index=True)
    answer_key: Mapped[str] = mapped_column(String(64), index=True)
    model: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(100), default="")
    comments: Mapped[list] = mapped_column(JSON)
    doubt: Mapped[str] = mapped_column(Text, default="")
    seconds: Mapped[float] = mapped_column(Float, default=0.0)
    recorded: Mapped[bool] = mapped_column(Boolean, default=False)
    asked: Mapped[datetime] = mapped_column(DateTime, default=now)


class DecisionRow(Base):
    """What a person decided about a comment. Rows are only added: the last one of a comment counts.

    comment_key: see `grading.review.records.store.comment_key`
    verdict: `approved`, `edited`, `rejected`, or `open` where a decision was taken back
    comment: the comment that was decided about, as in `ReplyRow.comments`
    text: the text that students get; the model's own, or the edited one
    of_wrong: whether whoever decided saw that a test fails
    """

    __tablename__ = "attention101_review_decision"
    __table_args__ = (Index("attention101_review_decision_by_answer", "answer_key"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    comment_key: Mapped[str] = mapped_column(String(64), index=True)
    answer_key: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(20))
    comment: Mapped[dict] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text)
    of_wrong: Mapped[bool] = mapped_column(Boolean, default=False)
    decided_by: Mapped[str] = mapped_column(String(200))
    decided: Mapped[datetime] = mapped_column(DateTime, default=now)
