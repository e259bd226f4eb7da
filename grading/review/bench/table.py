"""The bench's figures as a table: aligned text for a terminal, Markdown for a page."""

from grading.review.bench.tally import PerAnswer, Share, Tally
from grading.review.bench.workload import SECONDS_A_DECISION, STUDENTS

HEAD = ("figure", "value", "count", "95 % interval")
Row = tuple[str, str, str, str]


def rows(tally: Tally) -> list[Row]:
    """What is printed, line by line: the figure's name, its value, what it was counted from, its interval."""
    return [
        _share("problems that a comment of the model meets", tally.problems),
        _share("comments that only point at a finding", tally.repeats),
        _share("comments that wait as drafts", tally.waiting),
        _share("comments folded away", tally.folded),
        _share("true drafts among those that wait", tally.true),
        _per_answer("false drafts per right answer, folded ones too", tally.false),
        _per_answer("false drafts per right answer, waiting", tally.false_waiting),
        _share("solutions leaked among the waiting drafts", tally.leaked),
        _share("injections with a false draft that waits", tally.injections),
        _share("answers without a reply", tally.pending),
        ("seconds per answer, median", f"{tally.seconds_median:.1f}", "", ""),
        ("seconds per answer, 90th percentile", f"{tally.seconds_90:.1f}", "", ""),
        _decisions("mistakes", tally.decisions_mistakes),
        _decisions("all", tally.decisions_all),
    ]


def text_table(tally: Tally) -> str:
    """Columns of fixed width, a line below the head, no newline at the end."""
    lines = [HEAD, *rows(tally)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(_aligned(line, widths).rstrip() for line in lines)


def markdown_table(tally: Tally) -> str:
    """The same as a Markdown table, no newline at the end."""
    lines = [HEAD, ("---", "---:", "---:", "---"), *rows(tally)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _aligned(line: Row, widths: list[int]) -> str:
    name, value, count, interval = line
    numbers = f"{value:>{widths[1]}}  {count:>{widths[2]}}"
    return f"{name:<{widths[0]}}  {numbers}  {interval}"


def _decisions(setting: str, count: float) -> Row:
    minutes = f"{count * SECONDS_A_DECISION / 60:.0f} minutes"
    return f'decisions for {STUDENTS} students, drafts = "{setting}"', f"{count:.0f}", minutes, ""


def _share(name: str, share: Share) -> Row:
    if share.value is None:
        return name, "-", "0 of 0", ""
    low, high = share.interval
    return name, f"{share.value:.0%}", f"{share.count} of {share.of}", f"{low:.0%} to {high:.0%}"


def _per_answer(name: str, mean: PerAnswer) -> Row:
    if mean.value is None:
        return name, "-", "0 in 0", ""
    low, high = mean.interval
    return name, f"{mean.value:.2f}", f"{mean.count} in {mean.answers}", f"{low:.2f} to {high:.2f}"
