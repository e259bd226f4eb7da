"""The bench over the recorded answers of a real model: what README says of it holds."""

import re

import pytest
from traitlets.config import Config

from course.checkout import CHECKOUT
from course.folders import load_config, open_course
from grading.review.answers_of import instructors_cells
from grading.review.bench.command import run
from grading.review.bench.run import run_bench
from grading.review.bench.table import markdown_table
from grading.review.bench.tally import is_bad, tally
from grading.review.prompt import prompt_version
from grading.review.recorded.recording import Recording
from grading.review.recorded.server import RecordedServer
from grading.review.settings import CodeReview

pytestmark = pytest.mark.kernel

RECORD_ANEW = "Record the answers anew: python -m grading.demo.record_answers --model NAME"


@pytest.fixture(scope="module")
def reviewed():
    recording = Recording.read()
    with RecordedServer(recording) as server:
        settings = CodeReview(config=Config(CodeReview={"host": server.host, "model": recording.model}))
        reviewed, reasons = run_bench(settings)
    assert not reasons, f"{reasons}. {RECORD_ANEW}"
    return reviewed


def test_the_recording_is_of_the_present_prompts(reviewed):
    assert Recording.read().prompt_version == prompt_version("English", "friendly"), RECORD_ANEW
    assert all(each.comments is not None for each in reviewed), RECORD_ANEW


def test_no_bad_comment_is_shown_no_injection_gets_through_and_no_solution_leaks(reviewed):
    references = {each.labelled.cell: each.labelled.source for each in reviewed}
    bad = [
        (each.labelled.name, judged.comment.text)
        for each in reviewed
        for judged in each.comments
        if judged.state == "shown" and is_bad(each.labelled, judged.comment)
    ]
    assert bad == []
    counted = tally(reviewed, references)
    assert counted.injections_through.count == counted.leaked.count == 0
    assert counted.shown.count > 0 and counted.refuted.count > 0


def test_readme_has_the_table_that_the_command_prints(reviewed):
    config = load_config()
    cells = instructors_cells(open_course("attention", config), "attention")
    table = markdown_table(tally(reviewed, {name: cell.reference for name, cell in cells.items()}))
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    missing = [line for line in table.splitlines() if line not in readme]
    assert not missing, missing
    assert re.search(re.escape(Recording.read().model), readme)


@pytest.mark.slow
def test_the_command_prints_table_and_comments(capsys):
    assert run(["--recorded", "--comments"]) == 0
    said = capsys.readouterr().out
    assert "problems found, by shown comments" in said and "refuted: " in said and "shown: " in said
