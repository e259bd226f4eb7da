"""A canonical notebook run and judged by its checks' records, within limits of time."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TimeLimits:
    """Seconds that one cell, and all runs of one submission together, may take."""

    cell_seconds: float
    total_seconds: float
