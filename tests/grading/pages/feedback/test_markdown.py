"""Markdown of students: readable, harmless, and never the end of a page."""

import pytest
from bs4 import BeautifulSoup

from grading.pages.feedback.allowance import Allowance
from grading.pages.feedback.markdown import MOST_CHARACTERS, harmless_html, markdown_html


def html_of(source, attachments=None):
    return BeautifulSoup(markdown_html(source, Allowance(4_000_000), attachments), "html.parser")


def test_ordinary_markdown_is_kept():
    page = html_of(
        "# Title\n\n**bold** `code` [link](https://example.org)\n\n- item\n\n| a |\n|---|\n| 1 |\n\n```python\nx = 1\n```"
    )
    assert page.h4.string == "Title" and page.strong.string == "bold" and page.li.string == "item"
    assert page.a["href"] == "https://example.org" and page.td.string == "1"
    assert page.find("div", class_="highlight").get_text().strip() == "x = 1"


@pytest.mark.parametrize(
    ("source", "formula"),
    [
        (r"so $QK^T/\sqrt{d_k}$ is", r"QK^T/\sqrt{d_k}"),
        (r"$$\sum_j a_{ij} < 1 * 2 * 3$$", r"\sum_j a_{ij} < 1 * 2 * 3"),
        ("\\begin{align}\na &= b\n\\end{align}", "\\begin{align}\na &= b\n\\end{align}"),
    ],
)
def test_formulas_stay_as_tex(source, formula):
    assert html_of(source).find("span", class_="tex").get_text() == formula


def test_attached_pictures_are_shown_under_any_name(png):
    page = html_of(
        "![a cat](attachment:%D0%BA%D0%BE%D1%82.png) ![](attachment:b.png)",
        {"кот.png": {"image/png": png(9, 9)}, "b.png": {"image/png": png(9, 9)}},
    )
    assert [image["alt"] for image in page.find_all("img")] == ["a cat", "Picture in your text"]
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.find_all("img"))


@pytest.mark.parametrize(
    "attachments",
    [None, {}, "text", {"a.png": None}, {"a.png": {}}, {"a.png": {"image/png": "no base64!"}}, {"a.png": {"image/png": 5}},
     {"a.png": {"image/svg+xml": "<svg onload=alert(1)>"}}, {"a.png": {"text/html": "<script>"}}],
)  # fmt: skip
def test_a_lost_or_damaged_attachment_leaves_its_description(attachments):
    page = html_of("before ![a cat](attachment:a.png) after", attachments)
    assert page.img is None
    assert "a cat (a picture stood here:" in page.get_text() and page.get_text().strip().endswith("after")


def test_a_forged_picture_is_not_shown():
    page = html_of(
        '<img src="data:image/png;base64,AAAA" alt="mine"> <img src="attached-0"> <img src="attached-99999999999">'
    )
    assert page.img is None and "mine (a picture from elsewhere" in page.get_text()


@pytest.mark.parametrize(
    "bomb",
    ["[" * 50_000, "![" * 50_000, ">" * 50_000, "*a " * 50_000, "<a " * 50_000, "<div>" * 50_000, "<b>" * 50_000, "`" * 50_000 + "a", "$" * 50_001,
     "\\begin{a}" * 20_000, "- " * 50_000, "<script" * 20_000, "|a" * 50_000 + "\n" + "|-" * 50_000, "&#x" * 50_000, "[a](" * 20_000, "x" * 1_000_000,
     "\n" * 100_000, "[a]: b\n" * 10_000, "***" * 20_000, "<!--" * 20_000],
    ids=lambda bomb: repr(bomb[:8]),
)  # fmt: skip
def test_a_bomb_is_cut_and_rendered(bomb):
    html = markdown_html(f"start\n\n{bomb}", Allowance(0))
    assert "start" in html and len(html) < 60 * MOST_CHARACTERS


def test_comments_html_passes_the_same_list():
    assert harmless_html('<p onclick="x()">a <b>b</b><script>y</script></p>') == "<p>a <b>b</b>y</p>"
