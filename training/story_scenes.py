"""The scenes of the simple stories: what two characters do, in one to three sentences at a time."""

from training.story_characters import capitalised, draw_character, is_held_out
from training.story_words import ACTIONS, FEELINGS, PLACES, REMEDIES, SEATS, THINGS, VERB_OF


class Scene:
    """What a story's sentences share: two characters, a thing, a seat, a place, and the random generator.

    Every method below adds one small scene: it returns a list of sentences without capital letters.
    """

    def __init__(self, rng):
        self.rng = rng
        self.first = draw_character(rng)
        self.second = draw_character(rng, taken=(self.first.noun,))
        self.thing = rng.choice(list(THINGS))
        self.quality = rng.choice(THINGS[self.thing][0])
        self.seat = rng.choice(list(SEATS))
        self.place = rng.choice(PLACES)

    def pair(self):
        """Return the two characters, the main one first more often than not."""
        return (self.first, self.second) if self.rng.random() < 0.6 else (self.second, self.first)

    def remedy(self, who, feeling):
        """Return what `who` does against a feeling ("slept", "asked for bread")."""
        choices = REMEDIES.get(feeling, ["went home"])
        chosen = self.rng.choice(choices)
        return chosen.format(seat=self.seat, place=self.place, poss=who.possessive)

    def action(self, who):
        """Draw an action and a feeling that fit and are not held out. Return (words, feeling)."""
        while True:
            action = self.rng.choice(list(ACTIONS))
            feeling = self.rng.choice(ACTIONS[action])
            if not is_held_out(who.noun, VERB_OF[action], feeling):
                return action.format(seat=self.seat, place=self.place), feeling

    def because(self):
        """The cat lay on the mat because it was tired. The cat slept."""
        rng, (who, other) = self.rng, self.pair()
        if rng.random() < 0.14:
            return [
                f"{who.name} sat on the {self.seat} because the {self.seat} was {rng.choice(SEATS[self.seat])}.",
                f"{who.name} liked the {self.seat}.",
            ]
        if rng.random() < 0.12:
            return [
                f"{who.name} sat on the {self.seat} because it was {rng.choice(SEATS[self.seat])}.",
                f"the {self.seat} was very {rng.choice(SEATS[self.seat])}, and {who.name} liked it.",
            ]
        action, feeling = self.action(who)
        felt = rng.choice(["was", "was", "was", "was very", "felt", "was so"])
        said = [f"{who.name} {action} because {who.subject} {felt} {feeling}."]
        if rng.random() < 0.8:
            remedy = self.remedy(who, feeling)
            said.append(
                rng.choices(
                    [
                        f"{who.name} {remedy}.",
                        f"{who.subject} {remedy}.",
                        f"then {who.name} {remedy}.",
                        f"then {who.subject} {remedy}.",
                        f"{who.name} {remedy}, and then {who.subject} {who.habit}.",
                        f"{other.name} saw {who.object}, and {who.name} {remedy}.",
                        f"soon {who.name} {remedy}.",
                    ],
                    weights=(40, 12, 8, 8, 12, 10, 10),
                )[0]
            )
        return said

    def so(self):
        """The dog was hungry, so it asked for bread."""
        rng, (who, other) = self.rng, self.pair()
        feeling = rng.choice(FEELINGS)
        remedy = self.remedy(who, feeling)
        return [
            rng.choice(
                [
                    f"{who.name} was {feeling}, so {who.subject} {remedy}.",
                    f"{who.name} was {feeling}. {capitalised(who.subject)} {remedy}.",
                    f"{who.name} was so {feeling} that {who.subject} {remedy}.",
                    f"when {who.name} came to the {self.place}, {who.subject} was {feeling}, "
                    f"so {who.subject} {remedy}.",
                    f"{who.name} was in the {self.place} with {other.name}. "
                    f"{capitalised(who.name)} was {feeling}, and {who.subject} {remedy}.",
                ]
            )
        ]

    def habit(self):
        """The dog came to the garden, and it barked."""
        rng, (who, other) = self.rng, self.pair()
        joined = [
            f"{who.name} went to the {self.place}, and {who.subject} {who.habit}.",
            f"{who.name} was on the {self.seat}. {capitalised(who.subject)} {who.habit}.",
            f"{who.name} sat on the {self.seat}, and then {who.subject} {who.habit}.",
            f"when {who.name} saw the {self.thing}, {who.subject} {who.habit}.",
            f"{who.name} looked at the {self.thing} in the {self.place}. "
            f"Then {who.subject} {who.habit} for a long time.",
            f"every day {who.name} came to the {self.place}, where {who.subject} {who.habit}.",
            f"{who.name} was happy because {who.subject} {who.habit} in the {self.place}.",
            f"{who.name} stood near the {self.seat} while {who.subject} {who.habit}.",
        ]
        if who.subject != other.subject:
            joined += [
                f"{who.name} met {other.name} in the {self.place}. "
                f"{capitalised(who.subject)} {who.habit}, and {other.subject} {other.habit}.",
                f"when {who.name} saw {other.name}, {who.subject} {who.habit} and {other.subject} {other.habit}.",
                f"{who.name} liked {other.name} because {other.subject} {other.habit} so well.",
            ]
        return [rng.choice(joined)]

    def gift(self):
        """Anna had a red ball. She gave the ball to Tom because Tom was sad."""
        rng, (who, other) = self.rng, self.pair()
        feeling = rng.choice(["sad", "kind", "lonely", "sick", "bored"])
        needy = other.subject if other.subject not in (who.subject, "it") else other.name
        opening = f"{who.name} had a {self.quality} {self.thing}."
        given = rng.choice(
            [
                f"{who.subject} gave the {self.thing} to {other.name} because {needy} was {feeling}.",
                f"{who.subject} gave {other.name} the {self.thing}, and {other.name} was happy.",
                f"{who.name} gave the {self.thing} to {other.name}, and {other.name} took it home.",
            ]
        )
        thanks = rng.choice(
            [
                f'"thank you," said {other.name}.',
                f"{other.name} liked the {self.thing} very much.",
                f"{other.name} put the {self.thing} on the {self.seat}.",
                f"then {other.name} smiled at {who.name}.",
            ]
        )
        return [opening, given, thanks]

    def talk(self):
        """ "I am tired," said Anna. Tom looked at her."""
        rng, (who, other) = self.rng, self.pair()
        feeling = rng.choice(FEELINGS)
        answer = rng.choice(
            [
                f'{other.name} looked at {who.object}. "Why are you {feeling}?" asked {other.name}.',
                f"{other.name} came to {who.name} and helped {who.object}.",
                f'"Then come with me to the {self.place}," said {other.name}, and {who.name} went with {other.object}.',
                f"{other.name} gave {who.object} the {self.thing}.",
            ]
        )
        return [f'"I am {feeling}," said {who.name}.', answer] + (
            [f"{who.name} {self.remedy(who, feeling)}."] if rng.random() < 0.6 else []
        )

    def find(self):
        """Tom found a red ball. It rolled away, and he ran after it."""
        rng, (who, other) = self.rng, self.pair()
        fate = THINGS[self.thing][1]
        return rng.choice(
            [
                [
                    f"{who.name} found a {self.quality} {self.thing} in the {self.place}.",
                    f"it was {self.quality}, and {who.name} liked it.",
                ],
                [
                    f"{who.name} found a {self.thing} in the {self.place}.",
                    f"the {self.thing} was {self.quality}, and {who.name} liked the {self.thing}.",
                ],
                [f"{who.name} had a {self.thing}, but it {fate}."],
                [f"{who.name} dropped the {self.thing}, and it {fate}.", f"{other.name} looked for the {self.thing}."],
                [
                    f"{who.name} put the {self.thing} on the {self.seat} because it was {self.quality}.",
                    f"then {other.name} took the {self.thing}.",
                ],
                [
                    f"{who.name} put the {self.thing} on the {self.seat}.",
                    f"then {other.name} took the {self.thing} from the {self.seat}.",
                ],
                [
                    f"{who.name} lost the {self.thing}.",
                    f"{who.name} was sad because the {self.thing} was {self.quality}.",
                    f"{other.name} found the {self.thing} under the {self.seat}.",
                ],
            ]
        )

    def meet(self):
        """The fox called the duck, and the duck came to the fox."""
        rng, (who, other) = self.rng, self.pair()
        return [
            rng.choice(
                [
                    f"{who.name} called {other.name}, and {other.name} came to {who.name}.",
                    f"{who.name} ran after {other.name}, but {other.name} was too fast for {who.object}.",
                    f"{who.name} saw {other.name} in the {self.place}. {capitalised(other.name)} saw {who.name}, too.",
                    f"{who.name} and {other.name} went to the {self.place}. There they played with the {self.thing}.",
                    f"{who.name} and {other.name} played all day. In the evening they were tired, and they went home.",
                    f"{who.name} asked {other.name} for the {self.thing}. "
                    f"{capitalised(other.name)} gave it to {who.object}.",
                    f"{who.name} wanted to play, but {other.name} was {rng.choice(FEELINGS)}.",
                    f"{who.name} loved {other.name}, and {other.name} loved {who.name}.",
                ]
            )
        ]

    def rest(self):
        """The cat lay on the mat. The mat was soft. It closed its eyes, and it purred."""
        rng, who = self.rng, self.pair()[0]
        seat_is = rng.choice(SEATS[self.seat])
        return rng.choice(
            [
                [
                    f"{who.name} lay on the {self.seat}.",
                    f"the {self.seat} was {seat_is}.",
                    f"{who.subject} closed {who.possessive} eyes, and {who.subject} slept.",
                ],
                [
                    f"{who.name} slept on the {self.seat}.",
                    f"in the morning {who.subject} opened {who.possessive} eyes, and {who.subject} {who.habit}.",
                ],
                [
                    f"at night {who.name} was {rng.choice(['tired', 'sleepy'])}, "
                    f"and {who.subject} slept until the morning."
                ],
                [
                    f"{who.name} saw the {self.seat}.",
                    f"the {self.seat} was {seat_is}, so {who.name} sat down on it and {who.habit}.",
                ],
            ]
        )

    def opening(self):
        """One day Anna went to the forest."""
        rng, who, other = self.rng, self.first, self.second
        a = ("an " if who.noun[0] in "aeio" else "a ") + who.noun if who.name.startswith("the ") else who.name
        return [
            rng.choice(
                [
                    f"one day {who.name} went to the {self.place}.",
                    f"one morning {who.name} and {other.name} were in the {self.place}.",
                    f"once upon a time there was {a} who lived near the {self.place}.",
                    f"once there was {a}. {capitalised(who.subject)} lived in a {self.place}.",
                    f"there was once {a} who had a {self.quality} {self.thing}.",
                    f"{who.name} lived near the {self.place}, and {who.subject} {who.habit} every day.",
                ]
            )
        ]

    def ending(self):
        """In the end Anna was happy."""
        rng, who, other = self.rng, self.first, self.second
        return [
            rng.choice(
                [
                    f"at night {who.name} went home and slept.",
                    f"{who.name} and {other.name} were friends.",
                    f"in the end {who.name} was happy.",
                    f"then {who.name} and {other.name} went home.",
                    f"after that {who.name} was never {rng.choice(FEELINGS)} again.",
                    "and so they lived happily ever after.",
                ]
            )
        ]
