"""A comment is decent: no insults, no sarcasm, no talking down, no shouting."""

import re

_RUDE = re.compile(
    r"\b(?:stupid|dumb|idiot\w*|lazy|laziness|sloppy|terrible|horrible|awful|garbage|trash|rubbish|crap\w*"
    r"|shit\w*|damn|hell|fuck\w*|sucks?|pathetic|ridiculous|silly|nonsense"
    r"|embarrass\w*|disgust\w*|hideous|ugly|useless|worthless|incompetent|clueless|moron\w*|ignorant"
    r"|shame(?:ful)?|laughable|joke|amateur\w*|newbie|noob|childish|hopeless|bad (?:student|programmer"
    r"|coder))\b"
    r"|\b(?:obviously|of course|clearly you|everyone knows|any(?:one|body) (?:can|could|knows|would)"
    r"|even a (?:beginner|child)|you should know|as you should|basic stuff|trivial(?:ly)?|duh|seriously|come on"
    r"|nice try|good luck with|congratulations on|bravo for|what were you thinking|did you even|do you even"
    r"|why would (?:you|anyone)|how (?:hard|difficult) can|read the (?:docs|manual|task)|learn (?:to|how)"
    r"|cheat\w*|plagiar\w*|copied from|wow)\b",
    re.IGNORECASE,
)


def lacks_decency(text: str, tone: str) -> str | None:
    """Is the text rude, sarcastic, or shouting? Only the tone "friendly" allows an exclamation mark."""
    found = _RUDE.search(re.sub(r"`[^`]*`", " ", text))
    if found:
        return f"Its tone: “{found[0]}”."
    most = 1 if tone == "friendly" else 0
    if text.count("!") - text.count("!=") > most or "?!" in text:
        return "Its tone: exclamation marks."
    shouted = [word for word in re.findall(r"\b[A-Z]{4,}\b", re.sub(r"`[^`]*`", " ", text))]
    return f"Its tone: “{shouted[0]}” is shouted." if shouted else None
