"""`python -m grading findings NOTEBOOK`: what code finds in each answer's style."""

import json
import sys
from pathlib import Path

from attention_lib.assignment.declaration import declared
from attention_lib.assignment.notebook_file import UnreadableNotebook, read_notebook
from attention_lib.findings.notebook import findings_in, not_looked_at
from attention_lib.findings.shown import as_text


def print_findings(path: str, as_json: bool) -> int:
    """Print them, as text or as the contract's JSON. Returns the exit status."""
    try:
        notebook = read_notebook(path)
    except UnreadableNotebook as error:
        print(error.reason, file=sys.stderr)
        return 1
    if not declared(notebook).answers:
        print(f"The notebook {Path(path).name} has no answer of an assignment in it.", file=sys.stderr)
        return 1
    for sentence in not_looked_at(notebook):
        print(sentence, file=sys.stderr)
    found = findings_in([notebook])[0]
    if as_json:
        print(json.dumps([each.as_entry() for each in found], ensure_ascii=False, indent=1))
    else:
        print("\n\n".join(map(as_text, found)) or "Nothing was found that could be written better.")
    return 0
