"""The canonical notebook of a submission, with what grading notes in it."""

from nbformat import NotebookNode

from attention_lib.assignment.canonical import canonical_notebook
from attention_lib.assignment.cells import nbgrader_entry, noted, notes_of, view


def canonical_submission(
    read: NotebookNode, source: NotebookNode, released: NotebookNode, stubs: dict[str, str]
) -> NotebookNode:
    """The canonical notebook of what `read_submission` gave, with what was mended, or the problem, in its metadata.

    stubs: nbgrader's checksums of the answers' stubs, by which it tells an answer from no response
    """
    canonical = canonical_notebook(source, read, released)
    notebook = canonical.notebook
    given, entry = noted(read), notes_of(notebook)
    entry["mended"] = [*given["mended"], *entry["mended"]]
    if problem := given.get("problem") or canonical.unusable:
        entry["problem"] = problem
    if written_by := given.get("written_by"):
        entry["written_by"] = written_by
    for cell in notebook.cells:
        seen = view(cell)
        if seen.solution:
            nbgrader_entry(cell)["checksum"] = stubs[seen.grade_id]
    return notebook
