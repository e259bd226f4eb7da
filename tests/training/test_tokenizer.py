"""The shipped tokenizer: common words are one token, and nothing is lost."""

import re

import pytest
from transformers import AutoTokenizer

from training.export import SHIPPED_FOLDER
from training.prepare_text import read_held_out
from training.pronouns import EXAMPLE_REFERENCE, NEW_SENTENCES, PROMPT_EXAMPLE, WATCHED_SENTENCES, locate
from training.simple_stories import simple_stories
from training.tokenizer import load_bpe


@pytest.fixture(scope="module")
def bpe():
    return load_bpe(SHIPPED_FOLDER)


def test_every_word_of_the_running_example_is_one_token(bpe):
    words = [bpe.decode([i]).strip() for i in bpe.encode(PROMPT_EXAMPLE).ids]
    assert words == "The cat lay on the mat because it was tired . The cat".split()


def test_every_word_of_the_simple_stories_is_one_token(bpe):
    words = {word for story in simple_stories(3000, seed=11) for word in re.findall(r"(?:^| )([A-Za-z]+)", story)}
    assert len(words) > 350
    assert not [word for word in sorted(words) if len(bpe.encode(word).ids) != 1]


def test_text_survives_the_way_there_and_back(bpe):
    for text in (*read_held_out(), "Strange signs: é ½ 你好 \t tab"):
        assert bpe.decode(bpe.encode(text).ids) == " " + text


def test_transformers_reads_the_same_tokenizer(bpe):
    tokenizer = AutoTokenizer.from_pretrained(SHIPPED_FOLDER)
    assert tokenizer(PROMPT_EXAMPLE)["input_ids"] == bpe.encode(PROMPT_EXAMPLE).ids
    assert tokenizer.eos_token_id == 0
    assert len(tokenizer) == 4096


def test_pronouns_are_found_in_the_test_sentences(bpe):
    ids, query, keys = locate(EXAMPLE_REFERENCE, bpe)
    assert (len(ids), query, keys) == (13, 7, [1])
    for reference in (*NEW_SENTENCES, *WATCHED_SENTENCES):
        ids, query, keys = locate(reference, bpe)
        assert bpe.decode([ids[i] for i in keys]).strip() == reference.antecedent
        assert bpe.decode([ids[query]]).strip() == reference.pronoun
        assert query > keys[-1]


def test_a_missing_tokenizer_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="tokenizer.json"):
        load_bpe(tmp_path)
