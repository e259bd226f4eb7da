"""What a reviewer may say: comments, each a claim of a kind about lines. The form is the contract's."""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError, field_validator

Kind = Literal[
    "dead_code",
    "hard_coded_size",
    "loop",
    "redundant_step",
    "unclear_name",
    "missing_shape_comment",
    "non_idiomatic_call",
    "praise",
    "mistake",
    "other",
]
KINDS: tuple[str, ...] = get_args(Kind)

MOST_COMMENTS = 8
LONGEST_TEXT = 2_000


class UnusableReply(ValueError):
    """A reply that does not have the form; the message says where, in words that a model can use to mend it."""


class Comment(BaseModel):
    """A claim of `kind` about the lines `lines[0]` to `lines[1]`, counted from 1, both included."""

    model_config = ConfigDict(frozen=True)

    lines: Annotated[tuple[StrictInt, StrictInt], Field(description="first and last line, counted from 1")]
    kind: Kind
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]

    @field_validator("text")
    @classmethod
    def _not_blank(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("must not be blank")
        return " ".join(text.split())


class Reply(BaseModel):
    """All that a model says of one answer. `word` repeats a word of the prompt's head, to show that it was read."""

    model_config = ConfigDict(frozen=True)

    word: str = ""
    comments: Annotated[list[Comment], Field(max_length=MOST_COMMENTS)]


def reply_schema() -> dict:
    """The form of a reply as JSON schema, without references, as grammars of small servers want it."""
    comment = {
        "type": "object",
        "properties": {
            "lines": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
            "kind": {"type": "string", "enum": list(KINDS)},
            "text": {"type": "string"},
        },
        "required": ["lines", "kind", "text"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "word": {"type": "string"},
            "comments": {"type": "array", "items": comment, "maxItems": MOST_COMMENTS},
        },
        "required": ["word", "comments"],
        "additionalProperties": False,
    }


def parse_reply(text: str) -> Reply:
    """Read a model's answer. Raises UnusableReply."""
    text = text.strip().removeprefix("```json").removesuffix("```").strip()
    try:
        return Reply.model_validate_json(text)
    except ValidationError as error:
        raise UnusableReply(_first_trouble(error)) from None


def _first_trouble(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]
