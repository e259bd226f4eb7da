"""Rules on tests: each stands below its answer, and makes the records that all readers read."""

import ast
from collections.abc import Iterator

from attention_lib.assignment.cell_code import read_code
from attention_lib.assignment.declaration import ChecksCall, checks_calls
from grading.source.rules.syntax import syntax_error
from grading.source.rules.written_source import Source, SourceCell, SourceFault, listed, shown

_OF_CHECKS = "A test is made of `Checks`: `checks = Checks({answer!r})`, the checks, and `checks.report()` at the end"


def place_faults(source: Source) -> Iterator[SourceFault]:
    """Tests that do not stand below the solution that they test."""
    for test in source.tests:
        tested = test.view.tested
        answer, name = source.find(tested), shown(tested)
        if answer is None:
            yield test.fault(f"tests `{name}`, but no cell has that id: add the solution `{name}` above, or rename it.")
        elif answer.view.is_manual:
            yield test.fault(
                f"tests `{name}`, which is manually graded: make that a solution without points of its own, or delete "
                "this test."
            )
        elif not answer.view.is_answer:
            yield test.fault(f"tests `{name}`, which is no solution made of code: make it one, or delete this test.")
        elif answer.number > test.number:
            yield test.fault(f"stands above `{name}`, the answer that it tests: move it below.")


def checks_faults(source: Source) -> Iterator[SourceFault]:
    """Tests without records, or with `Checks` that cannot be read."""
    for test in source.tests:
        if test.tree is not None:
            yield from _checks_faults(source, test)


def _checks_faults(source: Source, test: SourceCell) -> Iterator[SourceFault]:
    calls, answer = checks_calls(test.text), test.view.tested
    rule = _OF_CHECKS.format(answer=shown(answer))
    if not calls:
        yield test.fault(f"makes no check records, so that it could give no points. {rule}, not of bare `assert`s.")
        return
    if len(calls) > 1:
        yield test.fault(f"calls `Checks` {len(calls)} times: a test has one list of checks. Put all checks into one.")
        return
    use = _ChecksUse(test.tree)
    if not use.reports:
        yield test.fault(f"makes checks, but never reports them. {rule}, in a line that is not indented.")
    elif len(use.reports) > 1:
        yield test.fault("reports its checks twice, and then nothing counts: keep the last `checks.report()` alone.")
    elif not use.visible and not use.hidden:
        yield test.fault("has no check: put `@checks.visible` or `@checks.hidden` above each function that is one.")
    elif max(use.visible + use.hidden) > use.reports[0]:
        yield test.fault("makes a check below `checks.report()`, where it counts for nothing: move it above.")
    yield from _call_faults(source, test, calls[0])


def _call_faults(source: Source, test: SourceCell, call: ChecksCall) -> Iterator[SourceFault]:
    tested = test.view.tested
    answer = source.assignment.answer(tested)
    if call.answer is None:
        yield test.fault(f"calls `Checks` without its answer written out: write `Checks({shown(tested)!r}, …)`.")
    elif call.answer != tested:
        yield test.fault(
            f"makes the checks of `{shown(call.answer)}`, but is the test of `{shown(tested)}`: write "
            f"`Checks({shown(tested)!r}, …)`."
        )
    if answer and answer.names and call.name is not None and call.name not in answer.names:
        yield test.fault(
            f"calls its answer `name={shown(call.name)!r}`, but that is none of what the solution defines and the test "
            f"reads: write {listed(answer.names, 'or')}."
        )
    if call.over is None:
        yield test.fault(
            "has an `over` that is not written out as a tuple or list of names in quotes: write "
            "`over=('first', 'second')`, since it is read without running the test."
        )
    own = source.find(tested)
    # Of what is no answer because it lacks its test, or its solution, that is said already.
    half = {test.view.tested for test in source.tests} | {
        cell.view.grade_id for cell in source.cells if cell.view.is_answer
    }
    for name in call.over or ():
        other = next((each for each in source.assignment.answers if name in (each.grade_id, *each.names)), None)
        if other is None and name in half:
            continue
        if other is None:
            others = listed(each for each in source.assignment.ids if each != tested)
            yield test.fault(
                f"says in `over` that its answer is built over {shown(repr(name))}, but no answer is called so: mend "
                f"the name, or take it out. Other answers: {others or 'none'}."
            )
        elif other.grade_id == tested:
            yield test.fault(f"says in `over` that its answer is built over itself: take {shown(repr(name))} out.")
        elif own and source.find(other.grade_id).number > own.number:
            yield test.fault(
                f"says in `over` that its answer is built over {shown(repr(name))}, which stands below it: move that "
                "answer above, or take it out of `over`."
            )


def released_faults(source: Source, released: list[str]) -> Iterator[SourceFault]:
    """Code that does not hold, or shows what it should hide, without the parts that students do not get.

    released: the text of each cell as students get it
    """
    for cell in source.cells:
        text = released[cell.number - 1]
        if not cell.view.is_code or cell.syntax_error or text == cell.text:
            continue
        if error := syntax_error(text):
            line = f", line {error[0]}" if error[0] else ""
            yield cell.fault(
                "is no Python as students get it, without the lines between the marks "
                f"({shown(error[1])}{line}): let the marks hold whole statements."
            )
        elif cell.view.tested and cell.tree and _ChecksUse(cell.tree).reports:
            yield from _released_checks_faults(cell, text)


def _released_checks_faults(test: SourceCell, text: str) -> Iterator[SourceFault]:
    use = _ChecksUse(read_code(text).tree)
    if not use.reports:
        yield test.fault(
            "makes or reports its checks within the hidden tests, which students do not get: put `Checks(…)` above the "
            "hidden tests and `checks.report()` below them."
        )
    elif not use.visible and not use.hidden:
        yield test.fault(
            "has only hidden checks, so that it passes in no student's notebook: put a `@checks.visible` above the "
            "hidden tests."
        )
    elif use.hidden:
        yield test.fault(
            "has a `@checks.hidden` outside of the hidden tests, so that students get it: move it between the marks, "
            "or make it `@checks.visible`."
        )


class _ChecksUse:
    """What a test does with its `Checks(…)`, by lines.

    reports: the calls of `report` that run in any case
    visible, hidden: where these are used
    """

    def __init__(self, tree: ast.Module | None):
        nodes = list(ast.walk(tree)) if tree else []
        self._names = {
            target.id
            for node in nodes
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and _makes_checks(node.value)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        calls = [node.value for node in (tree.body if tree else []) if isinstance(node, ast.Expr)]
        self.reports = [call.lineno for call in calls if isinstance(call, ast.Call) and self._is(call.func, "report")]
        self.visible, self.hidden = (
            [node.lineno for node in nodes if self._is(node, kind)] for kind in ("visible", "hidden")
        )

    def _is(self, node: ast.AST, attribute: str) -> bool:
        return (
            isinstance(node, ast.Attribute)
            and node.attr == attribute
            and (_makes_checks(node.value) or getattr(node.value, "id", "") in self._names)
        )


def _makes_checks(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Call) and "Checks" in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))
