"""Text that a spreadsheet would run."""

import pytest

from grading.pages.report.csv_table import sanitize_text


@pytest.mark.parametrize(
    "text, becomes",
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\rx", "'\rx"),
        ("  =1", "'  =1"),
        ('"=1', "'\"=1"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=1", "a;'=1"),
        ("a; -1", "a;' -1"),
        ("a\n=1", "a\n'=1"),
    ],
)
def test_formulas_are_texts(text, becomes):
    assert sanitize_text(text) == becomes


@pytest.mark.parametrize("text", ["", "ada", "de-vries", "a@b.org", "x = 1; y", "`scale=None`", "1 - 1", "row 2: -1"])
def test_what_is_no_formula_stays(text):
    assert sanitize_text(text) == text
