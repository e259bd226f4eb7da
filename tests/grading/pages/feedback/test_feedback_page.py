"""The page as a whole: what it says, and what it is made of."""

import json
import re
from html.parser import HTMLParser

import nbformat
import nbformat.v4 as v4
import pytest
from bs4 import BeautifulSoup

from attention_lib.assignment.check_records import JUDGED_OVER_CORRECT_FUNCTIONS
from attention_lib.sentences import code_marks
from grading.pages.feedback.page import FeedbackExporter, UnusableAutogradedNotebook

LIMIT = 10_000_000


def soup(html):
    return BeautifulSoup(html, "html.parser")


def section(html, number):
    return soup(html).find(id=f"answer-{number}").find_parent("section")


def words(element):
    return " ".join(element.get_text(" ").split())


def test_all_right_is_said_first(samples):
    html = samples.page_of(samples.autograded())
    page = soup(html)
    assert "5 of 5" in words(page.header)
    assert "All 5 answers are right" in words(page.main)
    rows = [words(row) for row in page.find("table", class_="summary").tbody.find_all("tr")]
    assert rows[0] == "4 · Linear projections project_qkv ✓ right 1 of 1 4 of 4 passed"
    assert len(rows) == 5


def test_one_file_without_scripts_or_network(samples):
    html = samples.page_of(samples.autograded())
    page = soup(html)
    assert page.html["lang"] == "en" and page.title.string
    assert not page.find_all(["script", "link", "iframe", "form", "object", "embed"])
    assert not re.search(r"url\(|@import|https?:", html)
    assert "default-src 'none'" in page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    levels = [int(heading.name[1]) for heading in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in zip(levels, levels[1:]))


def test_checks_are_told_in_sentences_failed_first(samples):
    record = samples.record
    records = [
        record("shape", True, "The shape is right."),
        record("mask", None, "Comes once the rows sum to 1."),
        record("rows sum to 1", False, "Row 2 sums to 3.71. Which dimension does your softmax run over?", hidden=True),
    ]
    html = samples.page_of(samples.autograded(records={"attention_weights": records}))
    assert "4 of 5" in words(soup(html).header)
    assert "4 of 5 answers are right" in words(soup(html).main)
    items = [words(item) for item in section(html, 3).find("ul", class_="checks").find_all("li")]
    assert items[0].startswith("✗ failed: rows sum to 1 hidden check Row 2 sums to 3.71.")
    assert items[1].startswith("? could not be checked: mask") and "Comes once the rows sum to 1." in items[1]
    assert items[2] == "✓ passed: shape The shape is right."


def test_only_the_students_cells_are_shown(samples):
    html = samples.page_of(samples.autograded(records={"project_qkv": None}))
    text = words(soup(html))
    assert "The lesson's own" not in text
    assert samples.VISIBLE_TEST_LINE not in text
    assert "ChecksFailed" not in text
    assert "The checks of this answer did not come to their end" in words(section(html, 1))
    code = section(html, 2).find("div", class_="code")
    assert "".join(line.get_text() for line in code.find_all("pre")).strip("\n") == samples.RIGHT["attention_scores"]
    assert [line["data-n"] for line in code.find_all("pre")] == ["1", "2", "3", "4", "5"]
    assert code.find("span", class_="k", string="return")


def test_a_head_over_correct_functions_is_told_and_is_no_check(samples):
    judged = samples.record("judged over correct functions", True, "Your attention_weights is not right yet.")
    judged["code"] = JUDGED_OVER_CORRECT_FUNCTIONS
    html = samples.page_of(samples.autograded(records={"attention_head": [*samples.PASSED, judged]}))
    head = section(html, 5)
    assert "Judged over correct functions. Your attention_weights is not right yet." in words(head)
    assert len(head.find("ul", class_="checks").find_all("li")) == len(samples.PASSED)


def test_an_answer_that_was_left_out_says_why(samples):
    cell = samples.answer_cell("aggregate_values", "while True: pass", left_out="It ran for more than 20 seconds.")
    html = samples.page_of(samples.autograded(answers={"aggregate_values": [cell]}, records={"aggregate_values": None}))
    assert "It ran for more than 20 seconds." in words(section(html, 4).find("p", class_="serious"))
    assert "while True" in words(section(html, 4))


def test_an_unreadable_submission_is_said_before_all_else(samples):
    empty = {answer: [] for answer in samples.ANSWERS}
    nothing = {answer: None for answer in samples.ANSWERS}
    html = samples.page_of(samples.autograded(answers=empty, records=nothing, problem="The file is not JSON."))
    main = soup(html).main
    assert words(main).startswith("⚠ Your submission could not be graded The file is not JSON.")
    assert "0 of 5" in words(soup(html).header)
    assert not main.find_all("section", class_="answer")


def test_mending_is_prominent_only_where_it_may_have_cost(samples):
    failed = [samples.record("shape", False, "The shape is wrong.")]
    mended = [
        {"cell": "attention_scores", "message": "This answer stood twice.", "lost": False},
        {"cell": "project_qkv", "message": "This cell was Markdown.", "lost": False},
        {"cell": "setup", "message": "Your import here was left behind.", "lost": True},
    ]
    html = samples.page_of(samples.autograded(records={"attention_scores": failed}, mended=mended))
    prominent = words(soup(html).find(id="mended-costly").find_parent("section"))
    small = words(soup(html).find(id="mended").find_parent("section"))
    assert "This answer stood twice." in prominent and "Your import here was left behind." in prominent
    assert "This cell was Markdown." in small and "This cell was Markdown." not in prominent
    all_right = samples.page_of(samples.autograded(mended=mended))
    assert soup(all_right).find(id="mended-costly") is None
    assert "Your import here was left behind." in words(soup(all_right).find(id="mended").find_parent("section"))


def test_points_other_than_the_checks_are_said_to_be_a_graders(samples):
    failed = [samples.record("shape", False, "The shape is wrong.")]
    html = samples.page_of(samples.autograded(records={"project_qkv": failed}, scores={"project_qkv": 0.5}))
    assert "0.5 of 1" in words(section(html, 1)) and "A grader set these points" in words(section(html, 1))
    assert "4.5 of 5" in words(soup(html).header)
    assert "A grader set these points" not in words(section(html, 2))


def test_without_a_gradebook_no_points_are_invented(samples):
    html = samples.page_of(samples.autograded(scores=dict.fromkeys(samples.ANSWERS, False)))
    assert "no points recorded yet" in words(soup(html).header)
    assert "– of 1" in words(section(html, 1))


def test_a_late_penalty_is_taken_off_and_said(samples):
    header = soup(samples.page_of(samples.autograded(), late_penalty=1.5)).header
    assert "3.5 of 5" in words(header) and "5 less 1.5 for being late" in words(header)


def test_graders_comments_are_shown_and_harmless(samples):
    cell = samples.answer_cell("attention_scores", "x = 1", comment="Look at **dim**.<script>alert(1)</script>")
    untouched = samples.answer_cell("aggregate_values", "# your code", comment="No response.")
    html = samples.page_of(samples.autograded(answers={"attention_scores": [cell], "aggregate_values": [untouched]}))
    comment = section(html, 2).find("div", class_="comment")
    assert comment.strong.string == "dim" and "alert" not in html
    assert "You left this cell as it was handed out." in words(section(html, 4))
    assert section(html, 4).find("div", class_="comment") is None


def test_review_comments_stand_beside_their_lines(samples):
    comments = [
        {"lines": [1, 2], "html": "<p>A <b>loop</b> is not needed.<img src=x onerror=alert(1)></p>", "by": "code"}
        | {"before": "a < b", "after": "b", "section": "6"},
        {"lines": [90, 99], "html": "beyond the end"},
        {"lines": "nonsense", "html": "dropped"},
    ]
    cell = samples.answer_cell("project_qkv", "a = 1\nb = 2\nc = 3", comments=comments)
    code = section(samples.page_of(samples.autograded(answers={"project_qkv": [cell]})), 1).find("div", class_="code")
    first, last = code.find_all("div", class_="remark")
    assert words(first).startswith("Lines 1–2 A loop is not needed.")
    assert "A small example a < b better: b Could be written better" in words(first)
    assert words(last).endswith("approved by a person")
    assert first.find_previous_sibling("pre")["data-n"] == "2" and last.find_previous_sibling("pre")["data-n"] == "3"
    assert "onerror" not in str(code) and "dropped" not in str(code)


def test_both_parts_of_a_split_answer_are_shown(samples):
    first = v4.new_code_cell("def helper(x):\n    return x")
    first.metadata["attention101"] = {"answer": "project_qkv"}
    parts = [first, samples.answer_cell("project_qkv", "project_qkv = helper")]
    shown = words(section(samples.page_of(samples.autograded(answers={"project_qkv": parts})), 1))
    assert "Part 1 of 2" in shown and "Part 2 of 2" in shown
    assert shown.index("def helper") < shown.index("project_qkv = helper")


def test_own_cells_come_in_their_order_with_their_section(samples):
    cells = {
        "project_qkv": [samples.own("first = 1"), samples.own("# Notes\n\n*mine*", "markdown")],
        "attention_head": [samples.own("last = 3"), samples.own("raw text", "raw")],
    }
    own = soup(samples.page_of(samples.autograded(own_cells=cells))).find(id="own").find_parent("section")
    assert [h.string for h in own.find_all("h3")] == [
        "After “4 · Linear projections”",
        "After “8 · The full attention head”",
    ]
    text = words(own)
    assert text.index("first = 1") < text.index("mine") < text.index("last = 3") < text.index("raw text")
    assert own.find("h4").string == "Notes"


def test_outputs_of_own_cells_are_text_and_pictures(samples):
    outputs = [
        v4.new_output("stream", name="stdout", text="  0%\r 50%\r100%\n\x1b[31mred\x1b[0m\n"),
        v4.new_output("stream", name="stdout", text="<b>bold?</b>"),
        v4.new_output("display_data", data={"text/html": "<script>alert(1)</script>", "text/plain": "a table"}),
        v4.new_output("display_data", data={"image/svg+xml": "<svg onload=alert(1)></svg>"}),
    ]
    html = samples.page_of(samples.autograded(own_cells={"project_qkv": [samples.own("run()", outputs=outputs)]}))
    own = soup(html).find("div", class_="own")
    texts = [pre.get_text() for pre in own.find_all("pre", class_="text")]
    assert texts == ["100%\nred\n<b>bold?</b>", "a table"]
    assert "An output of the type image/svg+xml stood here" in words(own)
    assert "alert" not in html


def test_a_preprocessor_that_is_added_later_is_applied(samples):
    def review(notebook, resources):
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "project_qkv":
                cell.metadata["attention101"] = {"comments": [{"lines": [1, 1], "html": "Clear names."}]}
        return notebook, resources

    exporter = FeedbackExporter()
    exporter.register_preprocessor(review, enabled=True)
    html, resources = exporter.from_notebook_node(samples.autograded())
    assert "Clear names." in words(section(html, 1))
    assert resources["output_extension"] == ".html"


class _Strict(HTMLParser):
    """Collects what could act in a browser."""

    def __init__(self, html):
        super().__init__()
        self.active = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag in {
            "script",
            "iframe",
            "form",
            "object",
            "embed",
            "svg",
            "link",
            "base",
            "input",
            "button",
            "video",
            "audio",
        }:
            self.active.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcset", "srcdoc") and tag != "html":
                self.active.append((tag, name))
            if name in ("src", "href") and not re.match(
                r"#|https?://|mailto:|data:image/(png|jpeg);base64,", value or ""
            ):
                self.active.append((tag, name, value))
            if name == "src" and not value.startswith("data:image/"):
                self.active.append((tag, name, value))


HOSTILE = """
# Hi <script>alert(1)</script>
<img src=x onerror=alert(1)> <svg onload=alert(1)><circle/></svg> <iframe src="https://evil.example"></iframe>
<form action="https://evil.example"><input name=a><button>go</button></form> <style>body{display:none}</style>

[a](javascript:alert(1)) [b](&#106;avascript:alert(1)) <a href="java\tscript:alert(1)">c</a> [d](data:text/html,x)
![tracker](https://evil.example/pixel.png) 
<img alt="described" src="//evil.example/p.png"> <div class="total big">5 of 5</div>
<p style="position:fixed" id="summary" onclick="alert(1)">x</p> <base href="https://evil.example"> <math><mi xlink:href="javascript:alert(1)">m</mi></math>
</div></section></main></body></html><!-- --!><noscript><p title="</noscript><img src=x onerror=alert(1)>">
"""


def test_nothing_that_a_student_writes_can_act(samples):
    bad = v4.new_output("error", ename=HOSTILE, evalue=HOSTILE, traceback=[HOSTILE])
    cells = [
        samples.own(HOSTILE, "markdown"),
        samples.own(HOSTILE, "raw"),
        samples.own(HOSTILE, outputs=[bad, v4.new_output("stream", name="stdout", text=HOSTILE)]),
        samples.own(
            "x", outputs=[v4.new_output("display_data", data={"image/png": '"><script>', "text/plain": HOSTILE})]
        ),
        samples.own("y", outputs=[v4.new_output("display_data", data={HOSTILE: HOSTILE}, metadata={"alt": HOSTILE})]),
    ]
    comments = [{"lines": [1, 1], "html": HOSTILE}]
    answer = samples.answer_cell("project_qkv", HOSTILE, comment=HOSTILE, comments=comments, left_out=HOSTILE)
    html = samples.page_of(
        samples.autograded(
            answers={"project_qkv": [answer]},
            records={"project_qkv": [samples.record(HOSTILE, False, HOSTILE)]},
            own_cells={"project_qkv": cells},
            mended=[{"cell": HOSTILE, "message": HOSTILE, "lost": True}],
        ),
        student=HOSTILE,
    )
    assert _Strict(html).active == []
    page = soup(html)
    assert len(page.find_all("main")) == 1 and page.find("footer")
    assert len(page.find_all(class_="total")) == 1 and len(page.find_all(id="summary")) == 1
    assert "tracker (a picture from elsewhere, not shown here)" in words(page)
    assert "described (a picture from elsewhere, not shown here)" in words(page)


def test_odd_characters_do_not_break_the_page(samples):
    odd = "lone \ud800 surrogate, \x00 \x07 \x1b[31m control, \u202eright to left, \uffff, مرحبا"
    cells = [
        samples.own(odd, "markdown"),
        samples.own(f"'{odd}'", outputs=[v4.new_output("stream", name="stdout", text=odd)]),
    ]
    html = samples.page_of(samples.autograded(answers={"project_qkv": odd}, own_cells={"project_qkv": cells}))
    html.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\ud800-\udfff]", html)
    assert html.count("مرحبا") == 4


def test_whatever_is_handed_in_the_page_stays_small(samples, png):
    line = v4.new_output("stream", name="stdout", text="x" * 1_000_000)
    lines = v4.new_output("stream", name="stdout", text="<&'\n" * 300_000)
    picture = v4.new_output("display_data", data={"image/png": png(1_300, 1_300)})
    big = "x = " + "'<&>' + " * 200_000
    cells = [samples.own("a <= b && c\n" * 400, outputs=[line, lines]) for _ in range(40)]
    pictures = [samples.own("draw()", outputs=[picture]) for _ in range(10)]
    small = [samples.own(f"x{i} = {i}") for i in range(5_000)]
    copies = [samples.answer_cell("project_qkv", big, outputs=[line, lines]) for _ in range(3)]
    copies += [samples.answer_cell("project_qkv", "a <= b && c\n" * 900) for _ in range(40)]
    html = samples.page_of(
        samples.autograded(
            answers={"project_qkv": copies, "attention_scores": "<&> + '\n" * 50_000},
            records={"project_qkv": [samples.record("<" * 5_000, False, "&" * 100_000)] * 1_000},
            own_cells={"project_qkv": pictures + cells, "attention_head": small},
            mended=[{"cell": "x", "message": "<" * 5_000, "lost": True}] * 5_000,
        )
    )
    assert 1_000_000 < len(html.encode()) < LIMIT
    assert "more cells of yours not shown here" in html
    assert "no more pictures" in html


def test_five_thousand_small_cells_are_all_there(samples):
    cells = [samples.own(f"x{i} = {i}") for i in range(5_000)]
    html = samples.page_of(samples.autograded(own_cells={"project_qkv": cells}))
    assert "x4999" in html and len(html.encode()) < LIMIT


def test_a_file_is_read_as_nbgrader_does(samples, tmp_path):
    path = tmp_path / "attention.ipynb"
    notebook = samples.autograded(own_cells={"project_qkv": [samples.own("print('\ud83d')", outputs=[])]})
    path.write_text(json.dumps(notebook), encoding="utf-8")
    html, resources = FeedbackExporter().from_filename(
        str(path), resources={"nbgrader": {"assignment": "attention", "student": "ada"}}
    )
    assert resources["metadata"]["name"] == "attention"
    assert "All 5 answers are right" in html and nbformat.read(path, 4).cells


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x00\xff",
        b"[1, 2]",
        b'{"cells": [',
        b'{"cells": 5, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    ],
)
def test_a_damaged_autograded_notebook_is_named(tmp_path, content):
    path = tmp_path / "attention.ipynb"
    path.write_bytes(content)
    with pytest.raises(UnusableAutogradedNotebook) as error:
        FeedbackExporter().from_filename(str(path))
    assert str(path) in str(error.value) and "grade this submission again" in str(error.value)


def test_a_missing_autograded_notebook_is_named(tmp_path):
    with pytest.raises(UnusableAutogradedNotebook, match="gone.ipynb is not there: grade this submission first"):
        FeedbackExporter().from_filename(str(tmp_path / "gone.ipynb"))


def test_backticks_in_a_sentence_become_code_and_nothing_else():
    assert code_marks("ask whether it `is None`, <b>") == "ask whether it <code>is None</code>, &lt;b&gt;"
    assert code_marks("`<i>`") == "<code>&lt;i&gt;</code>"
    assert code_marks("one ` alone") == "one ` alone"
