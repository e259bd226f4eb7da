"""The settings of a training run, with the run that made the shipped weights as the default."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Phase:
    """Up to step `until`, each batch holds these rows: `books`, simple `stories`, `repeats`."""

    until: int
    books: int
    stories: int
    repeats: int


@dataclass(frozen=True)
class Settings:
    """All that decides a training run. Sizes are in tokens, rows or steps."""

    vocabulary: int = 4096
    positions: int = 128
    width: int = 192
    layers: int = 4
    heads: int = 6
    phases: tuple = (
        Phase(1200, books=16, stories=10, repeats=6),
        Phase(2100, books=19, stories=5, repeats=8),
        Phase(2600, books=24, stories=4, repeats=4),
        Phase(3700, books=20, stories=9, repeats=3),
    )
    # (step, share of the two rates below): rises, stays, falls; why the run ends so early is told in the model card
    rates: tuple = ((0, 0.01), (99, 1.0), (2900, 1.0), (3700, 1400 / 2200))
    muon_rate: float = 5e-3  # for the matrices in the blocks
    adam_rate: float = 3e-3  # for embeddings, norms and biases
    weight_decay: float = 0.1
    clip: float = 1.0
    fairy_tale_copies: int = 4
    simple_stories: int = 120_000
    seed: int = 0
    threads: int = 1
    save_every: int = 100
    look_every: int = 250

    @property
    def steps(self):
        """The number of steps of the whole run."""
        return self.phases[-1].until

    def phase(self, step):
        """Return the phase that `step`, counted from 0, belongs to."""
        return next(phase for phase in self.phases if step < phase.until)

    def rate(self, step):
        """Return the factor of the learning rates at `step`: straight lines between the points of `rates`."""
        points = zip(self.rates, self.rates[1:], strict=False)
        (left, low), (right, high) = next(pair for pair in points if step <= pair[1][0])
        return low + (high - low) * (step - left) / (right - left)


SHIPPED = Settings()
SMALLEST = replace(
    SHIPPED,
    vocabulary=1024,
    positions=64,
    width=48,
    layers=2,
    heads=2,
    phases=(Phase(120, books=4, stories=8, repeats=4),),
    rates=((0, 0.1), (9, 1.0), (60, 1.0), (120, 0.02)),
    simple_stories=1000,
    save_every=10,
    look_every=60,
)
PRESETS = {"shipped": SHIPPED, "smallest": SMALLEST}
