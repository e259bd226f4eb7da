"""What ruff finds, for the rules that never fire where nothing is wrong; each becomes a finding of ours."""

import ast
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from attention_lib.findings.code import Code
from attention_lib.findings.finding import Finding
from attention_lib.findings.flow import names_in
from attention_lib.findings.unclear_name import is_given

# Not RET504 (a result with a name) nor C417 (`map` with a lambda): both are good style here.
RULES = {
    "F811": ("dead_code", "defined twice"),
    "F841": ("dead_code", "variable"),
    "ARG001": ("dead_code", "parameter"),
    "B007": ("dead_code", "loop variable"),
    "E711": ("non_idiomatic_call", "none"),
    "E712": ("non_idiomatic_call", "truth value"),
    "E713": ("non_idiomatic_call", "not in"),
    "E714": ("non_idiomatic_call", "not is"),
    "E721": ("non_idiomatic_call", "type"),
    "E722": ("non_idiomatic_call", "bare except"),
    "E731": ("non_idiomatic_call", "lambda"),
    "F632": ("non_idiomatic_call", "is a literal"),
    "B006": ("non_idiomatic_call", "mutable default"),
    "UP008": ("non_idiomatic_call", "super"),
    "C400": ("non_idiomatic_call", "comprehension"),
    "C401": ("non_idiomatic_call", "comprehension"),
    "C402": ("non_idiomatic_call", "comprehension"),
    "C403": ("non_idiomatic_call", "comprehension"),
    "C404": ("non_idiomatic_call", "comprehension"),
    "C409": ("redundant_step", "collected twice"),
    "C410": ("redundant_step", "collected twice"),
    "C411": ("redundant_step", "collected twice"),
    "C414": ("redundant_step", "collected twice"),
    "C416": ("redundant_step", "copied one by one"),
    "SIM201": ("redundant_step", "negated comparison"),
    "SIM202": ("redundant_step", "negated comparison"),
    "SIM208": ("redundant_step", "not not"),
    "SIM210": ("redundant_step", "true or false"),
    "SIM211": ("redundant_step", "true or false"),
    "PLR1711": ("redundant_step", "useless return"),
    "TRY203": ("redundant_step", "raised again"),
    "E741": ("unclear_name", "looks like a digit"),
    "A001": ("unclear_name", "hides a builtin"),
    "A002": ("unclear_name", "hides a builtin"),
}

# What is wrong with these is no expression.
_NAMELESS = frozenset({"bare except", "mutable default", "useless return", "raised again"})


def is_installed() -> bool:
    """Whether ruff is there. Where it is not, only our own finders speak."""
    return find_spec("ruff") is not None


def linted(codes: Sequence[Code]) -> list[list[Finding]]:
    """For each answer what ruff finds in it, in one run; nothing where ruff is missing or fails."""
    found: list[list[Finding]] = [[] for _ in codes]
    for number, result in ruff_results([code.source if code.tree else "" for code in codes], ",".join(RULES)):
        finding = _finding(result, codes[number]) if result["code"] in RULES else None
        found[number] += [finding] if finding else []
    return found


def ruff_results(
    texts: Sequence[str], rules: str, python: tuple[int, int] = sys.version_info[:2]
) -> list[tuple[int, dict]]:
    """What ruff says of the texts by these rules, each with the text's number; nothing where ruff is missing or fails.

    rules: codes, with commas between them
    python: the version whose syntax is right; what came later is said to be an error, whatever the rules
    """
    if not any(texts) or not is_installed():
        return []
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            (Path(folder) / f"answer_{number}.py").write_text(text, encoding="utf-8", errors="replace")
        command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--quiet", "--exit-zero"]
        command += ["--ignore-noqa", "--select", rules, "--output-format", "json"]
        command += ["--target-version", "py{}{}".format(*python), folder]
        limit_s = 5 + len(texts) / 50
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, stdin=subprocess.DEVNULL)
            results = json.loads(done.stdout or "[]")
        except (OSError, subprocess.SubprocessError, ValueError):
            return []
    numbers = [int(Path(result["filename"]).stem.removeprefix("answer_")) for result in results]
    return list(zip(numbers, results, strict=True))


def _finding(result: dict, code: Code) -> Finding | None:
    kind, form = RULES[result["code"]]
    first, last = result["location"]["row"], result["end_location"]["row"]
    node = _node_at(result, code)
    if node is not None and is_given(node, code):
        return None
    names = re.findall(r"`([A-Za-z_]\w*)`", result["message"])
    if isinstance(node, ast.Assign):
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
    if form == "loop variable" and not isinstance(code.parents.get(node), ast.Tuple):
        # Who counts rounds needs a name for the number.
        return None
    if kind in ("unclear_name", "dead_code") or form == "lambda":
        return Finding(kind, form, first, first, tuple(names[:1]))
    if form in _NAMELESS:
        return Finding(kind, form, first, first)
    if form in ("not in", "not is") and node is not None:
        node = code.parents[node]
    text = code.shown(node) if node is not None and not isinstance(node, ast.stmt) else ""
    return Finding(kind, form, first, last, names_in(node) if node is not None else (), code=text)


def _node_at(result: dict, code: Code) -> ast.AST | None:
    """The comparison around a place of ruff's, else what begins there."""
    start = (result["location"]["row"], result["location"]["column"] - 1)
    end = (result["end_location"]["row"], result["end_location"]["column"] - 1)
    # ruff counts characters where Python counts bytes; a line with others than ASCII has no node then.
    around = [
        node
        for node in code.all_nodes
        if hasattr(node, "lineno")
        and (node.lineno, node.col_offset) <= start
        and end <= (node.end_lineno, node.end_col_offset)
    ]
    compared = [node for node in around if isinstance(node, ast.Compare)]
    exact = [node for node in around if (node.lineno, node.col_offset) == start]
    return (compared or exact or [None])[-1]
