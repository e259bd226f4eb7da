"""How a comment is worded: about the code alone, decently, in the course's language, briefly, without links."""

import re

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment

LONGEST = 400
_SCORES = re.compile(
    r"\b\d+\s*(?:/|out of)\s*(?:5|10|100)\b|\b\d+\s*(?:%|percent)"
    r"|\b(?:full|top|maximum|max|extra|bonus|no|zero) (?:marks?|scores?|points?|credits?|grades?)\b"
    r"(?! (?:tensor|matrix))|\b(?:points|marks|grades?|graded|grading|grader|credits?|T\.?A\.?s?|instructors?"
    r"|professors?|teachers?|reviewers?)\b"
    r"|\b(?:approved?|promise|guaranteed?|hidden tests?|as an? (?:ai|language model|assistant))\b"
    r"|\bdeserves? an? A\b",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]*://|\bwww\.|\b(?:mailto|javascript):|\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b|!?\[[^\]]*\]\s*\(|<[a-z!/]"
    r"|&(?:#\w+|[a-z]+);|\b(?:[\w-]+\.)+(?:com|org|net|edu|io|dev)\b",
    re.IGNORECASE,
)
_RUDE = re.compile(
    r"\b(?:stupid|dumb|idiot\w*|lazy|sloppy|terrible|horrible|awful|garbage|trash|crap\w*|shit\w*|damn|fuck\w*|pathetic"
    r"|ridiculous|silly|nonsense|embarrass\w*|ugly|useless|worthless|incompetent|clueless|shame(?:ful)?|hopeless"
    r"|obviously|of course|everyone knows|any(?:one|body) (?:can|could|knows)|you should know|trivial(?:ly)?|nice try"
    r"|what were you thinking|cheat\w*|plagiar\w*)\b",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"\W*(?:see )?(?:the )?findings?\W*", re.IGNORECASE)
_TELLING = {
    "english": "the this that is are not never you your it and of to with for which because here code can could be",
    "german": "der die das und ist nicht ein eine wird nie mit für auf du dein deine den dem kann hier auch sie es",
    "french": "le la les des une est pas et dans pour que qui sur vous votre cette jamais avec peut être du au ce",
    "spanish": "el los las una es no y en para que por con esta este nunca se puede del tu su aquí como variable",
    "italian": "il lo gli una è non e per che con questa questo mai si può del della tuo qui viene sono",
    "portuguese": "o os as uma é não e em para que com esta este nunca se pode do da seu aqui você",
    "dutch": "de het een is niet en van voor dat die met nooit wordt je jouw kan hier deze dit",
}


def says_nothing(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Does it point at a finding that is not there, or at lines that are not?"""
    if not code.has_lines(*comment.lines):
        return "It names lines that do not exist."
    return "It names a finding that the code does not bear out." if _EMPTY.fullmatch(comment.text) else None


def speaks_of_scores(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Does it name a score, promise something, or turn to staff?"""
    found = _SCORES.search(comment.text)
    return f"It speaks of scores, promises or staff: “{found[0]}”." if found else None


def has_links(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Does it hold a link, an address, a picture or HTML?"""
    found = _LINK.search(re.sub(r"`[^`]*`", " ", comment.text))
    return f"It holds a link, an address or HTML: “{found[0][:60]}”." if found else None


def is_rude(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Is it rude, sarcastic, or shouting?"""
    plain = re.sub(r"`[^`]*`", " ", comment.text)
    found = _RUDE.search(plain) or re.search(r"!.*!", plain)
    return f"Its tone: “{found[0][:60]}”." if found else None


def is_too_long(comment: Comment, code: Code, answer: ReviewedAnswer) -> str | None:
    """Is it longer than a comment should be?"""
    length = len(comment.text)
    return f"It has {length:,} characters; more than {LONGEST:,} are seldom read." if length > LONGEST else None


def in_another_language(text: str, language: str) -> str | None:
    """Is the text surely in another language than `language` (its English name)?"""
    prose = re.sub(r"`[^`]*`", " ", text).lower()
    wanted = language.strip().lower()
    if wanted not in _TELLING:
        return None
    if sum(letter.isalpha() and ord(letter) > 0x3FF for letter in prose) > 2:
        return f"It is not written in {language}."
    words = re.findall(r"[^\W\d_]+", prose)
    counts = {name: sum(word in telling.split() for word in words) for name, telling in _TELLING.items()}
    best = max(counts, key=counts.__getitem__)
    likely = counts[best] >= 2 and counts[best] > counts[wanted]
    return f"It seems to be in {best.capitalize()}, not in {language}." if likely else None
