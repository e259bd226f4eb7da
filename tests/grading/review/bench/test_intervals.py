"""Intervals against published tables."""

from math import inf

import pytest

from grading.review.bench.intervals import byar, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_limits(successes, n, low, high):
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)
    mirrored = wilson(n - successes, n)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_wilson_knows_nothing_of_nothing_and_is_exact_at_the_ends():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 7)[0] == 0.0 and wilson(7, 7)[1] == 1.0


def test_more_confidence_is_a_wider_interval():
    low, high = wilson(5, 10, confidence=0.99)
    assert low < wilson(5, 10)[0] and high > wilson(5, 10)[1]


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5)])
def test_wilson_refuses_impossible_counts(successes, n):
    with pytest.raises(ValueError, match="There cannot be"):
        wilson(successes, n)


@pytest.mark.parametrize(
    ("events", "low", "high"),
    # The exact Poisson limits.
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390), (100, 81.364, 121.627)],
)
def test_byar_comes_close_to_the_exact_limits(events, low, high):
    got = byar(events, 1)
    assert got[0] == pytest.approx(low, abs=0.02) and got[1] == pytest.approx(high, abs=0.03)
    assert byar(events, 50) == pytest.approx((got[0] / 50, got[1] / 50))


def test_byar_knows_nothing_of_nothing():
    assert byar(0, 0) == (0.0, inf)


@pytest.mark.parametrize(("events", "n"), [(-1, 5), (1, 0), (0, -1)])
def test_byar_refuses_impossible_counts(events, n):
    with pytest.raises(ValueError, match="There cannot be"):
        byar(events, n)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_that_is_none_is_refused(confidence):
    for interval in (wilson, byar):
        with pytest.raises(ValueError, match=f"{confidence} does not"):
            interval(1, 2, confidence)
