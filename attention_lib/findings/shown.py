"""Findings as their student reads them, as text and as HTML."""

import html
from collections.abc import Sequence
from urllib.parse import quote

from attention_lib.findings.notebook import AnswerFinding
from attention_lib.findings.sentences import Sentence, sentence_of
from attention_lib.sentences import code_marks

_SMALL = "font-size:.92em"
_CODE = (
    "margin:4px 0;padding:6px 8px;border-left:3px solid rgba(128,128,128,.5);background:rgba(128,128,128,.12);"
    "color:inherit;white-space:pre-wrap;overflow-wrap:anywhere"
)


def as_text(found: AnswerFinding, with_example: bool = True) -> str:
    """One finding with its answer, its lines and the section that explains it."""
    said = sentence_of(found.finding)
    lines = [f"{found.answer}, {found.where}: {said.text} {said.why}"]
    if with_example:
        lines += ["  for example", _indented(said.before), "  becomes", _indented(said.after or "(nothing)")]
    return "\n".join([*lines, f"  See section {said.section}."] if said.section else lines)


def as_html(findings: Sequence[AnswerFinding], notebook: str) -> str:
    """Findings by answer, each with an example to open; colours are inherited, so that it fits light and dark themes.

    notebook: the notebook's file name, for the links to its sections
    """
    parts = []
    for answer in dict.fromkeys(each.answer for each in findings):
        parts.append(f'<div style="margin-top:8px"><code style="font-weight:600">{html.escape(answer)}</code></div>')
        parts += [_item(each, notebook) for each in findings if each.answer == answer]
    return "".join(parts)


def _item(found: AnswerFinding, notebook: str) -> str:
    said = sentence_of(found.finding)
    where = f'<span style="{_SMALL};white-space:nowrap">{found.where}</span>'
    return (
        f'<div style="margin:4px 0 0 12px">{where} · {code_marks(said.text)} {code_marks(said.why)}'
        f"{_example(said)}{_link(said.section, notebook)}</div>"
    )


def _example(said: Sentence) -> str:
    before, after = (f'<pre style="{_CODE}">{html.escape(code)}</pre>' for code in (said.before, said.after))
    after = after if said.after else "<div>(nothing)</div>"
    return (
        f'<details style="{_SMALL}"><summary style="cursor:pointer">for example</summary>{before}'
        f"<div>becomes</div>{after}</details>"
    )


def _link(section: str, notebook: str) -> str:
    if not section:
        return ""
    # Jupyter makes a heading's anchor of its text, and finds it where the link names the file.
    target = html.escape(f"{quote(notebook, errors='replace')}#{quote(section.replace(' ', '-'))}")
    return f'<div style="{_SMALL}">See <a style="color:inherit" href="{target}">{html.escape(section)}</a>.</div>'


def _indented(code: str) -> str:
    return "\n".join(f"      {line}" for line in code.split("\n"))
