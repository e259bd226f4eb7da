"""The shipped model: its files, its size, its biases, and what its heads do."""

import json
import struct
import time

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from training.evaluate import chosen_heads, continuation, head_scores, load, story_nats
from training.export import SHIPPED_FOLDER
from training.ngram_baseline import encode_stories, load_baselines
from training.prepare_text import read_held_out
from training.pronouns import PROMPT_EXAMPLE


@pytest.fixture(scope="module")
def shipped():
    return load(SHIPPED_FOLDER)


@pytest.fixture(scope="module")
def stories(shipped):
    return encode_stories(shipped[1], read_held_out())


@pytest.fixture(scope="module")
def scores(shipped, stories):
    return head_scores(*shipped, stories)


def test_the_folder_is_complete_and_small():
    names = {file.name for file in SHIPPED_FOLDER.iterdir()}
    assert {"config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "README.md"} <= names
    assert sum(file.stat().st_size for file in SHIPPED_FOLDER.iterdir()) < 20_000_000


def test_the_weights_are_safetensors_in_float32():
    with open(SHIPPED_FOLDER / "model.safetensors", "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    assert {entry["dtype"] for name, entry in header.items() if name != "__metadata__"} == {"F32"}


def test_size_and_zero_biases(shipped):
    model, _ = shipped
    assert 1_000_000 <= sum(p.numel() for p in model.parameters()) <= 5_000_000
    for block in model.transformer.h:
        assert torch.count_nonzero(block.attn.c_attn.bias) == 0


def test_it_loads_from_the_folder_alone(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    began = time.perf_counter()
    model = AutoModelForCausalLM.from_pretrained(SHIPPED_FOLDER, local_files_only=True)
    tokenizer = AutoTokenizer.from_pretrained(SHIPPED_FOLDER, local_files_only=True)
    seconds = time.perf_counter() - began
    print(f"model and tokenizer loaded in {seconds:.2f} s")
    assert tokenizer(PROMPT_EXAMPLE, return_tensors="pt").input_ids.shape == (1, 13)
    assert model.config.model_type == "gpt2"
    # A busy machine may take longer than the second it takes at rest.
    assert seconds < 10


def test_there_is_a_previous_token_head(scores):
    assert scores["previous token"].max() >= 0.6


def test_one_induction_head_works_on_random_tokens_and_on_text(scores):
    layer, head = chosen_heads(scores)["induction"]
    assert scores["induction, uniform"][layer, head] >= 0.8
    assert scores["induction, text"][layer, head] >= 0.4


def test_one_head_finds_what_a_pronoun_stands_for(scores):
    layer, head = chosen_heads(scores)["pronoun"]
    assert scores["pronoun, new combinations"][layer, head] >= 0.5
    assert scores["pronoun, new sentences"][layer, head] >= 0.5
    assert scores["pronoun, example"][layer, head] >= 0.6
    assert scores["pronoun, held-out example"][layer, head] >= 0.6


def test_it_beats_the_ngram_baseline(shipped, stories):
    model, _ = shipped
    baseline = load_baselines()["books"]
    shortest = sorted(stories, key=len)[:6]
    ours = sum(story_nats(model, tokens) for tokens in shortest)
    theirs = sum(baseline.nats(tokens).sum() for tokens in shortest)
    assert ours < theirs


def test_the_continuation_of_the_running_example_is_new_text(shipped):
    text = continuation(*shipped)
    assert text.startswith(PROMPT_EXAMPLE + " ")
    following = text[len(PROMPT_EXAMPLE) :]
    assert not following.startswith(" lay on the mat because it was tired")
    assert "." in following
