"""Text preparation: cleaning, a split without overlap, errors that name the file; and the shipped held-out stories."""

import gzip
import json

import pytest

from training.prepare_text import (
    HELD_OUT_FILE,
    TRAINED_ON_FILE,
    CorpusError,
    clean,
    corpus_path,
    read_corpus,
    read_held_out,
    sentence_hashes,
    split_corpus,
    text_hash,
)


def sentence(i):
    """One of many different sentences of more than 60 characters."""
    return f"The {i}th traveller told a story of the sea that lasted for {i} nights and {i + 1} days, and all listened."


@pytest.fixture
def folder(tmp_path):
    for collection in ("grimm", "old", "mass_quantities"):
        (tmp_path / collection).mkdir()
    for i in range(40):
        collection = ("grimm", "old", "mass_quantities")[i % 3]
        (tmp_path / collection / f"{i}.txt").write_text(" ".join(sentence(1000 * i + k) for k in range(25)))
    return tmp_path


def test_cleaning_makes_plain_quotes_and_dashes():
    dirty = "“Well—” he said,\n‘it’s _late_.’\n\n* * *\nNext…"
    assert clean(dirty) == "\"Well - \" he said, 'it's late.' Next..."


def test_the_split_has_three_parts_that_share_no_sentence(folder):
    split = split_corpus(read_corpus(folder))
    parts = (split.train, split.tune, split.held_out)
    assert all(parts) and sum(map(len, parts)) == 40
    for one in parts:
        for other in parts:
            assert one is other or not sentence_hashes(one) & sentence_hashes(other)


def test_a_copy_of_a_held_out_story_is_not_trained_on(folder):
    before = split_corpus(read_corpus(folder))
    copied = before.held_out[0].text
    (folder / "old" / "copy.txt").write_text("Preface. " + copied)
    after = split_corpus(read_corpus(folder))
    assert any(story.text == copied for story in after.held_out)
    assert not any(copied in story.text for story in after.train)


def test_the_split_does_not_depend_on_the_order_of_the_files(folder, tmp_path_factory):
    first = split_corpus(read_corpus(folder))
    lines = tmp_path_factory.mktemp("lines") / "stories.jsonl.gz"
    with gzip.open(lines, "wt") as file:
        for story in reversed(read_corpus(folder)):
            file.write(json.dumps({"collection": story.collection, "title": story.title, "text": story.text}) + "\n")
    assert split_corpus(read_corpus(lines)) == first


def test_errors_name_the_file_and_the_remedy(tmp_path, monkeypatch):
    monkeypatch.delenv("STORIES_CORPUS", raising=False)
    with pytest.raises(CorpusError, match="--corpus PATH or set STORIES_CORPUS"):
        corpus_path()
    with pytest.raises(CorpusError, match="no corpus at .*nowhere"):
        read_corpus(tmp_path / "nowhere")
    with pytest.raises(CorpusError, match="no .txt file"):
        read_corpus(tmp_path)
    (tmp_path / "plain.gz").write_text("not gzip")
    with pytest.raises(CorpusError, match="plain.gz is not a readable gzip file"):
        read_corpus(tmp_path / "plain.gz")
    with gzip.open(tmp_path / "broken.gz", "wt") as file:
        file.write('{"collection": "a", "title": "b", "text": "c"}\n{"title": 1}\n')
    with pytest.raises(CorpusError, match="broken.gz, line 2"):
        read_corpus(tmp_path / "broken.gz")
    (tmp_path / "only.txt").write_text("One short story.")
    with pytest.raises(CorpusError, match="too small"):
        split_corpus(read_corpus(tmp_path))
    with pytest.raises(CorpusError, match="held-out stories are missing.*gone.txt"):
        read_held_out(tmp_path / "gone.txt")


def test_the_shipped_held_out_stories_are_small_clean_and_never_trained_on():
    assert 100_000 < HELD_OUT_FILE.stat().st_size <= 200_000
    trained_on = set(TRAINED_ON_FILE.read_text().split())
    stories = read_held_out()
    assert len(stories) >= 10 and len(trained_on) > 1000
    for story in stories:
        assert clean(story) == story
        assert text_hash(story)[:16] not in trained_on
