"""The students' guide and the README: whole, self-contained, and true to the notebook and the model."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.lesson_answers import ANSWERS

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "source" / "attention"
WEIGHTS = ROOT / "attention_lib" / "mini_transformer_weights"
# HTML Standard, section 13.1.2, "Elements".
VOID = set("area base br col embed hr img input link meta source track wbr".split())
LOADS = {"src", "srcset", "href", "xlink:href", "action", "data", "poster"}


class Page(HTMLParser):
    """What an HTML text holds, and in `faults` where its tags do not balance."""

    def __init__(self, text: str):
        super().__init__()
        self.open, self.faults, self.tags, self.ids, self.references = [], [], [], [], []
        self.words = ""
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self._note(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self._note(tag, attrs)

    def handle_endtag(self, tag):
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.faults.append(f"</{tag}> in line {self.getpos()[0]} closes {self.open[-1:] or 'nothing'}")

    def handle_data(self, data):
        if "style" not in self.open:
            self.words += data

    def _note(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in LOADS:
                self.references.append(value)


@pytest.fixture(scope="module")
def text():
    return (ASSIGNMENT / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


@pytest.fixture(scope="module")
def cells():
    notebook = json.loads((ASSIGNMENT / "attention.ipynb").read_text(encoding="utf-8"))
    return {cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]) for cell in notebook["cells"]}


@pytest.fixture(scope="module")
def prompt(cells):
    names = {}
    exec(cells["prompt_example"], names)
    return names["PROMPT_EXAMPLE"]


def spaced(words: str) -> str:
    return " ".join(words.split())


@pytest.mark.parametrize("broken", ["<p><b>x</p></b>", "<div>", "</p>"])
def test_page_finds_tags_that_do_not_balance(broken):
    assert Page(broken).faults


def test_index_is_balanced_html(text, page):
    assert page.faults == []
    assert text.startswith("<!DOCTYPE html>")


def test_index_loads_nothing_from_elsewhere(text, page):
    assert page.references
    assert [reference for reference in page.references if not reference.startswith("#")] == []
    assert not re.search(r"url\(|@import", text)
    assert [tag for tag, _ in page.tags if tag in {"script", "iframe", "object", "embed", "link"}] == []


def test_index_anchors_resolve(page):
    assert len(page.ids) == len(set(page.ids))
    assert {reference[1:] for reference in page.references} <= set(page.ids)


def test_index_can_be_read_aloud_and_on_a_phone(page):
    tags = [tag for tag, _ in page.tags]
    attributes = {tag: attrs for tag, attrs in page.tags}
    assert attributes["html"]["lang"] == "en"
    assert any(attrs.get("name") == "viewport" for tag, attrs in page.tags if tag == "meta")
    assert tags.count("h1") == 1 and tags.count("main") == 1
    pictures = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert pictures
    for picture in pictures:
        assert picture["role"] == "img"
        assert set(picture["aria-labelledby"].split()) <= set(page.ids)


def test_index_table_has_the_answers_sections_and_minutes_of_the_notebook(text, cells):
    body = re.search(r"<tbody>(.*?)</tbody>", text, re.DOTALL)[1]
    rows = re.findall(r"<tr><td>(\d+)</td><th scope=\"row\"><code>(\w+)</code></th>.*?<td>(\d+) min</td></tr>", body)
    expected, heading = [], None
    for grade_id, source in cells.items():
        heading = re.search(r"^## (\d+) · .*\n\*(\d+) minute", source, re.MULTILINE) or heading
        if grade_id in ANSWERS:
            expected.append((heading[1], ANSWERS[grade_id], heading[2]))
    assert rows == expected
    assert len(rows) == 5


def test_index_shows_the_running_example(page, prompt):
    assert prompt in spaced(page.words)


def test_index_names_the_wheel_that_is_built(page):
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert f"pip install attention101-{version}-py3-none-any.whl jupyterlab" in page.words


def test_index_picture_has_the_numbers_of_the_model(text, prompt):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    ids = AutoTokenizer.from_pretrained(WEIGHTS)(prompt, return_tensors="pt").input_ids
    model = AutoModelForCausalLM.from_pretrained(WEIGHTS, attn_implementation="eager").eval()
    with torch.no_grad():
        row = model(ids, output_attentions=True).attentions[2][0, 2, 7, :8]
    told = re.search(r'id="steps-text">(.*?)</desc>', text, re.DOTALL)[1]
    scores = re.findall(r"\w+ (−?\d+\.\d)\b", told.split("the scores are")[1].split("Step 3")[0])
    weights = re.findall(r"\w+ (\d\.\d\d)", told.split("into weights:")[1].split("Step 4")[0])
    assert weights == [f"{weight:.2f}" for weight in row.tolist()]
    # Softmax forgets what all scores have in common, so differences are compared.
    shown = torch.tensor([float(score.replace("−", "-")) for score in scores])
    torch.testing.assert_close(shown - shown[1], row.log() - row.log()[1], rtol=0, atol=0.11)
    look = re.search(r'id="look-title">(.*?)</title>', text, re.DOTALL)[1]
    assert f"{row[1]:.2f}" in look


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md"])
def test_links_of_markdown_files_resolve(name):
    links = re.findall(r"\]\(([^)\s]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    assert links
    files = [link.partition("#")[0] for link in links if not link.startswith("https://")]
    missing = [file for file in files if not (ROOT / file).exists()]
    assert missing == []


def test_readme_names_only_make_targets_that_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= named <= targets
