"""What the notebook declares stands nowhere else: no module names an answer or counts them, but those about it."""

import ast
import re
from pathlib import Path

from tests.lesson_answers import ANSWERS

ROOT = Path(__file__).resolve().parents[1]
# Their subject is this lesson: its pictures, experiments, model, demo class, and labelled answers.
ABOUT_THIS_LESSON = (
    "attention_lib/pictures",
    "attention_lib/experiments",
    "attention_lib/model/student_attention.py",
    "grading/demo",
    "grading/review/labelled",
)
_COUNTED = re.compile(r"\b(?:four|five)\s+(?:functions|answers|names|cells|points|tests)\b", re.IGNORECASE)


def modules() -> list[Path]:
    folders = ("attention_lib", "course", "grading", "handin", "hub")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return [path for path in found if not path.relative_to(ROOT).as_posix().startswith(ABOUT_THIS_LESSON)]


def told(source: str) -> set[str]:
    """The answers' ids and names that code uses, and counts of them; docstrings may give examples."""
    tree = ast.parse(source)
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    statements = [node.body for node in ast.walk(tree) if isinstance(node, owners)]
    docstrings = {id(body[0].value) for body in statements if body and isinstance(body[0], ast.Expr)}
    found = set()
    for node in ast.walk(tree):
        words = [getattr(node, key, None) for key in ("id", "arg", "name", "attr")]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words += re.findall(r"\w+", node.value) if id(node) not in docstrings else []
            found.update(_COUNTED.findall(node.value))
        found |= {word for word in words if isinstance(word, str)} & {*ANSWERS, *ANSWERS.values()}
    return found


def test_no_other_module_names_an_answer_or_counts_them():
    found = {path.relative_to(ROOT).as_posix(): told(path.read_text("utf-8")) for path in modules()}
    assert len(found) > 150 and {name: words for name, words in found.items() if words} == {}


def test_what_would_be_found():
    assert told('"""attention_head"""\nx = "of the four functions"\nHEAD = "attention_head"\nAttentionHead()') == {
        "four functions",
        "attention_head",
        "AttentionHead",
    }
