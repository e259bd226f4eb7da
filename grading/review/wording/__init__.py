"""What the comments of each kind may say. A comment that says anything else waits for a person."""

from grading.review.wording import (
    dead_code,
    hard_coded_size,
    loop,
    missing_shape_comment,
    non_idiomatic_call,
    praise,
    redundant_step,
    unclear_name,
)
from grading.review.wording.clauses import Reader

READERS: dict[str, Reader] = {
    "dead_code": dead_code.READER,
    "hard_coded_size": hard_coded_size.READER,
    "loop": loop.READER,
    "redundant_step": redundant_step.READER,
    "unclear_name": unclear_name.READER,
    "missing_shape_comment": missing_shape_comment.READER,
    "non_idiomatic_call": non_idiomatic_call.READER,
    "praise": praise.READER,
}
