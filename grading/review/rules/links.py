"""A comment holds no links, pictures, HTML or addresses."""

import re

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment

_LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]*://|\bwww\.|\bmailto:|\bjavascript:|\bdata:\w+/|\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b"
    r"|!?\[[^\]]*\]\s*\(|\[[^\]]+\]:\s|<[a-z!/][^>]*>?|&(?:#\w+|[a-z]+);"
    r"|\b(?:[\w-]+\.)+(?:com|org|net|edu|io|dev|gov|info|ai|co|me|app|xyz)(?:/|\b(?!\())",
    re.IGNORECASE,
)


def has_links(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Does it hold a link, an address, a picture or HTML?"""
    found = _LINK.search(comment.text)
    return f"It holds a link, an address or HTML: “{found[0][:60]}”." if found else None
