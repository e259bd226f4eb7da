"""The file of recorded answers."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from attention_lib.written_file import write_file
from grading.review.prompt import task_and_code

RECORDING = Path(__file__).with_name("answers.json")


@dataclass
class Recording:
    """What a model answered, by prompt.

    date: of the recording, as YYYY-MM-DD
    command: what made the recording
    answers: by `prompt_key`, as `{"prompt_version", "content", "prompt_eval_count", "eval_count", "done_reason",
        "seconds"}`; the version is that of the prompt that was answered, see `grading.review.prompt.prompt_version`
    """

    model: str = ""
    digest: str = ""
    date: str = ""
    command: str = ""
    answers: dict[str, dict] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path = RECORDING) -> "Recording":
        """Read it. Raises OSError and ValueError."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def write(self, path: Path = RECORDING) -> None:
        """Write it, at once."""
        entries = vars(self) | {"answers": dict(sorted(self.answers.items()))}
        write_file(path, json.dumps(entries, ensure_ascii=False, indent=1) + "\n")


def prompt_key(messages: Sequence[dict]) -> str:
    """Stands for what was asked: the task, the code, and what was said after the question.

    The rest of the prompt may change: then an answer to an earlier version is repeated.
    """
    question = next((message["content"] for message in messages if message["role"] == "user"), "")
    parts = [*task_and_code(question), *(message["content"] for message in messages[2:])]
    return hashlib.sha256(json.dumps(parts).encode("utf-8", "surrogatepass")).hexdigest()
