"""The review's settings: `c.CodeReview...` in `nbgrader_config.py`."""

from traitlets import Bool, Enum, Float, Int, TraitError, Unicode, validate
from traitlets.config import Configurable


class CodeReview(Configurable):
    """Which model writes drafts, of what, and how long it may take. Findings need none of it."""

    enabled = Bool(True, help="Whether a model takes part. Findings are on the pages without it.").tag(config=True)

    host = Unicode(
        "",
        help="The address of the Ollama server. Default: the environment variable OLLAMA_HOST, else the usual port of "
        "this machine.",
    ).tag(config=True)

    model = Unicode(
        "qwen2.5-coder:7b",
        help="The model's name, as `ollama list` shows it. Choose by `python -m grading review-bench --model NAME`.",
    ).tag(config=True)

    recorded = Bool(
        False,
        help="Whether the server only repeats answers that were recorded from the model; feedback pages say so. For "
        "demonstrations.",
    ).tag(config=True)

    language = Unicode("English", help="The language that the model is asked to write in.").tag(config=True)

    tone = Enum(("friendly", "factual", "brief"), "friendly", help="The tone that the model is asked for.").tag(
        config=True
    )

    drafts = Enum(
        ("mistakes", "all"),
        "mistakes",
        help="Which drafts people get to decide about: what is wrong with answers that lost their point, or all that "
        "the model says, of right answers, too. Only these answers are asked about.",
    ).tag(config=True)

    shape_comments = Bool(False, help="Whether findings tell of missing comments on shapes, too.").tag(config=True)

    answer_seconds = Float(
        180, min=0.1, help="The deadline of one answer, with all waiting, loading and asking again."
    ).tag(config=True)
    load_seconds = Float(600, min=0.1, help="How long the model may take to load, before the first question.").tag(
        config=True
    )
    connect_seconds = Float(5, min=0.1, help="How long the server may take to accept a connection.").tag(config=True)
    feedback_seconds = Float(
        120,
        min=0,
        help="How long one run of generate_feedback may wait for the model in all; what is missing then is pending. "
        "0: feedback never asks; only `python -m grading review` does.",
    ).tag(config=True)
    parallel = Int(4, min=1, max=64, help="How many questions are asked side by side.").tag(config=True)
    retries = Int(
        4, min=0, max=20, help="How often a question is asked again after the server failed or was busy."
    ).tag(config=True)
    answer_tokens = Int(600, min=50, max=8_000, help="The longest reply (tokens): Ollama's num_predict.").tag(
        config=True
    )
    most_context = Int(
        16_384,
        min=4_096,
        help="The largest window (tokens) to ask for: Ollama's num_ctx follows the prompt's size up to this.",
    ).tag(config=True)
    seed = Int(101, help="The seed of the model's sampling.").tag(config=True)
    keep_alive = Unicode("15m", help="How long the server keeps the model loaded after an answer.").tag(config=True)

    grader_group = Unicode(
        "", help="The JupyterHub group whose members reach the desk. Default: formgrade-COURSE, as nbgrader has it."
    ).tag(config=True)
    blind = Bool(False, help="Whether the desk hides who wrote an answer.").tag(config=True)

    @validate("model")
    def _named(self, proposal: dict) -> str:
        if not proposal["value"].strip():
            raise TraitError("CodeReview.model is empty: give a model's name, as `ollama list` shows it.")
        return proposal["value"].strip()
