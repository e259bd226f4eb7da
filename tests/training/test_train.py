"""Training: the schedule, a run that lowers the loss, and going on after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from training.prepare_text import read_held_out
from training.settings import PRESETS, SHIPPED, SMALLEST
from training.train import main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("settings", PRESETS.values(), ids=PRESETS)
def test_the_learning_rate_rises_stays_and_falls(settings):
    rates = [settings.rate(step) for step in range(settings.steps)]
    top = rates.index(1.0)
    assert rates[0] <= 0.1 and max(rates) == 1.0
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert rates[-1] < 0.7
    assert settings.rates[-1][0] == settings.steps


def test_every_step_has_a_phase_and_all_phases_have_batches_of_the_same_size():
    assert SHIPPED.phase(0) == SHIPPED.phases[0]
    for before, after in zip(SHIPPED.phases, SHIPPED.phases[1:], strict=False):
        assert SHIPPED.phase(before.until - 1) == before
        assert SHIPPED.phase(before.until) == after
    assert len({phase.books + phase.stories + phase.repeats for phase in SHIPPED.phases}) == 1


def test_a_missing_corpus_ends_with_a_sentence(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("STORIES_CORPUS", raising=False)
    with pytest.raises(SystemExit):
        main(["--run", str(tmp_path / "run"), "--preset", "smallest"])
    assert "No corpus was given" in capsys.readouterr().err


def start(corpus, run):
    """Start the smallest training in its own process."""
    command = [sys.executable, "-m", "training.train", "--preset", "smallest", "--corpus", corpus, "--run", run]
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def log_of(run):
    """The log's whole lines so far."""
    file = Path(run) / "log.jsonl"
    text = file.read_text() if file.exists() else ""
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


@pytest.mark.slow(minutes=2)
def test_the_smallest_training_lowers_the_loss_and_goes_on_after_a_kill(tmp_path):
    corpus = tmp_path / "corpus" / "grimm"
    corpus.mkdir(parents=True)
    for number, story in enumerate(read_held_out()):
        (corpus / f"{number}.txt").write_text(story)

    whole = start(corpus.parent, tmp_path / "whole")
    said, _ = whole.communicate(timeout=120)
    assert whole.returncode == 0, said[-2000:]
    losses = [record["loss"] for record in log_of(tmp_path / "whole") if "loss" in record]
    assert losses[-1] < losses[0] - 1

    killed = start(corpus.parent, tmp_path / "killed")
    deadline = time.monotonic() + 120
    while not any(record["step"] >= 20 for record in log_of(tmp_path / "killed")):
        assert killed.poll() is None and time.monotonic() < deadline, "the run ended or hung before step 20"
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    saved = torch.load(tmp_path / "killed" / "checkpoint.pt", weights_only=True)["step"]
    assert 0 < saved < SMALLEST.steps

    resumed = start(corpus.parent, tmp_path / "killed")
    said, _ = resumed.communicate(timeout=120)
    assert resumed.returncode == 0, said[-2000:]
    ends = [torch.load(tmp_path / run / "checkpoint.pt", weights_only=True) for run in ("whole", "killed")]
    assert ends[0]["step"] == ends[1]["step"] == SMALLEST.steps
    # Not only the same number of steps: the same weights, because optimiser and random numbers were kept too.
    for name, tensor in ends[0]["model"].items():
        torch.testing.assert_close(ends[1]["model"][name], tensor, msg=name)
