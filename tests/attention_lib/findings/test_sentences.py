"""The sentences about findings: examples that are Python and no solution, links that lead somewhere."""

import ast

import nbformat
import pytest

from attention_lib.findings.finding import KINDS
from attention_lib.findings.sentences import SENTENCES, sentence_of, text_of
from tests.attention_lib.findings.cases import all_found, found_in
from tests.lesson_answers import SOURCE

CELLS = nbformat.read(SOURCE, as_version=4).cells
CODE = "\n".join(cell.source for cell in CELLS if cell.cell_type == "code")
TITLES = [line[3:] for cell in CELLS for line in cell.source.split("\n") if line.startswith("## ")]
ALL = {f"{kind}/{form}": said for kind, forms in SENTENCES.items() for form, said in forms.items()}


def test_there_are_sentences_for_every_kind():
    assert set(SENTENCES) == set(KINDS)


@pytest.mark.parametrize("said", ALL.values(), ids=ALL)
def test_an_example_can_be_read_and_is_not_in_the_lesson(said):
    for code in (said.before, said.after):
        try:
            ast.parse(code)
        except SyntaxError:
            ast.parse(code + "\n    pass")
    assert said.before != said.after
    assert not any(line.strip() in CODE for line in said.after.split("\n") if len(line.strip()) > 18)


@pytest.mark.parametrize("said", ALL.values(), ids=ALL)
def test_a_section_is_one_of_the_lessons(said):
    assert said.section in ["", *TITLES]


def test_a_sentence_names_what_is_true_and_no_more():
    source = "def attention_scores(Q, K, scale=None):\n    n_q, d_k = Q.shape[-2:]\n    return Q @ K.mT / d_k**0.5\n"
    [found] = found_in(source)
    assert sentence_of(found).text == "Nothing reads `n_q`."
    assert text_of(found) == f"Nothing reads `n_q`. {sentence_of(found).why}"


def test_no_sentence_has_a_gap():
    for found in all_found("found"):
        for each in found:
            text = text_of(each)
            assert not any(mark in text for mark in ("{", "}", "``", "  ", " ()", "line 0")) and text.endswith(".")
