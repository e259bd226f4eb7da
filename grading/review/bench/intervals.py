"""How sure a figure is: confidence intervals of shares and of numbers per answer."""

from math import sqrt
from statistics import NormalDist


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of a share, without continuity correction: (low, high), both from 0 to 1.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), 209-212. Without any trial nothing is known: (0, 1).
    Raises ValueError for numbers that no count can have.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"There cannot be {successes} successes in {n} trials.")
    z = _quantile(confidence)
    if n == 0:
        return 0.0, 1.0
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if successes == 0 else middle - reach
    high = 1.0 if successes == n else middle + reach
    return low, high


def byar(events: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a mean number of events per trial, where one trial can have several: (low, high).

    Byar's approximation of the exact Poisson limits, in N. E. Breslow and N. E. Day, "Statistical methods in cancer
    research", volume II (1987), page 69. It takes the events to be independent of each other.
    Without any trial nothing is known: (0, infinity). Raises ValueError for negative numbers.
    """
    if events < 0 or n < 0 or (n == 0 and events):
        raise ValueError(f"There cannot be {events} events in {n} trials.")
    z = _quantile(confidence)
    if n == 0:
        return 0.0, float("inf")
    more = events + 1
    low = events * (1 - 1 / (9 * events) - z / (3 * sqrt(events))) ** 3 if events else 0.0
    high = more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3
    return max(low, 0.0) / n, high / n


def _quantile(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"A confidence lies between 0 and 1; {confidence} does not.")
    return NormalDist().inv_cdf((1 + confidence) / 2)
