"""`python -m grading.demo.record_answers`: records what a model says of the demo's class and the bench's answers."""

import argparse
import os
import sys
from datetime import date

from traitlets.config import Config

from grading.demo.command import run as run_demo
from grading.progress_bar import ProgressBar
from grading.review.asking.address import address_of
from grading.review.asking.model_digest import model_digest
from grading.review.asking.no_reply import NoReply
from grading.review.bench.run import run_bench
from grading.review.prompt import prompt_version
from grading.review.recorded.recording import RECORDING, Recording
from grading.review.recorded.server import RecordedServer
from grading.review.settings import CodeReview

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Record. What is recorded already, of the same model and prompts, is not asked again."""
    parser = argparse.ArgumentParser(prog="python -m grading.demo.record_answers", description=__doc__)
    parser.add_argument("--model", required=True, help="the model's name on the Ollama server at OLLAMA_HOST")
    parser.add_argument("--demo-only", action="store_true", help="keep what was recorded of the bench's answers")
    given = parser.parse_args(arguments)
    upstream = CodeReview(config=Config(CodeReview={"model": given.model}))
    try:
        digest = model_digest(upstream)
    except NoReply as trouble:
        print(f"Nothing was recorded, because {trouble}.", file=sys.stderr)
        return 1
    version = prompt_version(upstream.language, upstream.tone)
    recording, reasons = _begun(given.model, digest, version, given.demo_only), set()
    kept = set(recording.answers) if given.demo_only else set()
    try:
        with RecordedServer(recording, address_of(upstream).url, version) as server:
            os.environ["OLLAMA_HOST"] = server.host
            status = run_demo(["--model", given.model])
            if status == INTERRUPTED:
                return status
            if not given.demo_only:
                settings = CodeReview(config=Config(CodeReview={"model": given.model, "parallel": 1, "drafts": "all"}))
                with ProgressBar("bench", "question") as bar:
                    _, reasons = run_bench(settings, lambda done, of: bar.tell("", done, of))
            recording.answers = {key: recording.answers[key] for key in server.used | kept}
    finally:
        recording.write()
    for reason in reasons:
        print(f"A question was not answered, because {reason}.", file=sys.stderr)
    print(f"{len(recording.answers)} answers of {given.model} are in {RECORDING}.")
    return 1 if status or reasons else 0


def _begun(model: str, digest: str, version: str, keeps_others: bool) -> Recording:
    """The recording to go on with: what there is of this model and version, or with `keeps_others` of earlier ones."""
    command = f"python -m grading.demo.record_answers --model {model}"
    fresh = Recording(model, digest, date.today().isoformat(), command)
    try:
        known = Recording.read()
    except (OSError, ValueError, TypeError):
        return fresh
    if (known.model, known.digest) == (model, digest):
        fresh.answers = {
            key: answer for key, answer in known.answers.items() if keeps_others or answer["prompt_version"] == version
        }
    return fresh


if __name__ == "__main__":
    sys.exit(main())
