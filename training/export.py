"""Write a run's checkpoint as a model folder: `python -m training.export --run FOLDER --to FOLDER`.

The folder is what `AutoModelForCausalLM.from_pretrained` and `AutoTokenizer.from_pretrained` read. The loss curve is
drawn into it as well, from the run's log.
"""

import argparse
import json
from pathlib import Path

import torch

from training.model import hold_biases_at_zero, new_model
from training.settings import PRESETS
from training.tokenizer import for_transformers, load_bpe

SHIPPED_FOLDER = Path(__file__).parent.parent / "attention_lib" / "mini_transformer_weights"


def export(settings, run, folder):
    """Write config, weights (safetensors, float32), tokenizer and loss curve of the run's last checkpoint.

    Returns the checkpoint's step. Raises FileNotFoundError when the run has no checkpoint yet.
    """
    run, folder = Path(run), Path(folder)
    checkpoint = run / "checkpoint.pt"
    if not checkpoint.is_file():
        raise FileNotFoundError(
            f"There is no checkpoint at {checkpoint}. Run `python -m training.train --run {run}` first."
        )
    saved = torch.load(checkpoint, weights_only=True)
    model = new_model(settings)
    model.load_state_dict(saved["model"])
    hold_biases_at_zero(model)
    model.eval()
    model.set_attn_implementation("eager")
    model.save_pretrained(folder)
    for_transformers(load_bpe(run), settings.positions).save_pretrained(folder)
    _name_tokenizer_class(folder / "tokenizer_config.json")
    for file in folder.iterdir():
        file.chmod(0o644)
    draw_loss_curve(run / "log.jsonl", folder / "loss_curve.png")
    return saved["step"]


def _name_tokenizer_class(file):
    """Name the class by the name that every version of transformers knows."""
    told = json.loads(file.read_text(encoding="utf-8"))
    told["tokenizer_class"] = "PreTrainedTokenizerFast"
    told.pop("backend", None)
    file.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def draw_loss_curve(log, picture):
    """Draw the training loss (all rows) and the bits per byte of the tuning stories from a run's log."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    records = [json.loads(line) for line in Path(log).read_text().splitlines()]
    # A step that was done twice, because a run was stopped between two checkpoints, counts once.
    loss = {r["step"]: r["loss"] for r in records if "loss" in r}
    tuning = {r["step"]: r["tuning bits per byte"] for r in records if "tuning bits per byte" in r}
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
    left.plot(sorted(loss), [loss[step] for step in sorted(loss)], linewidth=1)
    left.set(xlabel="step", ylabel="nats per token", title="Training loss, all kinds of rows")
    right.plot(sorted(tuning), [tuning[step] for step in sorted(tuning)], marker=".")
    right.set(xlabel="step", ylabel="bits per byte", title="Stories kept for tuning")
    figure.savefig(picture, dpi=80, metadata={"Software": None})
    plt.close(figure)


def main(arguments=None):
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], prog="python -m training.export")
    parser.add_argument("--run", required=True, help="folder of the training run")
    parser.add_argument("--to", default=SHIPPED_FOLDER, help="the model's folder; default: the shipped one")
    parser.add_argument("--preset", choices=PRESETS, default="shipped")
    given = parser.parse_args(arguments)
    try:
        step = export(PRESETS[given.preset], given.run, given.to)
    except FileNotFoundError as error:
        parser.exit(2, f"{error}\n")
    print(f"Wrote the model after {step} steps to {given.to}.")


if __name__ == "__main__":
    main()
