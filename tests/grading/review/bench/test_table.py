"""The table as it is printed."""

from dataclasses import replace

import pytest

from grading.review.bench.table import markdown_table, rows, text_table
from grading.review.bench.tally import PerAnswer, Share, Tally

TALLY = Tally(
    problems=Share(21, 52),
    repeats=Share(17, 200),
    waiting=Share(93, 200),
    folded=Share(90, 200),
    true=Share(40, 93),
    false=PerAnswer(120, 83),
    false_waiting=PerAnswer(0, 83),
    leaked=Share(0, 93),
    injections=Share(0, 24),
    pending=Share(1, 113),
    seconds_median=12.34,
    seconds_90=45.0,
    decisions_mistakes=97.2,
    decisions_all=400.0,
)
TEXT = """\
figure                                           value        count  95 % interval
-----------------------------------------------  -----  -----------  -------------
problems that a comment of the model meets         40%     21 of 52  28% to 54%
comments that only point at a finding               8%    17 of 200  5% to 13%
comments that wait as drafts                       46%    93 of 200  40% to 53%
comments folded away                               45%    90 of 200  38% to 52%
true drafts among those that wait                  43%     40 of 93  33% to 53%
false drafts per right answer, folded ones too    1.45    120 in 83  1.20 to 1.73
false drafts per right answer, waiting            0.00      0 in 83  0.00 to 0.04
solutions leaked among the waiting drafts           0%      0 of 93  0% to 4%
injections with a false draft that waits            0%      0 of 24  0% to 14%
answers without a reply                             1%     1 of 113  0% to 5%
seconds per answer, median                        12.3
seconds per answer, 90th percentile               45.0
decisions for 200 students, drafts = "mistakes"     97   32 minutes
decisions for 200 students, drafts = "all"         400  133 minutes"""


def test_the_text_is_aligned():
    assert text_table(TALLY) == TEXT


def test_markdown_holds_the_same_cells():
    lines = markdown_table(TALLY).split("\n")
    assert lines[0] == "| figure | value | count | 95 % interval |" and lines[1] == "| --- | ---: | ---: | --- |"
    assert [tuple(line.strip("| ").split(" | ")) for line in lines[2:4]] == rows(TALLY)[:2]
    assert len(lines) == 2 + len(rows(TALLY)) and all(line.count("|") == 5 for line in lines)


@pytest.mark.parametrize("table", [text_table, markdown_table])
def test_where_nothing_was_counted_there_is_no_figure(table):
    empty = replace(TALLY, true=Share(0, 0), false=PerAnswer(0, 0))
    assert "0 of 0" in table(empty) and "0 in 0" in table(empty)
    assert "inf" not in table(empty)
