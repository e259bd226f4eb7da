"""Rules for every comment. Each returns the reason why a comment breaks it, as a sentence, or None."""

from collections.abc import Callable

from attention_lib.findings.code import Code
from grading.review.answer import ReviewedAnswer
from grading.review.claims import Comment
from grading.review.rules.contradiction import contradicts_the_tests
from grading.review.rules.leaked_solution import leaks_the_solution
from grading.review.rules.links import has_links
from grading.review.rules.scores_and_promises import speaks_of_scores
from grading.review.rules.unknown_names import names_the_unknown

Rule = Callable[[Comment, Code, ReviewedAnswer], str | None]

# The rules that need no settings; language, tone and length are called with theirs.
RULES: tuple[Rule, ...] = (
    contradicts_the_tests,
    leaks_the_solution,
    names_the_unknown,
    speaks_of_scores,
    has_links,
)
