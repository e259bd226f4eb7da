"""How the records of a test cell look in a notebook."""

import html

CHECKS_MIME = "application/vnd.attention101.checks+json"

_LOOK = {True: ("✓", "passed", "#0072B2"), False: ("✗", "not yet", "#D55E00"), None: ("○", "not checked", "#777777")}


def as_bundle(records: list[dict], printed: str) -> dict:
    """The records as JSON, HTML and plain text, by type; with what the answer printed, if it did."""
    return {CHECKS_MIME: records, "text/html": _as_html(records, printed), "text/plain": _as_text(records, printed)}


def _as_html(records: list[dict], printed: str) -> str:
    rows = []
    for record in records:
        symbol, word, colour = _LOOK[record["passed"]]
        message = _code_marks(html.escape(record["message"]))
        rows.append(
            f'<li style="display:flex;gap:0.6em;margin:0.3em 0;list-style:none">'
            f'<span style="color:{colour};font-weight:bold" title="{word}" aria-label="{word}">{symbol}</span>'
            f"<span><b>{html.escape(record['check'])}</b> · {message}</span></li>"
        )
    note = ""
    if printed.strip():
        note = (
            "<details><summary>What your code printed</summary>"
            f'<pre style="white-space:pre-wrap">{html.escape(printed)}</pre></details>'
        )
    return f'<ul style="margin:0.3em 0;padding:0">{"".join(rows)}</ul>{note}'


def _code_marks(text: str) -> str:
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return text
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))


def _as_text(records: list[dict], printed: str) -> str:
    lines = [f"{_LOOK[record['passed']][0]} {record['check']}: {record['message']}" for record in records]
    return "\n".join(lines + (["", "What your code printed:", printed] if printed.strip() else []))
