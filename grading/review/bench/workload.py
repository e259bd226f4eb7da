"""How many decisions the drafts of a class ask of people, reckoned from those on the labelled answers."""

from collections.abc import Callable, Iterable, Sequence

from grading.review.drafts import Draft
from grading.review.labelled import LabelledAnswer

STUDENTS = 200
# Of a class's answers to a cell so many are one and the same but for formatting and comments; the others all differ.
ALIKE = 0.6
# Of the different answers so many lose their point.
WRONG = 0.2
SECONDS_A_DECISION = 20


def decisions_of_a_class(
    reviewed: Sequence[tuple[LabelledAnswer, Sequence[Draft]]], is_wanted: Callable[[Draft], bool]
) -> float:
    """The decisions of a class of STUDENTS.

    A share of 1 - ALIKE of the answers and one more to each cell are different ones. On each of them there are as many
    groups of drafts as on a labelled answer, right or wrong, beside the same finding or on lines that meet.
    """
    cells = {labelled.cell for labelled, _ in reviewed}
    different = len(cells) * ((1 - ALIKE) * STUDENTS + 1)
    decisions = 0.0
    for right, share in ((True, 1 - WRONG), (False, WRONG)):
        some = [drafts for labelled, drafts in reviewed if labelled.right is right]
        groups = sum(_groups(draft for draft in drafts if is_wanted(draft)) for drafts in some)
        decisions += different * share * groups / max(1, len(some))
    return decisions


def mistakes(draft: Draft) -> bool:
    """What waits with the setting `drafts` at "mistakes"."""
    return draft.state == "waits" and draft.comment.kind == "mistake"


def everything(draft: Draft) -> bool:
    """What waits with "all"."""
    return draft.state == "waits"


def _groups(drafts: Iterable[Draft]) -> int:
    """How many groups the drafts on one answer make."""
    found: list[list[Draft]] = []
    for draft in drafts:
        place = next((group for group in found if any(_together(draft, other) for other in group)), None)
        if place is None:
            found.append([draft])
        else:
            place.append(draft)
    return len(found)


def _together(one: Draft, other: Draft) -> bool:
    if one.comment.kind != other.comment.kind:
        return False
    if one.finding or other.finding:
        return one.finding == other.finding
    (first, last), (start, end) = one.comment.lines, other.comment.lines
    return first <= end and start <= last
