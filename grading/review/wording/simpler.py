"""Says a clause in fewer words that mean the same, so that one pattern reads many ways of writing."""

import re

_BASE = {
    "using": "use",
    "writing": "write",
    "removing": "remove",
    "deleting": "delete",
    "dropping": "drop",
    "adding": "add",
    "replacing": "replace",
    "renaming": "rename",
    "calling": "call",
    "deriving": "derive",
    "reading": "read",
    "taking": "take",
    "computing": "compute",
    "storing": "store",
    "choosing": "choose",
    "avoiding": "avoid",
    "comparing": "compare",
    "picking": "pick",
    "leaving": "leave",
    "giving": "give",
    "getting": "get",
    "documenting": "document",
    "noting": "note",
    "keeping": "keep",
    "reusing": "reuse",
    "vectorizing": "vectorize",
    "applying": "apply",
}
_STEPS = (
    (
        re.compile(r"^(?:please )?(?:consider|try|prefer|recommend|suggest|better) (" + "|".join(_BASE) + r")\b"),
        lambda m: _BASE[m[1]],
    ),
    (
        re.compile(
            r"(?<!\S)(?:simply|just|also|actually|really|currently|probably|perhaps|therefore|easily|directly"
            r"|explicitly|anyway|clearly|completely|entirely) "
        ),
        "",
    ),
    (
        re.compile(
            r" (?:simply|also|actually|really|currently|therefore|easily|directly|explicitly|anyway|completely"
            r"|entirely)$"
        ),
        "",
    ),
    (
        re.compile(
            r" (?:in|within|inside|throughout|anywhere in|elsewhere in|anywhere else in|of|by) (?:the|this"
            r"|your) (?:rest of the )?(?:code|function|method|cell|body)(?= |$)"
        ),
        "",
    ),
    (re.compile(r" (?:here|on this line|in this line|in these lines|on these lines)(?= |$)"), ""),
    (
        re.compile(
            r"(?<!\S)(?:(?:the|this|that|your|a|an) )?(?:(?:local|temporary|single|whole) )*(?:variable(?: names?)?"
            r"|variables|names?|calls? (?:to|of)|expression|line|statement|operation|operator|value of) (?=@)"
        ),
        "",
    ),
    (
        re.compile(
            r"(?<!\S)(?:the|this|that|your|a) (@\w+) (?:variable|name|call|method|operator|expression|line|operation"
            r"|step)(?= |$)"
        ),
        r"\1",
    ),
    (re.compile(r"(?<!\S)(?:the|this|that|your) (?=@)"), ""),
)


def simpler(clause: str) -> str:
    """The clause without fillers, as an imperative where it was a proposal."""
    for pattern, instead in _STEPS:
        clause = pattern.sub(instead, clause)
    return clause.strip()
