"""What would surprise a student at grading, each as a sentence with its remedy."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from attention_lib.assignment.canonical import Canonical
from attention_lib.assignment.cell_code import read_code, seems_to_define
from attention_lib.assignment.cells import view
from attention_lib.assignment.declaration import Assignment
from attention_lib.assignment.notebook_file import UnreadableNotebook, read_notebook
from attention_lib.findings.linter import is_installed
from attention_lib.verification.culprits import FreshRun
from attention_lib.verification.grader import Grader
from attention_lib.verification.live_session import LiveSession, unsaved
from attention_lib.verification.newer_syntax import newer_syntax

_OTHER_NOTEBOOKS_READ = 20
_LEFT_BEHIND = "which lies beside the notebook and is left behind at grading."


@dataclass(frozen=True)
class Surprise:
    """cell: the grade_id it is about, "" for the whole notebook or a cell of the student's own; message: a sentence."""

    cell: str
    message: str


def surprises(
    path: Path,
    assignment: Assignment,
    submitted: NotebookNode,
    canonical: Canonical,
    run: FreshRun | None,
    session: LiveSession,
    cell_limit_s: float,
    grader: Grader,
) -> list[Surprise]:
    """All that would surprise at grading, the gravest first, each once.

    path: the saved notebook; assignment: what it declares; submitted: what it holds; canonical: what will be graded;
    run: its fresh run, None where none could be made; cell_limit_s: that run's limit; grader: what is known of it
    """
    found = [
        *_wrong_file(path, assignment, session),
        *_not_saved(submitted, assignment, session),
        *_mended(canonical),
        *_left_out(run),
        *_left_behind(canonical, path, run.files if run else set()),
        *_names_not_there(canonical, session),
        *_nobody_answers(canonical),
        *_installs(canonical),
        *_too_new(canonical, grader),
        *_slow(run, cell_limit_s),
        *_newer_notebooks(path, assignment),
    ]
    return list(dict.fromkeys(found))


def _students_cells(canonical: Canonical) -> Iterator[tuple[int, NotebookNode]]:
    """Position and cell, for each code cell whose text is the student's."""
    for index, cell in enumerate(canonical.notebook.cells):
        seen = view(cell)
        if seen.is_code and (seen.answer or seen.is_own):
            yield index, cell


def _about(cell: NotebookNode, text: str) -> Surprise:
    """What is said of one cell: `text` goes on after its name."""
    name = view(cell).answer or view(cell).grade_id
    if name:
        return Surprise(name, f"The cell `{name}` {text}")
    first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    return Surprise("", f"Your own cell that begins `{first[:40].replace('`', '')}` {text}")


def _wrong_file(path: Path, assignment: Assignment, session: LiveSession) -> Iterator[Surprise]:
    if session.notebook and session.notebook != path.name:
        yield Surprise("", (
            f"You are working in {session.notebook}, but this check read {path.name}. Only {path.name} is handed in: "
            "copy your answers there."
        ))  # fmt: skip
    graded = f"{assignment.notebook or 'attention'}.ipynb"
    if path.name != graded:
        yield Surprise("", f"The file that is to be handed in is {graded}: rename {path.name} before you do.")


def _not_saved(submitted: NotebookNode, assignment: Assignment, session: LiveSession) -> Iterator[Surprise]:
    saved = [cell.source for cell in submitted.cells]
    for answer in assignment.answers:
        for name in answer.names:
            if sentence := unsaved(name, saved, session):
                yield Surprise(answer.grade_id, sentence)


def _mended(canonical: Canonical) -> Iterator[Surprise]:
    if canonical.unusable:
        yield Surprise("", canonical.unusable)
    for note in canonical.mended:
        remedy = " Put such lines into an answer cell or a new cell of your own." if note.lost else ""
        yield Surprise(note.cell, note.message + remedy)


def _left_out(run: FreshRun | None) -> Iterator[Surprise]:
    if run is None:
        return
    for index, reason in run.left_out.items():
        remedy = "It was left out and the rest was run again, as at grading: mend it or delete it."
        yield _about(run.notebook.cells[index], f"{reason}. {remedy}")
    if not run.finished:
        yield Surprise("", (
            "The whole notebook took too long, so its last cells were not checked. Find the cells that take long, "
            "make them faster, and run this check again."
        ))  # fmt: skip


def _left_behind(canonical: Canonical, path: Path, written: set[str]) -> Iterator[Surprise]:
    """written: files that the cells themselves write; they are there at grading, too"""
    for _, cell in _students_cells(canonical):
        tree = read_code(cell.source).tree
        if tree is None:
            continue
        for module in _imported(tree):
            made = any(file == f"{module}.py" or file.startswith(f"{module}/") for file in written)
            if not made and (found := _module_beside(path.parent, module)):
                remedy = "Copy the code that you need from it into the notebook."
                yield _about(cell, f"imports `{module}` from {found}, {_LEFT_BEHIND} {remedy}")
        for name in sorted(_file_names(tree)):
            if name not in written and _is_file_beside(path.parent, name):
                remedy = "Write what you need from it into the notebook."
                yield _about(cell, f"uses the file {name}, {_LEFT_BEHIND} {remedy}")


def _imported(tree: ast.Module) -> list[str]:
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module.partition(".")[0])
    return sorted(modules - {"attention_lib"})


def _module_beside(folder: Path, module: str) -> str:
    if (folder / f"{module}.py").is_file():
        return f"{module}.py"
    inside = folder / module
    return f"the folder {module}" if inside.is_dir() and any(inside.glob("*.py")) else ""


def _file_names(tree: ast.Module) -> set[str]:
    """Texts that are handed to a call, whole and, for magics such as `%run helper.py`, by words."""
    texts = {
        value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for value in [*node.args, *(keyword.value for keyword in node.keywords)]
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }
    return texts | {word for text in texts for word in text.split()}


def _is_file_beside(folder: Path, name: str) -> bool:
    try:
        return not Path(name).is_absolute() and (folder / name).is_file()
    except (OSError, ValueError):
        return False


def _names_not_there(canonical: Canonical, session: LiveSession) -> Iterator[Surprise]:
    """Names that a cell uses and that come too late, or that only this session or a cell not run at grading has."""
    cells = canonical.notebook.cells
    definers = _definers(cells)
    first = {
        name: min((i for i in where if _is_graded(cells[i])), default=len(cells)) for name, where in definers.items()
    }
    tests = {view(cell).tested: i for i, cell in enumerate(cells)}
    lost = " ".join(note.message for note in canonical.mended if note.lost)
    for index, cell in _students_cells(canonical):
        answer = view(cell).answer
        test = tests.get(answer, len(cells)) if answer else len(cells)
        needed = _needed_when_called(cell, answer, cells, definers)
        limits = dict.fromkeys(needed, test) | dict.fromkeys(read_code(cell.source).needs_at_once, index)
        for name, limit in sorted(limits.items()):
            if first.get(name, len(cells)) < limit or re.search(rf"\b{re.escape(name)}\b", lost):
                continue
            if reason := _why_missing(name, index, cells, definers, session):
                yield _about(cell, f"uses `{name}`, {reason}")


def _definers(cells: list[NotebookNode]) -> dict[str, list[int]]:
    """For each name the positions of the code cells that give it a value."""
    definers: dict[str, list[int]] = {}
    for index, cell in enumerate(cells):
        for name in read_code(cell.source).defines if cell.cell_type == "code" else ():
            definers.setdefault(name, []).append(index)
    return definers


def _needed_when_called(
    cell: NotebookNode, answer: str, cells: list[NotebookNode], definers: dict[str, list[int]]
) -> set[str]:
    """Names used inside the cell's functions; for an answer also inside the student's own functions that these use."""
    needed: set[str] = set()
    new = set(read_code(cell.source).needs_later)
    while new:
        needed |= new
        callees = {i for name in new for i in definers.get(name, ()) if view(cells[i]).is_own} if answer else set()
        new = {name for i in callees for name in read_code(cells[i].source).needs_later} - needed
    return needed


def _why_missing(
    name: str, index: int, cells: list[NotebookNode], definers: dict[str, list[int]], session: LiveSession
) -> str:
    where = [i for i in definers.get(name, ()) if i != index]
    if any(i > index and _is_graded(cells[i]) for i in where):
        return "which is defined only further down. Grading runs from the top: move that definition above this cell."
    if any(not _is_graded(cells[i]) for i in where):
        return "which comes from a cell that is not run at grading. Define it in a cell of your own above this one."
    if where or name not in session.names or "*" in definers:
        return ""
    if any(cell.cell_type == "code" and seems_to_define(cell.source, name) for cell in cells):
        return ""
    return (
        "which only this session knows: no cell of the saved file defines it. Write a cell above that does, and save."
    )


def _is_graded(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and not view(cell).is_lesson_only


def _nobody_answers(canonical: Canonical) -> Iterator[Surprise]:
    for _, cell in _students_cells(canonical):
        for call in sorted(_calls(cell)):
            shown = next((text for pattern, text in _QUESTIONS.items() if re.match(pattern, call)), None)
            if shown:
                remedy = "Nobody answers at grading, where it stops with an error. Delete it before you hand in."
                yield _about(cell, f"waits for somebody to type: `{shown}`. {remedy}")


# What a call looks like in the syntax tree, and how the student wrote it.
_QUESTIONS = {
    r"(builtins\.)?input$": "input()",
    r"(getpass\.)?getpass$": "getpass()",
    r"(builtins\.)?breakpoint$": "breakpoint()",
    r"(.*\.)?set_trace$": "set_trace()",
    r"(pdb|ipdb)\.(pm|post_mortem|run|runcall)$": "pdb",
    r"sys\.stdin\.read": "sys.stdin",
    r"%debug$": "%debug",
    r"%pdb( on| 1|)$": "%pdb",
}


def _installs(canonical: Canonical) -> Iterator[Surprise]:
    for _, cell in _students_cells(canonical):
        if any(call[0] in "%!" and _INSTALL.search(call) for call in _calls(cell)):
            remedy = "Nothing is installed at grading: use torch, numpy and Python's standard library alone."
            yield _about(cell, f"installs a package. {remedy}")


def _too_new(canonical: Canonical, grader: Grader) -> Iterator[Surprise]:
    """Code that only runs because this Python is a later one than the grader's."""
    if grader.python is None or sys.version_info[:2] <= grader.python:
        return
    here, there = ("{}.{}".format(*version) for version in (sys.version_info, grader.python))
    if not is_installed():
        yield Surprise("", (
            f"Grading uses Python {there}, and this is Python {here}: what came in between is an error there."
        ))  # fmt: skip
    cells = [cell for _, cell in _students_cells(canonical)]
    for number, newer in newer_syntax([cell.source for cell in cells], grader.python).items():
        yield _about(cells[number], (
            f"has syntax in line {newer.line} that came with Python {newer.since}, and grading uses Python {there}, "
            "where it is an error. Write it in the older way."
        ))  # fmt: skip


_INSTALL = re.compile(r"\b(pip3?|conda|mamba|uv|apt|apt-get)\b.*\b(install|add)\b", re.DOTALL)
_MAGICS = {"run_line_magic": "%", "run_cell_magic": "%", "system": "!", "getoutput": "!"}


def _calls(cell: NotebookNode) -> set[str]:
    """What the cell calls: `name`, `module.name`, `%magic words`, `!command`."""
    tree = read_code(cell.source).tree
    calls = set()
    for node in ast.walk(tree) if tree else ():
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""
        words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        sign = _MAGICS.get(name.removeprefix("get_ipython()."), "") if name.startswith("get_ipython().") else ""
        calls.add(sign + " ".join(words).strip() if sign else name)
    return calls - {""}


def _slow(run: FreshRun | None, cell_limit_s: float) -> Iterator[Surprise]:
    for index, seconds in (run.seconds if run else {}).items():
        if seconds > cell_limit_s / 2:
            remedy = f"After {cell_limit_s:g} s it is stopped at grading: make it faster."
            yield _about(run.notebook.cells[index], f"took {seconds:.0f} s. {remedy}")


def _newer_notebooks(path: Path, assignment: Assignment) -> Iterator[Surprise]:
    """Other notebooks of this assignment in the same folder that were saved later."""
    try:
        saved = path.stat().st_mtime
        others = [(p.stat().st_mtime, p) for p in path.parent.glob("*.ipynb") if p.name != path.name]
    except OSError:
        return
    for written, other in sorted(others, reverse=True)[:_OTHER_NOTEBOOKS_READ]:
        if written > saved and _is_of(assignment, other):
            yield Surprise("", (
                f"{other.name} was saved later than {path.name}. Only {path.name} is handed in and graded: if your "
                "work is in the other one, copy it over."
            ))  # fmt: skip


def _is_of(assignment: Assignment, path: Path) -> bool:
    try:
        cells = read_notebook(path).cells
    except UnreadableNotebook:
        return False
    return any(view(cell).grade_id in assignment.ids for cell in cells)
