"""The test cells and the reference. What they say about other answers: `tests/catalogue`."""

import pytest

from tests.lesson_answers import ANSWERS


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_reference_passes_every_check(judge, text_of, answer):
    records = judge(answer, text_of[answer])
    assert [record for record in records if record.passed is not True] == []
    assert any(record.hidden for record in records) and not all(record.hidden for record in records)


@pytest.mark.parametrize(
    "left_behind",
    [
        "torch.set_default_dtype(torch.float64)",
        "torch.set_grad_enabled(False)",
        "torch.manual_seed(3)",
        "torch.inference_mode().__enter__()",
        "import warnings; warnings.simplefilter('error')",
    ],
)
def test_settings_that_a_cell_left_behind_change_no_verdict(text_of, left_behind):
    import subprocess
    import sys

    cells = [text_of["setup"], text_of["attention_scores"], left_behind, text_of["test_attention_scores"]]
    done = subprocess.run([sys.executable, "-c", "\n".join(cells)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
