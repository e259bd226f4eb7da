"""The bench over the recorded answers of a real model: what README says of it holds."""

import re

import pytest
from traitlets.config import Config

from grading.checkout import CHECKOUT
from grading.review.bench.command import run
from grading.review.bench.run import run_bench
from grading.review.bench.tally import is_bad, tally
from grading.review.prompt import prompt_version
from grading.review.recorded.recording import Recording
from grading.review.recorded.server import RecordedServer
from grading.review.settings import CodeReview

pytestmark = pytest.mark.kernel

RECORD_ANEW = "Record the answers anew: python -m grading.review.recorded.record --model NAME"


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


def test_readme_has_the_table_that_the_command_prints(capsys):
    assert run(["--recorded", "--markdown"]) == 0
    table = [line for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    missing = [line for line in table if line not in readme]
    assert not missing, missing
    assert re.search(re.escape(Recording.read().model), readme)
