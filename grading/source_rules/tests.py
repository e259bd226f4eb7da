"""Rules on tests: each stands below its answer, and makes the records that all readers read."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from attention_lib.assignment.declaration import ChecksCall, checks_calls
from attention_lib.cell_code import MOST_MAGICS, read_code, syntax_error
from attention_lib.top_level_code import LONGEST_SOURCE
from grading.source_rules.source import Source, SourceCell, SourceFault, listed, shown

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
        if test.code.tree is not None:
            yield from _checks_faults(source, test)
        elif not test.syntax_error:
            yield test.fault(
                f"is too long to be read: keep it below {LONGEST_SOURCE:,} characters and {MOST_MAGICS} magics."
            )


def _checks_faults(source: Source, test: SourceCell) -> Iterator[SourceFault]:
    calls, answer = checks_calls(test.text), test.view.tested
    rule = _OF_CHECKS.format(answer=shown(answer))
    if not calls:
        yield test.fault(f"makes no check records, so that it could give no points. {rule}, not of bare `assert`s.")
        return
    if len(calls) > 1:
        yield test.fault(f"calls `Checks` {len(calls)} times: a test has one list of checks. Put all checks into one.")
        return
    if not reports(test.text):
        yield test.fault(f"makes checks, but never reports them. {rule}.")
    elif late := _below_the_report(test.text):
        yield test.fault(f"has {listed(late)} below `checks.report()`, where it counts for nothing: move it above.")
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
            "has an `over` that cannot be read without running it: write the ids of the answers out, as in "
            "`over=('first', 'second')`."
        )
    own = source.find(tested)
    for name in call.over or ():
        other = next((each for each in source.assignment.answers if name in (each.grade_id, *each.names)), None)
        if other is None:
            others = listed(each for each in source.assignment.ids if each != tested)
            yield test.fault(
                f"says in `over` that its answer is built over `{shown(name)}`, but no answer is called so: mend the "
                f"name, or take it out. Other answers: {others or 'none'}."
            )
        elif other.grade_id == tested:
            yield test.fault(f"says in `over` that its answer is built over itself: take `{shown(name)}` out.")
        elif own and source.find(other.grade_id).number > own.number:
            yield test.fault(
                f"says in `over` that its answer is built over `{shown(name)}`, which stands below it: move that "
                "answer above, or take it out of `over`."
            )


def reports(text: str) -> bool:
    """Whether a test reports the checks that it makes."""
    return bool(_reports(read_code(text).tree))


def released_faults(source: Source, released: list[str]) -> Iterator[SourceFault]:
    """Tests that do not hold without their hidden part.

    released: the text of each cell as students get it
    """
    for test in source.tests:
        text = released[test.number - 1]
        if text == test.text or test.syntax_error or not reports(test.text):
            continue
        if error := syntax_error(text):
            line = f", line {error[0]}" if error[0] else ""
            yield test.fault(
                f"is no Python once its hidden tests are taken out ({shown(error[1])}{line} of what is left): hide "
                "whole statements."
            )
        elif not reports(text):
            yield test.fault(
                "makes or reports its checks within the hidden tests, which students do not get: put `Checks(…)` above "
                "the hidden tests and `checks.report()` below them."
            )


def _reports(tree: ast.Module | None) -> list[int]:
    """The lines of the calls of `report` on what `Checks(…)` gave."""
    nodes = list(ast.walk(tree)) if tree else []
    names = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and _makes_checks(node.value)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    return [
        node.lineno
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "report"
        and (_makes_checks(node.func.value) or getattr(node.func.value, "id", "") in names)
    ]


def _makes_checks(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Call) and "Checks" in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))


def _below_the_report(text: str) -> list[str]:
    """The names of checks that are made after the last report."""
    tree = read_code(text).tree
    last = max(_reports(tree))
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and node.lineno > last
        and any(getattr(decorator, "attr", "") in ("visible", "hidden") for decorator in node.decorator_list)
    ]
