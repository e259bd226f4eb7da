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
from grading.review.bench.tally import tally
from grading.review.recorded.recording import Recording
from grading.review.recorded.server import RecordedServer
from grading.review.settings import CodeReview

pytestmark = pytest.mark.kernel

RECORD_ANEW = "Record the answers anew: python -m grading.demo.record_answers --model NAME"


@pytest.fixture(scope="module")
def reviewed():
    recording = Recording.read()
    with RecordedServer(recording) as server:
        given = {"host": server.host, "model": recording.model, "drafts": "all"}
        reviewed, reasons = run_bench(CodeReview(config=Config(CodeReview=given)))
    assert not reasons, f"{reasons}. {RECORD_ANEW}"
    return reviewed


def test_every_question_has_a_recorded_answer(reviewed):
    assert all(each.drafts is not None for each in reviewed), RECORD_ANEW


def test_readme_has_the_table_that_the_command_prints(reviewed):
    cells = instructors_cells(open_course("attention", load_config()), "attention")
    counted = tally(reviewed, {name: cell.reference for name, cell in cells.items()})
    assert counted.repeats.count > 0 and counted.waiting.count > 0 and counted.folded.count > 0
    # The default asks at most an hour of a person.
    assert counted.decisions_mistakes * 20 <= 3_600
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    missing = [line for line in markdown_table(counted).splitlines() if line not in readme]
    assert not missing, missing
    assert re.search(re.escape(Recording.read().model), readme)


@pytest.mark.slow
def test_the_command_prints_findings_drafts_and_the_table(capsys):
    assert run(["--recorded", "--comments"]) == 0
    said = capsys.readouterr().out
    assert "false findings: 0" in said and "repeats, true: " in said and "folded, false: " in said
    assert "comments that wait as drafts" in said
