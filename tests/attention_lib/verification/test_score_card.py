from html.parser import HTMLParser

import pytest

from attention_lib.verification.score_card import HIDDEN_TESTS, Row, ScoreCard


class Text(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.depth = set(), [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.depth += 1

    def handle_endtag(self, tag):
        self.depth -= 1

    def handle_data(self, data):
        self.words.append(data)


CARD = ScoreCard(
    [
        Row("project_qkv", "passed", 1),
        Row("f", "not yet", 2, "<b>`x` is 3</b>"),
        Row("AttentionHead", "not started", 0),
    ],
    ["Save <it> & run `again`."],
)


@pytest.mark.parametrize("form", ["text", "html"])
def test_states_are_told_by_symbol_and_word(form):
    page = Text(CARD.as_html())
    text = CARD.as_text() if form == "text" else " ".join(page.words)
    for part in [
        "1 of 3",
        "✓",
        "✗",
        "○",
        "passed",
        "not yet",
        "not started",
        "1 attempt",
        "2 attempts",
        "<b>",
        "<it> & run",
    ]:
        assert part in text
    assert HIDDEN_TESTS in text
    assert page.depth == 0 and page.tags == {"div", "span", "code"}


def test_an_all_right_card_says_so_and_trouble_shows_no_score():
    assert "Nothing else would surprise" in ScoreCard([Row("f", "passed", 1)], []).as_html()
    trouble = ScoreCard([], [], trouble="There is no file `a`.")
    for shown in (trouble.as_text(), trouble.as_html()):
        assert "Not checked" in shown and " of " not in shown and HIDDEN_TESTS not in shown
