"""A judged notebook without active content: scripts, event handlers and addresses of a student's run in no browser.

This is done where the autograded notebook is made, so that whatever opens it later is safe: formgrader, nbconvert,
JupyterLab, our feedback page.
"""

import re

from nbformat import NotebookNode

from attention_lib.assignment.cells import view
from attention_lib.assignment.check_records import checks_output, completed_records
from attention_lib.assignment.notebook_file import copied
from grading.grade.sanitize.markdown import as_code, sanitize_markdown
from grading.grade.sanitize.outputs import sanitize_outputs

_PLAIN_WORDS = re.compile(r"[\w .()+-]{0,80}")


def sanitize(notebook: NotebookNode) -> NotebookNode:
    """A copy of a judged canonical notebook; see `sanitize_outputs` and `sanitize_markdown` for what it keeps.

    Outputs of every cell are cleaned, since a student's code can make another cell show what it likes. The outputs of a
    test cell are made from its records. Of a student's cells Markdown is made harmless, raw text becomes a block
    of code, and attachments go. Code stays as it is: every reader shows it as text.
    """
    new = NotebookNode(notebook)
    new.metadata = _metadata(notebook.metadata)
    new.cells = [_cell(cell) for cell in notebook.cells]
    return new


def _cell(cell: NotebookNode) -> NotebookNode:
    new = NotebookNode(cell)
    new.metadata = NotebookNode({key: value for key, value in cell.metadata.items() if key != "execution"})
    if cell.cell_type == "code":
        new.outputs = _outputs(cell)
        count = cell.get("execution_count")
        new.execution_count = count if type(count) is int else None
    elif view(cell).is_own or view(cell).answer:
        new.pop("attachments", None)
        new.source = as_code(cell.source) if cell.cell_type == "raw" else sanitize_markdown(cell.source)
        new.cell_type = "markdown"
    return new


def _outputs(cell: NotebookNode) -> list[NotebookNode]:
    records = completed_records(cell.outputs) if view(cell).grade else []
    if not records:
        return sanitize_outputs(cell.outputs)
    errors = [output for output in cell.outputs if output.output_type == "error"]
    return [checks_output(records), *sanitize_outputs(errors)]


def _metadata(given: NotebookNode) -> NotebookNode:
    """Of the kernel's answers to who it is only plain words, and nothing else but what grading wrote itself."""
    kept = NotebookNode({key: copied(given[key]) for key in ("attention101",) if key in given})
    for key in ("kernelspec", "language_info"):
        entry = given.get(key)
        if isinstance(entry, dict):
            words = {k: v for k, v in entry.items() if isinstance(v, str) and _PLAIN_WORDS.fullmatch(v)}
            kept[key] = NotebookNode(words)
    return kept
