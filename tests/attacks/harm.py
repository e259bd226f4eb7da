"""What an attack achieved, in words, out of the evidence of a grading run."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field

from attack import Attack
from world import SECRET, TOLD_BY_SIGNAL, TOLD_MEGABYTES, claims_of

# What one submission may take: far more than its limits add up to, far less than harm.
MOST_SECONDS = 60
MOST_BYTES = 3 << 30
_SIZES = re.compile(r"\(0((?:, \d{1,3})+)\)")


@dataclass
class Evidence:
    """What a grading run left of one attacker.

    points: None if there is no result
    refused: whether the grader said why there is none
    outputs: all outputs in the autograded notebook, as text
    copy: all else in it that students may see
    feedback: the page that the student gets, "" if none was made
    heard: what came in from the attacker outside, as (way, text)
    dropped: files outside that have its name on them, with their text
    seconds, bytes: what grading it took; 0 where that is not known
    left: processes that it left behind
    changes: what happened around, while it was graded, that should not have
    """

    points: float | None = None
    refused: bool = False
    outputs: str = ""
    copy: str = ""
    feedback: str = ""
    heard: list[tuple[str, str]] = field(default_factory=list)
    dropped: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    bytes: int = 0
    left: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)


def achieved(attack: Attack, evidence: Evidence) -> list[str]:
    """Sentences without a subject; none if the attack failed."""
    found = list(evidence.changes)
    if evidence.points is None and not (attack.may_stay_ungraded and evidence.refused):
        found.append("left no result")
    elif evidence.points is not None and evidence.points > attack.deserved:
        found.append(f"got {evidence.points:g} points instead of {attack.deserved}")
    places = [("its outputs", evidence.outputs), ("its autograded copy", evidence.copy)]
    places.append(("its feedback page", evidence.feedback))
    places += [(way, text) for way, text in evidence.heard] + list(evidence.dropped.items())
    for place, text in places:
        secrets = sorted({re.split("[-_]", secret)[0].lower() for secret in SECRET.findall(text)})
        if secrets:
            found.append(f"brought {' and '.join(secrets)} secrets into {place}")
    for claim in sorted(set(claims_of(attack.name, evidence.outputs))):
        found.append(f"says: {claim}")
    for sign in (f"{TOLD_MEGABYTES} MB", TOLD_BY_SIGNAL):
        if sign in evidence.outputs:
            found.append(f"told of a secret by {sign}")
    for way in sorted({way for way, _ in evidence.heard}):
        found.append(f"was heard by {way}")
    for path in sorted(evidence.dropped):
        found.append(f"wrote {path}")
    if evidence.left:
        found.append(f"left {len(evidence.left)} processes behind")
    if evidence.seconds > MOST_SECONDS:
        found.append(f"held the grader up for {evidence.seconds:.0f} s")
    if evidence.bytes > MOST_BYTES:
        found.append(f"took {evidence.bytes / (1 << 30):.1f} GB of memory")
    return list(dict.fromkeys(found))


def text_of_outputs(notebook: dict) -> str:
    """All outputs of a notebook as one text, pictures decoded and numbers read as letters, too."""
    texts = []
    for cell in notebook.get("cells", []):
        for output in cell.get("outputs", []):
            texts.append(json.dumps(output, ensure_ascii=False))
            for kind, data in output.get("data", {}).items():
                if kind.startswith("image/") and isinstance(data, str):
                    try:
                        texts.append(base64.b64decode(data).decode("latin-1"))
                    except (ValueError, binascii.Error):
                        pass
    texts.append("".join(_letters(numbers) for text in texts for numbers in _SIZES.findall(text)))
    return "\n".join(texts)


def text_of_copy(notebook: dict) -> str:
    """All of a notebook but outputs and the texts of tests, whose hidden parts no feedback page shows."""
    cells = [
        {
            key: value
            for key, value in cell.items()
            if key != "outputs" and not (key == "source" and cell["metadata"].get("nbgrader", {}).get("grade"))
        }
        for cell in notebook.get("cells", [])
    ]
    return json.dumps([cells, notebook.get("metadata")], ensure_ascii=False)


def _letters(numbers: str) -> str:
    """What a text spells that comes as numbers, such as a tensor's sizes."""
    return "".join(chr(number) for number in map(int, numbers.strip(", ").split(", ")) if 0 < number < 256)


def mentions(name: str, text: str) -> bool:
    """Whether a text holds an attack's name, and not only that of another that begins with it."""
    return re.search(rf"(?<![a-z_]){re.escape(name)}(?![a-z_])", text) is not None
