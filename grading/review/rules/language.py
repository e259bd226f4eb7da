"""A comment is in the course's language."""

import re
import unicodedata

_TELLING = {
    "english": "the this that is are not never you your it and of to with for which because here code can could be",
    "german": "der die das und ist nicht ein eine wird nie mit für auf du dein deine den dem kann hier auch sie es "
    "werden wurde statt man",
    "french": "le la les des une est pas et dans pour que qui sur vous votre cette jamais avec peut être du au ce ici",
    "spanish": "el los las una es no y en para que por con esta este nunca se puede del tu su aquí como variable usa",
    "italian": "il lo gli una è non e per che con questa questo mai si può del della tuo qui viene sono",
    "portuguese": "o os as uma é não e em para que com esta este nunca se pode do da seu aqui você",
    "dutch": "de het een is niet en van voor dat die met nooit wordt je jouw kan hier deze dit",
    "turkish": "bir ve bu için değil ile de da çok hiç kullan olarak",
    "polish": "jest nie i w na do że się to ta nigdy może",
    "swedish": "och är inte en ett den det som för aldrig kan med av här",
}
_WORDS = {language: frozenset(words.split()) for language, words in _TELLING.items()}
_OWN_SCRIPT = frozenset({"LATIN", "GREEK"})


def in_another_language(text: str, language: str) -> str | None:
    """Is the text surely in another language than `language` (its English name)?"""
    prose = re.sub(r"`[^`]*`", " ", text)
    words = re.findall(r"[^\W\d_]+", prose.lower())
    if not words:
        return None
    wanted = language.strip().lower()
    foreign = [
        letter for letter in prose if letter.isalpha() and ord(letter) > 0x24F and _script(letter) not in _OWN_SCRIPT
    ]
    if wanted in _WORDS and len(foreign) > 2:
        return f"It is not written in {language}."
    counts = {name: sum(word in telling for word in words) for name, telling in _WORDS.items()}
    best = max(counts, key=counts.__getitem__)
    if wanted in counts and counts[best] >= 2 and counts[best] > counts[wanted] + (1 if wanted != "english" else 0):
        return f"It seems to be in {best.capitalize()}, not in {language}."
    return None


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]
