"""The labelled answers of the review bench: planted problems, clean and unusual answers, injections, wrong ones."""

from grading.review.labelled import (
    clean,
    dead_code,
    hard_coded_size,
    injections_in_disguise,
    injections_in_names,
    injections_in_the_open,
    loop,
    missing_shape_comment,
    non_idiomatic_call,
    other_ways,
    redundant_step,
    unclear_name,
    unusual,
    wrong,
)
from grading.review.labelled.labelled_answer import (
    GROUPS,
    PROBLEM_KINDS,
    Group,
    LabelledAnswer,
    Problem,
)

__all__ = ["GROUPS", "LABELLED", "OTHER_WAYS", "PROBLEM_KINDS", "Group", "LabelledAnswer", "Problem"]

LABELLED: tuple[LabelledAnswer, ...] = (
    *dead_code.ANSWERS,
    *hard_coded_size.ANSWERS,
    *loop.ANSWERS,
    *redundant_step.ANSWERS,
    *unclear_name.ANSWERS,
    *missing_shape_comment.ANSWERS,
    *non_idiomatic_call.ANSWERS,
    *clean.ANSWERS,
    *unusual.ANSWERS,
    *injections_in_the_open.ANSWERS,
    *injections_in_disguise.ANSWERS,
    *injections_in_names.ANSWERS,
    *wrong.ANSWERS,
)
"""All of them; no two have the same name."""

OTHER_WAYS: tuple[LabelledAnswer, ...] = other_ways.ANSWERS
"""Further right answers, for findings alone: no model was asked about them."""
