"""What a linter (ruff) says of shown code: facts for the prompt, so that a model need not guess them."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

# Unused, redefined and shadowing names; comparisons to None, True, False; loops and calls that have better forms.
_RULES = "F401,F811,F841,E711,E712,E731,E741,A001,B007,B018,RET504,PERF401,PERF402,C4,SIM,UP008,NPY"
_SECONDS = 60
# Where ruff's own advice does not fit tensors.
_SENTENCES = {
    "E712": "comparison to True or False by an operator",
    "PERF401": "a list is filled in a loop",
    "PERF402": "a list is copied in a loop",
}


def linter_facts(texts: Sequence[str]) -> list[list[tuple[int, str]]]:
    """For each text its findings, as pairs of line (from 1) and sentence; one run of ruff for all.

    A linter that is missing or fails costs the facts and nothing else.
    """
    facts: list[list[tuple[int, str]]] = [[] for _ in texts]
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            (Path(folder) / f"answer_{number}.py").write_text(text, encoding="utf-8", errors="replace")
        command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--quiet", "--exit-zero"]
        command += ["--select", _RULES, "--output-format", "json", folder]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, stdin=subprocess.DEVNULL)
            findings = json.loads(done.stdout or "[]")
        except (OSError, subprocess.SubprocessError, ValueError):
            return facts
    for finding in findings:
        number = int(Path(finding["filename"]).stem.removeprefix("answer_"))
        sentence = _SENTENCES.get(finding["code"], finding["message"])
        facts[number].append((finding["location"]["row"], f"{finding['code']}: {sentence}"))
    return facts
