"""Code that tries to talk to whoever reviews it. Then every comment on it waits for a person."""

import ast
import base64
import binascii
import io
import re
import tokenize
import unicodedata

from attention_lib.findings.code import Code
from grading.review.rules.field_words import plain_words
from grading.review.rules.injections import MARKS, OTHER_SCRIPTS, SQUEEZED, WORDS
from grading.review.rules.plain_letters import is_invisible, plain, rotated, squeezed, without_digits_for_letters

MOST_WORDS = 120
MOST_WORDS_OF_A_COMMENT = 30
MOST_WORDS_OF_A_NAME = 3
LONGEST_READ = 20_000
_LONG_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[\s:]?){12,}|(?:\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}){6,}|(?:\b[01]{8}\b\s*){5,}")
_DECODES = re.compile(
    r"\b(?:b64decode|b32decode|b16decode|fromhex|unhexlify|rot_?13|codecs|base64|decodebytes|zlib)\b"
    r"|\bbytes\s*\(\s*\[|\bchr\s*\("
)
_LOOSE_TEXT = re.compile(r"#([^\n]*)|\"\"\"(.*?)\"\"\"|'''(.*?)'''|\"([^\"\n]*)\"|'([^'\n]*)'", re.DOTALL)
_CODE_LIKE = re.compile(r"[=()\[\]@]|\.\w+\(|^\s*(?:return|import|from|def|for|if)\b")


def talks_to_reviewer(source: str, task: str = "", code: Code | None = None) -> str | None:
    """Why a student's code may try to talk to a reviewer, as a sentence; None if nothing in it looks so.

    source: the answer's text
    task: the answer cell as students get it; what it says itself is not held against them
    code: the parsed source, if it is at hand
    """
    code = code or Code(source)
    if any(is_invisible(character) for character in source):
        return "The code holds characters that cannot be seen."
    if len(source) > LONGEST_READ:
        return f"The code is longer than {LONGEST_READ:,} characters, too long to look for words to a reviewer."
    comments, strings, names = _texts(code, task)
    texts = [*comments, *strings, " ".join(comments), "".join(strings), " ".join(strings), *names]
    for text in texts:
        reason = _speaks(text)
        if reason:
            return reason
    if _DECODES.search(source):
        return "The code decodes hidden text."
    for text in (*comments, *strings, *names):
        reason = _is_encoded(text)
        if reason:
            return reason
    for text in (*names, *(text for text in strings if text.isidentifier())):
        if len(plain_words(text)) > MOST_WORDS_OF_A_NAME:
            return f"The name `{text[:80]}` is a sentence."
    longest = max(map(_words, comments), default=0)
    if longest > MOST_WORDS_OF_A_COMMENT:
        return f"A comment holds {longest} words, more than usual."
    words = sum(map(_words, (*comments, *strings)))
    if words > MOST_WORDS:
        return f"Comments and strings hold {words} words, more than usual."
    for text in (*comments, *strings, *names):
        if _foreign_sentence(text):
            return "A comment or string holds a sentence in another script."
    return None


def _texts(code: Code, task: str) -> tuple[list[str], list[str], list[str]]:
    """Comments, strings and identifiers, without those of the task."""
    of_task = Code(task) if task else None
    if code.tree is None:
        loose = ["".join(filter(None, parts)).strip() for parts in _LOOSE_TEXT.findall(code.source)]
        known = task or ""
        return [text for text in loose if text and text not in known], [], re.findall(r"[^\W\d]\w{5,}", code.source)
    known_comments = set(of_task.comments.values()) if of_task else set()
    comments = [text.lstrip("# ") for text in _all_comments(code) if text not in known_comments]
    known_strings = _strings(of_task) if of_task else []
    strings = [text for text in _strings(code) if text not in known_strings]
    known = of_task.names if of_task else frozenset()
    return comments, strings, sorted(name for name in code.names - known if len(name) > 2)


def _all_comments(code: Code) -> list[str]:
    try:
        tokens = tokenize.generate_tokens(io.StringIO(code.source).readline)
        return [token.string for token in tokens if token.type == tokenize.COMMENT]
    except (tokenize.TokenError, SyntaxError, ValueError):
        return re.findall(r"#[^\n]*", code.source)


def _strings(code: Code) -> list[str]:
    """String and bytes constants in their order, docstrings without their indentation."""
    found = []
    constants = [
        node for node in code.all_nodes if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    ]
    for node in sorted(constants, key=lambda node: (node.lineno, node.col_offset)):
        text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
        found.append("\n".join(line.strip() for line in text.strip().split("\n")))
    return found


def _speaks(text: str) -> str | None:
    if not text.strip():
        return None
    if MARKS.search(text):
        return "The code holds marks of a chat or of a review."
    if OTHER_SCRIPTS.search(unicodedata.normalize("NFKC", text).casefold()):
        return "The code speaks to a reviewer in another script."
    if re.search(r"[а-яё][a-z]|[a-z][а-яё]", text.casefold()):
        return "The code mixes letters of two scripts in a word."
    for form in (plain(text), without_digits_for_letters(text), plain(rotated(text)), plain(text[::-1])):
        found = WORDS.search(form)
        if found:
            return f"The code seems to speak to a reviewer: “{found[0][:80]}”."
    if SQUEEZED.search(squeezed(text)) or SQUEEZED.search(re.sub(r"[^a-z]", "", without_digits_for_letters(text))):
        return "The code seems to speak to a reviewer, in letters that are set apart."
    return None


def _is_encoded(text: str) -> str | None:
    if _HEX.search(text):
        return "The code holds a long hexadecimal or binary text."
    for token in _LONG_TOKEN.findall(text):
        mixed = re.search(r"[a-z]", token) and re.search(r"[A-Z]", token) and ("_" not in token)
        if token.endswith("=") or mixed and re.search(r"\d|[+/]", token) or mixed and _decodes_to_text(token):
            return "The code holds a text that looks encoded."
    return None


def _decodes_to_text(token: str) -> bool:
    try:
        decoded = base64.b64decode(token + "=" * (-len(token) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return sum(32 <= byte < 127 for byte in decoded) > 0.9 * len(decoded)


def _words(text: str) -> int:
    return 0 if _CODE_LIKE.search(text) else len(re.findall(r"[^\W\d_]{2,}", text))


def _foreign_sentence(text: str) -> bool:
    """Whether a text has more than a word or two in letters other than Latin and Greek ones."""
    foreign = [
        c for c in text if c.isalpha() and unicodedata.name(c, "?").split()[0] not in ("LATIN", "GREEK", "MATHEMATICAL")
    ]
    wide = [
        c for c in foreign if unicodedata.name(c, "?").split()[0] in ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI")
    ]
    return len(foreign) >= 24 or len(wide) >= 12
