"""`python -m grading findings NOTEBOOK`: what code finds in each answer's style."""

import json
import sys
from pathlib import Path

from attention_lib.assignment.notebook_file import UnreadableNotebook, read_notebook
from attention_lib.findings.linter import is_installed
from attention_lib.findings.notebook import AnswerFinding, answers_in, findings_in
from attention_lib.findings.sentences import sentence_of


def print_findings(path: str, as_json: bool) -> int:
    """Print them, as text or as the contract's JSON. Returns the exit status."""
    try:
        notebook = read_notebook(path)
    except UnreadableNotebook as error:
        print(error.reason, file=sys.stderr)
        return 1
    answers = answers_in(notebook)
    if not answers:
        print(f"The notebook {Path(path).name} has no answer of an assignment in it.", file=sys.stderr)
        return 1
    if not is_installed():
        print("ruff is not installed, so what it would find is missing (pip install ruff).", file=sys.stderr)
    for answer, is_read in answers.items():
        if not is_read:
            print(f"{answer}: this is not Python that can be read, so nothing is looked for in it.", file=sys.stderr)
    found = findings_in([notebook])[0]
    if as_json:
        print(json.dumps([each.as_entry() for each in found], ensure_ascii=False, indent=1))
    else:
        print("\n\n".join(map(_as_text, found)) or "Nothing was found that could be written better.")
    return 0


def _as_text(each: AnswerFinding) -> str:
    first, last = each.finding.first, each.finding.last
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    said = sentence_of(each.finding)
    parts = [f"{each.answer}, {lines}: {said.text} {said.why}", "  for example", _indented(said.before), "  becomes"]
    parts += [_indented(said.after or "(nothing)")]
    return "\n".join([*parts, f"  See section {said.section} of the lesson."] if said.section else parts)


def _indented(code: str) -> str:
    return "\n".join(f"      {line}" for line in code.split("\n"))
