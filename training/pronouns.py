"""Held-out sentences in which a pronoun has one antecedent, and where the heads look from that pronoun.

Two kinds. *New combinations*: the grammar's because-sentences with combinations of character, action and feeling that
no training story contains. *New sentences*: written by hand, with forms that the grammar cannot make. Of each kind some
are watched during training, so they may have guided a choice of settings; the evaluation uses the others.
"""

import random
from dataclasses import dataclass

import torch

from training.heads import attention_of, weight_between
from training.story_characters import BY_NOUN, CHARACTERS, capitalised, draw_character, is_held_out
from training.story_words import ACTIONS, PLACES, SEATS, VERB_OF

PROMPT_EXAMPLE = "The cat lay on the mat because it was tired. The cat"


@dataclass(frozen=True)
class Reference:
    """A text, one pronoun in it and the noun that it stands for. The pronoun is the first one after the noun."""

    text: str
    pronoun: str
    antecedent: str


EXAMPLE_REFERENCE = Reference(PROMPT_EXAMPLE, "it", "cat")
# The same with a combination that no training story contains; training watched it.
HELD_OUT_EXAMPLE = Reference("The cat sat on the mat because it was tired. The cat", "it", "cat")

WATCHED_SENTENCES = (
    Reference("The dog looked out of the window all day because it was lonely.", "it", "dog"),
    Reference("The horse would not cross the river because it was afraid.", "it", "horse"),
    Reference("Anna could not sleep in the big bed because she was hungry.", "she", "Anna"),
    Reference("Tom did not eat the cake because he was sick.", "he", "Tom"),
    Reference("The king shouted at the soldier, for he was angry.", "he", "king"),
    Reference("The mouse ate the bread, and soon it was happy.", "it", "mouse"),
    Reference("Lily carried the heavy stone up the hill until she was tired.", "she", "Lily"),
    Reference("The bird flew over the castle, but it was too tired to sing.", "it", "bird"),
    Reference("Sam took off the wet coat because he was cold.", "he", "Sam"),
    Reference("The princess hid in the garden, but she was not afraid.", "she", "princess"),
    Reference("The wolf walked through the forest, for it was hungry.", "it", "wolf"),
    Reference("Clara opened the door of the old house, and then she laughed.", "she", "Clara"),
    Reference("Jack broke the lamp, so he ran away.", "he", "Jack"),
    Reference("The farmer sold the cow at the market, and he was sad.", "he", "farmer"),
    Reference("The rabbit heard a loud noise, and it ran.", "it", "rabbit"),
    Reference("Mia closed the book when she was sleepy.", "she", "Mia"),
    Reference("The bear fell into the river, so it was wet.", "it", "bear"),
    Reference("Although the frog was small, it was proud.", "it", "frog"),
    Reference("Leo lost the golden ring, and he wept all night.", "he", "Leo"),
    Reference("The queen gave the flower away because she was kind.", "she", "queen"),
    Reference("The duck swam to the rock, where it rested.", "it", "duck"),
    Reference("Peter climbed the wall, for he was never afraid.", "he", "Peter"),
    Reference("Rosa ran down the road until she was thirsty.", "she", "Rosa"),
    Reference("The goat kicked the box because it was angry.", "it", "goat"),
)

NEW_SENTENCES = (
    Reference("The cow drank from the river until it was full.", "it", "cow"),
    Reference("The owl watched the village from the roof because it was bored.", "it", "owl"),
    Reference("Emma held the lamp high, for she was afraid of the dark.", "she", "Emma"),
    Reference("Otto would not open the box because he was proud.", "he", "Otto"),
    Reference("The cat looked at the fire, and after a while it purred.", "it", "cat"),
    Reference("The prince lost his black hat when he rode away.", "he", "prince"),
    Reference("Ruth sold the golden ring because she was hungry.", "she", "Ruth"),
    Reference("The lion opened its eyes, and then it roared.", "it", "lion"),
    Reference("Since the pig was tired, it lay down.", "it", "pig"),
    Reference("The witch wanted the key, so she went to the castle.", "she", "witch"),
    Reference("Ben told the truth, but he was sad.", "he", "Ben"),
    Reference("The fox found no food that day, and it was hungry.", "it", "fox"),
    Reference("Nora wrote a long letter while she was sick.", "she", "Nora"),
    Reference("The miller shut the door, for he was angry.", "he", "miller"),
    Reference("The hen crossed the road, and on the other side it rested.", "it", "hen"),
    Reference("Paul forgot the bread because he was so happy.", "he", "Paul"),
    Reference("The bee left the flower when it was wet.", "it", "bee"),
    Reference("Ivy walked home in the rain, and she was cold.", "she", "Ivy"),
    Reference("The soldier fell asleep on the wall, for he was tired.", "he", "soldier"),
    Reference("The dog pulled the old coat from the chair because it was cold.", "it", "dog"),
    Reference("Hugo asked for some water, for he was thirsty.", "he", "Hugo"),
    Reference("The mother kissed the boy because she was happy.", "she", "mother"),
    Reference("A wolf came out of the cave, and it howled.", "it", "wolf"),
    Reference("Finn could not find the key, so he was late.", "he", "Finn"),
)


def held_out_triples():
    """Return every held-out (character, action, feeling)."""
    return [
        (who, action, feeling)
        for who in CHARACTERS
        for action, feelings in ACTIONS.items()
        for feeling in feelings
        if is_held_out(who.noun, VERB_OF[action], feeling)
    ]


def watched_combinations(count=30, seed=7):
    """Return `count` references that training shows in its log. The evaluation leaves their combinations out."""
    rng = random.Random(seed)
    return _because_sentences(rng.sample(held_out_triples(), count), rng)


def new_combinations(count=300, seed=9):
    """Return `count` references with a combination that is held out of training and was not watched either.

    In half of them another character, of another gender, comes first.
    """
    watched = random.Random(7).sample(held_out_triples(), 30)
    example = (BY_NOUN["cat"], "sat on the {seat}", "tired")
    rng = random.Random(seed)
    unseen = [triple for triple in held_out_triples() if triple not in watched and triple != example]
    return _because_sentences(rng.sample(unseen, count), rng)


def _because_sentences(triples, rng):
    found = []
    for who, action, feeling in triples:
        place, seat = rng.choice(PLACES), rng.choice(list(SEATS))
        text = f"{capitalised(who.name)} {action.format(seat=seat, place=place)} because {who.subject} was {feeling}."
        if len(found) % 2:
            other = draw_character(rng)
            while other.subject == who.subject:
                other = draw_character(rng)
            text = f"{capitalised(other.name)} was in the {rng.choice(PLACES)}. {text}"
        found.append(Reference(text, who.subject, who.noun))
    return found


def locate(reference, tokenizer):
    """Return (ids, pronoun's position, antecedent's positions). `tokenizer`: a `tokenizers.Tokenizer`.

    Raises ValueError when the text does not hold the noun and, after it, the pronoun.
    """
    encoded = tokenizer.encode(reference.text)
    words = [tokenizer.decode([i]).strip() for i in encoded.ids]
    start = reference.text.find(reference.antecedent)
    if start < 0:
        raise ValueError(f"{reference.antecedent!r} is not in {reference.text!r}.")
    end = start + len(reference.antecedent)
    keys = [i for i, (left, right) in enumerate(encoded.offsets) if left < end and right > start and words[i]]
    query = next((i for i in range(keys[-1] + 1, len(words)) if words[i].lower() == reference.pronoun), None)
    if query is None:
        raise ValueError(f"There is no {reference.pronoun!r} after {reference.antecedent!r} in {reference.text!r}.")
    return encoded.ids, query, keys


def pronoun_scores(model, tokenizer, references):
    """Mean weight from the pronoun to its antecedent, per head: a tensor (layers, heads)."""
    scores = []
    for reference in references:
        ids, query, keys = locate(reference, tokenizer)
        scores.append(weight_between(attention_of(model, torch.tensor([ids])), query, keys))
    return torch.stack(scores).mean(dim=0)
