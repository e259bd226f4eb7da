"""The one setting that shows hidden tests' source on the feedback page, and the page without it."""

import shutil

import pytest
from bs4 import BeautifulSoup
from traitlets.config import Config

from grading.pages.feedback.hidden_lines import WITHHELD, hidden_tests
from grading.pages.feedback.page import FeedbackExporter


def page(notebook, **settings):
    resources = {"nbgrader": {"assignment": "attention", "student": "ada"}}
    return FeedbackExporter(config=Config(FeedbackExporter=settings)).from_notebook_node(notebook, resources)[0]


def below_the_checks(html):
    """By answer, the code in the fold-out that stands in its section after its checks."""
    found = {}
    for section in BeautifulSoup(html, "html.parser").select("section.answer"):
        for details in section.select("ul.checks ~ details"):
            lines = [line.get_text().rstrip("\n") for line in details.select("pre.line")]
            found[section.select_one("p.under code").get_text()] = (lines, details.has_attr("open"))
    return found


def test_without_the_setting_no_hidden_line_is_there(samples):
    html = page(samples.autograded())
    assert "<details" not in html and "their source is not" in html
    assert not [line for line in samples.HIDDEN_LINES if line in BeautifulSoup(html, "html.parser").get_text()]
    assert html == page(samples.autograded(), reveal_hidden_tests=False)


def test_with_it_each_answer_has_its_hidden_tests_folded_below_its_checks(samples):
    html = page(samples.autograded(), reveal_hidden_tests=True)
    found = below_the_checks(html)
    assert list(found) == list(samples.ANSWERS)
    for lines, is_open in found.values():
        assert [line.strip() for line in lines[:-1]] == samples.HIDDEN_LINES and not is_open
    text = BeautifulSoup(html, "html.parser").get_text()
    assert samples.VISIBLE_TEST_LINE not in text and "and their source below them" in text


def test_nothing_else_of_the_new_page(samples):
    records = {"attention_scores": [samples.record("shape", False, "The shape is wrong.", hidden=True)]}
    plain = BeautifulSoup(page(samples.autograded(records=records)), "html.parser")
    shown = BeautifulSoup(page(samples.autograded(records=records), reveal_hidden_tests=True), "html.parser")
    for details in shown.select("details"):
        details.decompose()
    for soup in (plain, shown):
        soup.footer.decompose()
    assert plain.body.get_text(" ", strip=True) == shown.body.get_text(" ", strip=True)


def test_what_a_student_prints_of_them_is_withheld_only_as_long_as_they_are_hidden(samples):
    cells = [samples.own(f"print({samples.HIDDEN_LINES[1][:40]!r} + ...)")]
    copied = [samples.record("shape", False, samples.HIDDEN_LINES[2])]
    notebook = samples.autograded(records={"project_qkv": copied}, own_cells={"project_qkv": cells})
    assert WITHHELD in page(notebook)
    shown = page(notebook, reveal_hidden_tests=True)
    assert WITHHELD not in shown
    sentence = BeautifulSoup(shown, "html.parser").select_one("li.failed .sentence").get_text()
    assert samples.HIDDEN_LINES[2] in sentence


def test_the_source_is_text_and_no_markup(samples):
    notebook = samples.autograded()
    for cell in notebook.cells:
        if cell.metadata.nbgrader["grade"]:
            cell.source = (
                "### BEGIN HIDDEN TESTS\nexpect(a < b, '</pre><script>alert(1)</script>')\n### END HIDDEN TESTS"
            )
    html = page(notebook, reveal_hidden_tests=True)
    assert "<script" not in html
    assert below_the_checks(html)["project_qkv"][0] == ["expect(a < b, '</pre><script>alert(1)</script>')"]


def test_an_answer_without_hidden_tests_and_one_that_is_graded_itself_show_none(samples):
    notebook = samples.autograded()
    by_id = {cell.metadata.nbgrader["grade_id"]: cell for cell in notebook.cells}
    by_id["test_project_qkv"].source = "checks.report()"
    # Its text is the student's.
    itself = by_id["test_attention_scores"]
    itself.metadata.nbgrader["solution"] = True
    itself.source = "### BEGIN HIDDEN TESTS\nmine"
    assert list(below_the_checks(page(notebook, reveal_hidden_tests=True))) == list(samples.ANSWERS)[2:]


@pytest.mark.parametrize(
    ("source", "hidden"),
    [
        ("a\n### BEGIN HIDDEN TESTS\n\nb\n  c\n### END HIDDEN TESTS\nd", "b\n  c"),
        ("### BEGIN HIDDEN TESTS\na\n### END HIDDEN TESTS\nb\n# BEGIN HIDDEN TESTS\nc", "a\nc"),
        ("a", ""),
    ],
)
def test_hidden_tests_are_what_nbgrader_takes_out(source, hidden):
    assert hidden_tests(source) == hidden


def test_reference_solutions_stay_out(samples):
    wrong = dict.fromkeys(samples.ANSWERS, "pass  # my own")
    text = BeautifulSoup(page(samples.autograded(answers=wrong), reveal_hidden_tests=True), "html.parser").get_text()
    assert not [right for right in samples.RIGHT.values() if right.splitlines()[-1].strip() in text]


@pytest.mark.slow
@pytest.mark.needs("chromium")
def test_the_source_is_folded_on_the_screen_and_open_in_print(samples, tmp_path):
    from playwright.sync_api import sync_playwright

    path = tmp_path / "page.html"
    path.write_text(page(samples.autograded(), reveal_hidden_tests=True), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 390, "height": 844})
        shown.goto(path.as_uri())
        details = shown.locator(".hidden-tests").first
        line = details.locator("pre.line").first
        assert not line.is_visible()
        shown.emulate_media(media="print")
        assert line.is_visible()
        shown.emulate_media(media="screen")
        details.locator("summary").click()
        assert line.is_visible()
        assert shown.evaluate("document.documentElement.scrollWidth") <= 390
        browser.close()
