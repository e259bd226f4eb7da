"""Plain facts about shown code for the prompt: a small model sees numbers and loops that are not there."""

import ast

# Dimensions, steps and factors that are no sizes.
_NO_SIZES = {0, 1, 2, 0.5}


def code_facts(text: str) -> list[str]:
    """Sentences about numbers and loops, with lines of `text` counted from 1 as `{line 3}`."""
    nodes = list(ast.walk(ast.parse(text)))
    numbers = [
        f"{node.value!r} {{line {node.lineno}}}"
        for node in nodes
        if isinstance(node, ast.Constant)
        and type(node.value) in (int, float)
        and node.value not in _NO_SIZES
        and abs(node.value) < 1e4
    ]
    loops = [
        f"{{line {getattr(node, 'lineno', 0) or node.target.lineno}}}"
        for node in nodes
        if isinstance(node, (ast.For, ast.While, ast.comprehension))
    ]
    return [
        f"Sizes written as numbers: {', '.join(numbers) or 'none, so no comment is a hard_coded_size'}",
        f"Loops: {', '.join(loops) or 'none, so no comment is a loop'}",
    ]
