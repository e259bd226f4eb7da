"""Text of a notebook made fit for a page: no control characters, no terminal colours, no giant lines."""

import re

_TERMINAL_CODES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def plain_text(text: object) -> str:
    """Return `text` as a string that UTF-8 and HTML can hold.

    A list of strings (a notebook's multi-line text) is joined; None is the empty string. Terminal colour codes are
    dropped, line ends become `\\n`, and lone surrogates and control characters become U+FFFD.
    """
    if text is None:
        return ""
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    text = _TERMINAL_CODES.sub("", str(text)).replace("\r\n", "\n")
    return _NOT_TEXT.sub("\ufffd", text)


def as_a_terminal_shows(text: object) -> str:
    """Return `plain_text(text)` where a carriage return starts its line again, as in a progress bar."""
    lines = plain_text(text).split("\n")
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)


def cut_lines(text: str, most_lines: int, most_characters: int, longest_line: int = 2_000) -> tuple[str, str]:
    """Cut `text` to what a page can hold.

    Returns the text and a note in words on what is missing, empty if nothing is.
    """
    notes = []
    lines = text.split("\n")
    if len(lines) > most_lines:
        notes.append(f"{len(lines) - most_lines:,} more lines")
        lines = lines[:most_lines]
    shown, length = [], 0
    for number, line in enumerate(lines):
        if len(line) > longest_line:
            notes.append(f"{len(line) - longest_line:,} more characters in line {number + 1}")
            line = line[:longest_line] + " …"
        length += len(line) + 1
        if length > most_characters and shown:
            notes.append(f"{len(lines) - number:,} more lines")
            break
        shown.append(line)
    if not notes:
        return text, ""
    if len(notes) > 2:
        notes[1:] = ["more of the same kind"]
    return "\n".join(shown), f"Cut here to keep this page small: {', '.join(notes)}."
