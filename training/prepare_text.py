"""From a corpus of books to clean text: reading, cleaning, and the split into training, tuning and held-out stories.

`python -m training.prepare_text --corpus PATH` writes the two files that are shipped: the held-out stories, and the
hashes of all stories that the model was trained on.
"""

import argparse
import gzip
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

CORPUS_VARIABLE = "STORIES_CORPUS"
HELD_OUT_FILE = Path(__file__).with_name("held_out.txt")
TRAINED_ON_FILE = Path(__file__).with_name("trained_on.txt")
# Held out, but not shipped in a lesson: it speaks of Africans as its time did.
NOT_SHIPPED = ("Homo\n1909",)
STORY_MARK = "\n\n\n"  # stands between the stories of the held-out file
FAIRY_TALES = ("grimm", "anderson", "wilde_happy_prince")


class CorpusError(Exception):
    """The corpus is missing or cannot be read. The message says which file and what to do."""


@dataclass(frozen=True)
class Story:
    """One story of the corpus: `collection` and `title` name it, `text` is clean."""

    collection: str
    title: str
    text: str


def clean(text):
    """Return the text with plain quotation marks and dashes, without markup, paragraphs joined by one space."""
    for fancy, plain in (
        ("“", '"'),
        ("”", '"'),
        ("’", "'"),
        ("‘", "'"),
        ("—", " - "),
        ("–", "-"),
        ("―", " - "),
        ("…", "..."),
        ("--", " - "),
        ("_", ""),
        ("\u200b", ""),
    ):
        text = text.replace(fancy, plain)
    text = re.sub(r"\[Illustration[^\]]*\]", " ", text)
    text = re.sub(r"(\*\s*){2,}", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def corpus_path(given=None):
    """Return the path of the corpus: `given`, or what the environment variable STORIES_CORPUS says."""
    path = given or os.environ.get(CORPUS_VARIABLE)
    if not path:
        raise CorpusError(
            f"No corpus was given. Use --corpus PATH or set {CORPUS_VARIABLE}: "
            "a stories.jsonl.gz or a folder of .txt files."
        )
    return Path(path)


def read_corpus(path):
    """Read all stories, cleaned, sorted by a hash of their text.

    `path`: a gzipped file with one JSON object a line (`collection`, `title`, `text`), or a folder of .txt files,
    where each file is one story and its folder's name the collection. Raises CorpusError with the file and the remedy.
    """
    path = Path(path)
    if path.is_dir():
        stories = [
            Story(file.parent.name, file.stem, clean(file.read_text(encoding="utf-8", errors="replace")))
            for file in sorted(path.rglob("*.txt"))
        ]
        if not stories:
            raise CorpusError(f"The folder {path} has no .txt file. Give a folder with one story a file.")
    elif path.is_file():
        stories = _read_json_lines(path)
    else:
        raise CorpusError(f"There is no corpus at {path}. Check --corpus or {CORPUS_VARIABLE}.")
    return sorted((story for story in stories if story.text), key=lambda story: text_hash(story.text))


def _read_json_lines(path):
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [_read_line(line, f"{path}, line {number}") for number, line in enumerate(lines, 1)]
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} is not a readable gzip file of text ({error}). Fetch it again.") from error


def _read_line(line, where):
    try:
        record = json.loads(line)
        return Story(record["collection"], record["title"], clean(record["text"]))
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(f"{where}: not a JSON object with collection, title and text ({error!r}).") from error


def text_hash(text):
    """Return a hash that depends on the text alone, so the split is the same on every machine."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass
class Split:
    """The corpus in three parts, each a list of `Story`: for training, for tuning, and never looked at."""

    train: list
    tune: list
    held_out: list


def split_corpus(stories, held_out_bytes=190_000, tune_stories=24):
    """Split the stories by their hash.

    Held out: whole stories of at most 24 kB, a third of the bytes fairy tales, a sixth other old stories, the rest
    magazine fiction. Tuning: the next `tune_stories` stories. A training story that shares a sentence with either is
    left out (the same story may stand in two collections). Of a small corpus at most a fifth of the bytes is held out,
    and at most a quarter of the other stories is for tuning. Raises CorpusError when a part would be empty.
    """
    held_out = []
    held_out_bytes = min(held_out_bytes, sum(len(story.text.encode("utf-8")) for story in stories) // 5)
    for group, share in (("fairy", 0.33), ("old", 0.17), ("magazine", 0.5)):
        room = held_out_bytes * share
        for story in stories:
            size = len(story.text.encode("utf-8"))
            if _group(story) == group and 2_000 <= size <= min(room, 24_000):
                held_out.append(story)
                room -= size
    rest = [story for story in stories if story not in held_out]
    tune_stories = min(tune_stories, len(rest) // 4)
    fairy = [story for story in rest if _group(story) == "fairy"][: tune_stories // 4]
    tune = fairy + [story for story in rest if story not in fairy][: tune_stories - len(fairy)]
    rest = [story for story in rest if story not in tune]
    kept_apart = sentence_hashes(held_out + tune)
    train = [story for story in rest if len(sentence_hashes([story]) & kept_apart) == 0]
    if not train or not tune:
        raise CorpusError("The corpus is too small to be split. Give some ten stories or more.")
    return Split(train, tune, held_out)


def _group(story):
    if story.collection in FAIRY_TALES:
        return "fairy"
    return "magazine" if story.collection == "mass_quantities" else "old"


def sentence_hashes(stories):
    """Return the hashes of all sentences of at least 60 characters."""
    return {hash(s) for story in stories for s in re.split(r"(?<=[.!?])\s", story.text) if len(s) >= 60}


def write_held_out(stories, path=HELD_OUT_FILE):
    """Write the held-out stories, one a line, with three line ends between them."""
    Path(path).write_text(STORY_MARK.join(story.text for story in stories) + "\n", encoding="utf-8")


def read_held_out(path=HELD_OUT_FILE):
    """Return the shipped held-out stories, a list of strings. Raises CorpusError when the file is missing."""
    path = Path(path)
    if not path.is_file():
        raise CorpusError(f"The held-out stories are missing: {path}. Restore the file from the repository.")
    return [text.strip() for text in path.read_text(encoding="utf-8").split(STORY_MARK) if text.strip()]


def write_trained_on(stories, path=TRAINED_ON_FILE):
    """Write the first 16 hexadecimal digits of every training story's hash, one a line."""
    Path(path).write_text("".join(f"{text_hash(story.text)[:16]}\n" for story in stories), encoding="utf-8")


def main(arguments=None):
    """Read the command line, split the corpus and write the two files."""
    parser = argparse.ArgumentParser(description="Write the held-out stories.", prog="python -m training.prepare_text")
    parser.add_argument("--corpus", help=f"stories.jsonl.gz or a folder of .txt files; default: ${CORPUS_VARIABLE}")
    given = parser.parse_args(arguments)
    try:
        split = split_corpus(read_corpus(corpus_path(given.corpus)))
    except CorpusError as error:
        parser.exit(2, f"{error}\n")
    shipped = [story for story in split.held_out if story.title not in NOT_SHIPPED]
    write_held_out(shipped)
    write_trained_on(split.train)
    for story in shipped:
        print(
            f"held out: {story.collection}: {' '.join(story.title.split())}, {len(story.text.encode('utf-8')):,} bytes"
        )
    print(f"{len(split.train)} training stories, {len(split.tune)} for tuning, {len(split.held_out)} held out.")


if __name__ == "__main__":
    main()
