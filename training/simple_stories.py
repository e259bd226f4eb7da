"""Simple stories from a small grammar: people, animals, things, pronouns, repeated names.

Books alone do not teach a model of three million parameters to write clear sentences. These stories do. Every story
follows two characters through a few scenes. The words after a pronoun often depend on who the pronoun stands for (the
dog barks, the cat purrs; a tired one sleeps, a hungry one eats), so a model that predicts the next word must find the
antecedent.

Some combinations of character, action and feeling are held out: `story_characters.is_held_out` says which. They never
occur in a training story, and `training.pronouns` tests the model on them. `python -m training.simple_stories` prints
five stories.
"""

import random

from training.story_characters import capitalised, draw_character
from training.story_scenes import Scene
from training.story_words import PLACES, SEATS, THINGS

SCENES = {
    Scene.because: 30,
    Scene.so: 12,
    Scene.habit: 18,
    Scene.gift: 7,
    Scene.talk: 7,
    Scene.find: 9,
    Scene.meet: 9,
    Scene.rest: 8,
}


def simple_story(rng):
    """Return one story, a string of about 20 to 120 words.

    `rng`: a `random.Random`; the same seed gives the same story.
    """
    scene = Scene(rng)
    sentences = scene.opening() if rng.random() < 0.45 else []
    drawn = rng.choices(list(SCENES), weights=list(SCENES.values()), k=rng.randint(3, 7))
    for part in drawn:
        sentences += part(scene)
        # A new seat or thing keeps a story from turning on one word.
        if rng.random() < 0.35:
            scene.seat = rng.choice(list(SEATS))
        if rng.random() < 0.25:
            scene.thing = rng.choice(list(THINGS))
            scene.quality = rng.choice(THINGS[scene.thing][0])
        if rng.random() < 0.25:
            scene.place = rng.choice(PLACES)
        if rng.random() < 0.2:
            scene.second = draw_character(rng, taken=(scene.first.noun,))
    if rng.random() < 0.6:
        sentences += scene.ending()
    return " ".join(_quote_case(sentence) for sentence in sentences)


def _quote_case(sentence):
    """Capitalise a sentence, also behind an opening quotation mark."""
    if sentence.startswith('"'):
        return '"' + capitalised(sentence[1:])
    return capitalised(sentence)


def simple_stories(count, seed):
    """Yield `count` stories, the same ones for the same seed."""
    rng = random.Random(seed)
    for _ in range(count):
        yield simple_story(rng)


if __name__ == "__main__":
    for text in simple_stories(5, seed=0):
        print(text, end="\n\n")
