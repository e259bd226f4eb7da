"""No line of a hidden test gets onto a page, whichever way it tries."""

import logging

import nbformat.v4 as v4
import pytest
from bs4 import BeautifulSoup
from traitlets.log import get_logger

from grading.pages.feedback.hidden_lines import WITHHELD, hidden_lines, withhold


def seen(html):
    return " ".join(BeautifulSoup(html, "html.parser").get_text().split())


def test_hidden_lines_are_those_between_the_delimiters(samples):
    source = "visible_line_that_is_long = 1\n### BEGIN HIDDEN TESTS\nhidden_line_that_is_long =   2\nx = 1\n### END HIDDEN TESTS\nafter_line_that_is_long = 3"
    assert hidden_lines([source], [], []) == {"hidden_line_that_is_long = 2"}


def test_a_missing_end_hides_the_rest():
    assert hidden_lines(["# BEGIN HIDDEN TESTS\nhidden_line_that_is_long = 2"], [], []) == {
        "hidden_line_that_is_long = 2"
    }


def test_what_the_student_wrote_is_no_secret():
    source = "### BEGIN HIDDEN TESTS\nQ, K, V = project_qkv(x, W_q, W_k, W_v)\n### END HIDDEN TESTS"
    assert hidden_lines([source], ["def f():\n        Q, K, V = project_qkv(x, W_q,  W_k, W_v)"], []) == set()


def test_a_sentence_of_a_check_is_no_secret_but_code_in_a_message_is():
    sentence, code = "Each row of the weights should sum to 1.", "expected = torch.softmax(scores, dim=-1)"
    source = f'### BEGIN HIDDEN TESTS\ncheck("""\n  {sentence}\n""")\n{code}\n### END HIDDEN TESTS'
    assert hidden_lines([source], [], [sentence, code]) == {code}
    assert sentence in hidden_lines([source], [], [])


@pytest.mark.parametrize(
    "html",
    [
        "<p>if a &lt; b and c &gt; d: return &#39;x&#39;</p>",
        "<pre><span class='k'>if</span> a <b>&lt;</b> b\n   and c &gt; d: return 'x'</pre>",
        "<p>before if a &lt; b and c &gt; d: return &quot;x&quot; after</p>".replace("&quot;", "&#x27;"),
    ],
)
def test_a_line_is_found_as_the_reader_sees_it(html):
    line = "if a < b and c > d: return 'x'"
    cleaned, found = withhold(f"<!DOCTYPE html><html>{html}<p>5 &lt; 6</p></html>", {line})
    assert found == {line}
    assert line not in seen(cleaned) and WITHHELD in seen(cleaned)
    assert seen(cleaned).endswith("5 < 6")


def test_a_line_in_an_attribute_is_found():
    line = "expected = torch.softmax(scores, dim=-1)"
    cleaned, found = withhold(f'<p>text <img src="a" alt="see {line} here"> more</p>', {line})
    assert found == {line} and line not in cleaned and seen(cleaned) == "text more"


def test_a_page_without_hidden_lines_stays_as_it_is():
    html = "<!DOCTYPE html><p>a &amp; b<br/>c</P>"
    assert withhold(html, {"expected = torch.softmax(scores, dim=-1)"}) == (html, set())


def test_hidden_tests_are_withheld_from_the_page_and_the_log_says_so(samples, caplog):
    """By what a cell printed, showed, raised, by a check's message, a mending and a picture's description."""
    lines = samples.HIDDEN_LINES
    outputs = [
        v4.new_output("stream", name="stdout", text=f"  {lines[0]}\n"),
        v4.new_output("execute_result", data={"text/plain": repr(f"x\n{lines[1]}\n")}),
        v4.new_output("error", ename="E", evalue=lines[2], traceback=[f"Cell In[3], line 4\n----> 4 {lines[3]}"]),
    ]
    notebook = samples.autograded(
        records={"project_qkv": [samples.record("shape", False, f"Traceback: {lines[3]}")]},
        own_cells={"project_qkv": [samples.own("print(leak)", outputs=outputs)]},
        mended=[{"cell": "", "message": lines[0], "lost": False}],
    )
    with caplog.at_level(logging.WARNING, get_logger().name):
        html = samples.page_of(notebook)
    for line in lines:
        assert " ".join(line.split()) not in seen(html)
    assert seen(html).count(WITHHELD) == 5
    assert "4 line(s) of hidden tests" in caplog.text
    assert "print(leak)" in seen(html) and "All 5" not in seen(html)


def test_an_ordinary_page_holds_none_and_logs_nothing(samples, caplog):
    with caplog.at_level(logging.WARNING, get_logger().name):
        html = samples.page_of(samples.autograded(records=dict.fromkeys(samples.ANSWERS)))
    assert not [line for line in samples.HIDDEN_LINES if " ".join(line.split()) in seen(html)]
    assert WITHHELD not in html and "hidden tests" not in caplog.text
