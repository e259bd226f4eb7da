"""Code that tries to talk to whoever reviews it. The model sees no comments and no sentences of it; names it does see.

Nothing of a model is shown without a person, so this only has to warn that person.
"""

import re
import unicodedata

_MARKS = re.compile(
    r"<\|?\s*/?\s*(?:im_start|im_end|system|user|assistant|endoftext|eot_id|think)\s*\|?>|\[/?(?:INST|SYS)\]"
    r"|#{2,}\s*(?:assistant|system|instructions?)\b|[\"'](?:comments|kind)[\"']\s*:",
    re.IGNORECASE,
)
# Looked for in lower-case words; names are cut at underscores and capitals.
_WORDS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)(?: \w+){0,4} (?:instructions?|prompts?|rules|told|said|above)\b"
    r"|\b(?:system|hidden|previous|prior) (?:prompt|message|instructions?)\b|\bjailbreak\b"
    r"|\byou (?:are|will|must|should|were)(?: \w+){0,3} (?:ai|assistant|model|reviewer|grader|told|praise|love)\b"
    r"|\b(?:dear|hello|to|note|for) (?:the |all |any )?(?:ai|machine|reviewers?|graders?|llms?|ta|tas)\b"
    r"|\b(?:reviewers?|graders?|language model|chatgpt|ollama|lecturer)\b"
    r"|\b(?:full|maximum|perfect|top|extra) (?:marks?|grades?|credits?|points)\b"
    r"|\b(?:only|just|please) (?:\w+ )?praise\b|\bpraise (?:it|this|me|only|the)\b"
    r"|\b(?:kudos|flawless|superb|masterpiece)\b"
    r"|\b(?:find|say|report) nothing\b|\b(?:no|not|never|nothing) (?:\w+ ){0,2}(?:criti\w+|bad about)\b"
    r"|\b(?:comments?|list) (?:must |should )?be empty\b|\bevery(?:thing)? (?:\w+ ){0,3}is (?:clear|perfect)\b"
    r"|\b(?:ignorier|vergiss|missacht)\w*(?: \w+){0,5} (?:anweisung|instruktion|regel|befehl)\w*|\bvolle\w? punkt"
    r"|\b(?:ignore[rz]?|oublie[rz]?)(?: \w+){0,5} (?:instructions|consignes)|\b(?:ignora|olvida)\w*(?: \w+){0,5}"
    r" (?:instrucciones|istruzioni|reglas)"
)
_MOST_WORDS_OF_A_NAME = 6


def talks_to_reviewer(source: str, task: str = "") -> str | None:
    """Why a student's code may try to talk to a reviewer, as a sentence; None if nothing in it looks so.

    task: the answer cell as students get it; what it says itself is not held against them
    """
    if any(unicodedata.category(character) in ("Cf", "Co") for character in source):
        return "The code holds characters that cannot be seen."
    known = set(task.split("\n"))
    text = unicodedata.normalize("NFKC", "\n".join(line for line in source.split("\n") if line not in known))
    if found := _MARKS.search(text):
        return f"The code holds marks of a chat or of a review: “{found[0][:60]}”."
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", text).casefold()
    if found := _WORDS.search(spaced):
        return f"The code seems to speak to a reviewer: “{found[0][:80]}”."
    for name in set(re.findall(r"[^\W\d]\w{15,}", text)):
        if len(re.findall(r"[A-Z]?[a-z]+", name)) > _MOST_WORDS_OF_A_NAME:
            return f"The name `{name[:80]}` is a sentence."
    return None
