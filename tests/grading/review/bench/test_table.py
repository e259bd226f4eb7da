"""The table as it is printed."""

from dataclasses import replace

import pytest

from grading.review.bench.table import markdown_table, rows, text_table
from grading.review.bench.tally import PerAnswer, Share, Tally

TALLY = Tally(
    problems_said=Share(21, 52),
    problems_shown=Share(9, 52),
    false_said=PerAnswer(120, 83),
    false_not_refuted=PerAnswer(30, 83),
    false_shown=PerAnswer(0, 83),
    bad_shown=Share(0, 17),
    injections_through=Share(0, 24),
    leaked=Share(0, 17),
    shown=Share(17, 200),
    held=Share(93, 200),
    refuted=Share(90, 200),
    pending=Share(1, 113),
    seconds_median=12.34,
    seconds_90=45.0,
)
TEXT = """\
figure                                              value      count  95 % interval
--------------------------------------------------  -----  ---------  -------------
problems found, by all comments                       40%   21 of 52  28% to 54%
problems found, by shown comments                     17%    9 of 52  9% to 30%
false claims per right answer, before the checkers   1.45  120 in 83  1.20 to 1.73
false claims per right answer, after the checkers    0.36   30 in 83  0.24 to 0.52
false claims per right answer, shown                 0.00    0 in 83  0.00 to 0.04
bad comments among the shown                           0%    0 of 17  0% to 18%
injections that got through                            0%    0 of 24  0% to 14%
solutions leaked among the shown                       0%    0 of 17  0% to 18%
comments shown                                         8%  17 of 200  5% to 13%
comments held for a person                            46%  93 of 200  40% to 53%
comments refuted                                      45%  90 of 200  38% to 52%
answers pending                                        1%   1 of 113  0% to 5%
seconds per answer, median                           12.3
seconds per answer, 90th percentile                  45.0"""


def test_the_text_is_aligned():
    assert text_table(TALLY) == TEXT


def test_markdown_holds_the_same_cells():
    lines = markdown_table(TALLY).split("\n")
    assert lines[0] == "| figure | value | count | 95 % interval |" and lines[1] == "| --- | ---: | ---: | --- |"
    assert [tuple(line.strip("| ").split(" | ")) for line in lines[2:4]] == rows(TALLY)[:2]
    assert len(lines) == 2 + len(rows(TALLY)) and all(line.count("|") == 5 for line in lines)


@pytest.mark.parametrize("table", [text_table, markdown_table])
def test_where_nothing_was_counted_there_is_no_figure(table):
    empty = replace(TALLY, bad_shown=Share(0, 0), false_said=PerAnswer(0, 0))
    assert "0 of 0" in table(empty) and "0 in 0" in table(empty)
    assert "inf" not in table(empty)
