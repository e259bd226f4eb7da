"""A student's Markdown as Markdown in which nothing can become active, whoever turns it into HTML.

The rules look at characters alone and not at what is code, a formula or a link: readers of Markdown differ in that, and
what one of them takes for code is a tag to another. So each rule takes something away that every reader needs, by a
space at one place. What was meant as text, code or a formula stays readable, if with a space that was not there.
"""

import re

from attention_lib.assignment.notebook_file import encodable

# A tag, a comment, a declaration or an address in angle brackets starts like this.
_OPENS_A_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LINE_BREAK = re.compile(r"<br */?>", re.IGNORECASE)
# Both ends on one line, nothing between them that could hide the second end from a reader.
_PLAIN_PAIR = re.compile(r"<(b|i|em|strong|u|s|del|sub|sup|kbd|mark|small|code)>([^<>`$\\\n]*)</\1>")
_HELD = re.compile("\ue000(\\d+)\ue001")
# The targets of inline links, and of those that are defined elsewhere.
_OTHER_TARGET = re.compile(
    r"\](?=\((?! *(?:https?://|mailto:|#)))|\](?=:(?![ \t]*\n?[ \t]*(?:https?://|mailto:)))", re.IGNORECASE
)
_PICTURE = re.compile(r"!(?=\[)")
# MathJax: attributes, addresses and code to load.
_FORMULA_COMMAND = re.compile(r"\\(?=(?:href|class|cssId|style|require|bbox|mmlToken|includegraphics)(?![A-Za-z]))")
# The language of a block of code; "mermaid" is drawn by a script, and may be written in several ways.
# Possessive: going back over thousands of backticks would take minutes.
_FENCE = re.compile(r"((?<!`)`{3,}+|(?<!~)~{3,}+)(?!text )")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ue000\ue001]")


def sanitize_markdown(source: str) -> str:
    """The text without raw HTML, pictures, and links to anything but the web, an e-mail address or a place on the page.

    Tags are shown as text, but for `<br>` and pairs such as `<sub>2</sub>` without attributes. Pictures become links:
    loading one from elsewhere would tell its owner who reads the page, and when.
    """
    text = encodable(source).replace("\r\n", "\n").replace("\r", "\n")
    text = _INVISIBLE.sub("", text)
    kept: list[str] = []

    def hold(match: re.Match) -> str:
        kept.append(match[0])
        return f"\ue000{len(kept) - 1}\ue001"

    text = _PLAIN_PAIR.sub(hold, _LINE_BREAK.sub(hold, text))
    text = _OPENS_A_TAG.sub("< ", text)
    text = _HELD.sub(lambda match: _HELD.sub(lambda inner: kept[int(inner[1])], kept[int(match[1])]), text)
    text = _PICTURE.sub("! ", text)
    text = _OTHER_TARGET.sub("] ", text)
    text = _FORMULA_COMMAND.sub(r"\\ ", text)
    return "\n".join(map(_undrawn, text.split("\n")))


def _undrawn(line: str) -> str:
    last = max(line.lower().rfind(sign) for sign in ("mermaid", "&", "\\"))
    return _FENCE.sub(r"\1text ", line[:last]) + line[last:] if last > 0 else line


def as_code(source: str) -> str:
    """A text that is no Markdown, as a harmless block of code."""
    text = sanitize_markdown(source)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}" if text.strip() else ""
