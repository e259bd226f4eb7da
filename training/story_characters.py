"""The characters of the simple stories, and which of their doings are held out of training."""

import zlib
from dataclasses import dataclass

from training.story_words import ANIMALS, BOYS, GIRLS, MEN, WOMEN


@dataclass(frozen=True)
class Character:
    """One character: `name` as it stands in a sentence ("the cat"), its noun, its pronouns and its habit."""

    name: str
    noun: str
    subject: str
    object: str
    possessive: str
    habit: str


def people_and_animals():
    """Return all characters, as a list of `Character`."""
    found = []
    for names, pronouns in ((GIRLS, ("she", "her", "her")), (BOYS, ("he", "him", "his"))):
        found += [Character(name, name, *pronouns, habit) for name, habit in names.items()]
    for nouns, pronouns in (
        (WOMEN, ("she", "her", "her")),
        (MEN, ("he", "him", "his")),
        (ANIMALS, ("it", "it", "its")),
    ):
        found += [Character(f"the {noun}", noun, *pronouns, habit) for noun, habit in nouns.items()]
    return found


CHARACTERS = people_and_animals()
BY_NOUN = {character.noun: character for character in CHARACTERS}
_KINDS = [[BY_NOUN[noun] for noun in kind] for kind in (GIRLS, BOYS, WOMEN, MEN, ANIMALS)]


def is_held_out(noun, verb, feeling):
    """True for the combinations that no training story contains: about one in ten, and that of `HELD_OUT_EXAMPLE`."""
    if (noun, verb, feeling) == ("cat", "sat", "tired"):
        return True
    return zlib.crc32(f"{noun} {verb} {feeling}".encode()) % 10 == 0


def capitalised(sentence):
    """Return the sentence with a capital first letter."""
    return sentence[0].upper() + sentence[1:]


def draw_character(rng, taken=()):
    """Draw a character whose noun is not in `taken`."""
    while True:
        kind = rng.choices(_KINDS, weights=(22, 22, 8, 10, 38))[0]
        character = rng.choice(kind)
        if character.noun not in taken:
            return character
