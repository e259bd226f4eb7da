"""nbgrader's metadata and ours are read in one place, `attention_lib.assignment.cells`."""

import ast

from tests.test_rooms import MODULES

KEYS = ("nbgrader", "attention101")
# That module; those that write metadata; and the student's `verify()`, which rebuilds a released notebook out of them.
MAY_READ = {
    "attention_lib.assignment.cells",
    "grading.source.released",
    "grading.source.rules.written_source",
    "attention_lib.progress",
}


def reads(tree: ast.AST) -> list[str]:
    """Where a text takes one of the keys out of metadata, as an attribute, a subscript or with `get` and the like."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=holder, attr=key) | ast.Subscript(value=holder, slice=ast.Constant(value=key)):
                pass
            case ast.Call(func=ast.Attribute(value=holder), args=[ast.Constant(value=key), *_]):
                pass
            case _:
                continue
        if key in KEYS and "metadata" in ast.unparse(holder):
            found.append(ast.unparse(node))
    return found


def test_what_reads_a_key_is_found():
    for text in ("c.metadata.nbgrader.grade_id", 'c.metadata["nbgrader"]', 'metadata.get("attention101", {})'):
        assert reads(ast.parse(text)), text
    assert not reads(ast.parse('resources["nbgrader"]["student"]'))


def test_only_the_view_of_cells_reads_metadata():
    found = {name: reads(ast.parse(path.read_text(encoding="utf-8"))) for name, path in MODULES.items()}
    assert {name: places for name, places in found.items() if places and name not in MAY_READ} == {}
    assert all(found[name] for name in MAY_READ), "a module of the list no longer needs to be there"
