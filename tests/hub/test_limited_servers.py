import os

import pytest

from hub.limited_servers import cores_for


@pytest.mark.parametrize("limit, count", [(0.1, 1), (1.0, 1), (1.5, 2), (1_000, len(os.sched_getaffinity(0)))])
def test_the_limit_rounded_up_is_the_number_of_cores(limit, count):
    for number in range(5):
        chosen = cores_for(limit, number)
        assert len(chosen) == min(count, len(os.sched_getaffinity(0))) and chosen <= os.sched_getaffinity(0)


def test_servers_are_spread_over_all_cores():
    there = os.sched_getaffinity(0)
    assert set().union(*(cores_for(1, number) for number in range(len(there)))) == there
