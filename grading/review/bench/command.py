"""`python -m grading review-bench`: what code finds, and what a model's drafts are worth, on labelled answers."""

import argparse
import sys
from contextlib import ExitStack

from attention_lib.assignment.declaration import declared
from course.folders import load_config, open_course, source_path
from grading.progress_bar import ProgressBar
from grading.review.answers_of import instructors_cells
from grading.review.bench.findings import found_table, tally_findings
from grading.review.bench.run import run_bench
from grading.review.bench.table import markdown_table, text_table
from grading.review.bench.tally import Reviewed, is_true, tally
from grading.review.recorded.recording import Recording
from grading.review.recorded.server import RecordedServer
from grading.review.settings import CodeReview
from grading.source.released import read_source


def run(arguments: list[str]) -> int:
    """Print what code finds in the labelled answers, and a model's drafts about them. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m grading review-bench", description=__doc__)
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--model", help="the model's name on the Ollama server (CodeReview.host, or OLLAMA_HOST)")
    asked.add_argument("--recorded", action="store_true", help="take the recorded answers that come with this project")
    asked.add_argument("--findings", action="store_true", help="only what code finds, without any model")
    parser.add_argument("--markdown", action="store_true", help="print the drafts' table as Markdown")
    parser.add_argument("--comments", action="store_true", help="print each comment, and what became of it")
    given = parser.parse_args(arguments)
    config = load_config()
    course = open_course("attention", config)
    print(found_table(tally_findings(declared(read_source(source_path(course, "attention"))).names)))
    if given.findings:
        return 0
    config.CodeReview.drafts = "all"
    with ExitStack() as stack:
        if given.recorded:
            recording = Recording.read()
            server = stack.enter_context(RecordedServer(recording))
            config.CodeReview.update({"host": server.host, "model": recording.model})
        else:
            config.CodeReview.model = given.model
        settings = CodeReview(config=config)
        print("The labelled answers are graded first.", file=sys.stderr)
        with ProgressBar("bench", "question") as bar:
            reviewed, reasons = run_bench(settings, lambda done, of: bar.tell("", done, of))
    if given.comments:
        print(_all_comments(reviewed))
    for reason in sorted(reasons):
        print(f"Not answered, because {reason}.", file=sys.stderr)
    if all(each.drafts is None for each in reviewed):
        print("The model answered nothing, so there is no table.", file=sys.stderr)
        return 1
    references = {name: cell.reference for name, cell in instructors_cells(course, "attention").items()}
    counted = tally(reviewed, references)
    print(f"\n{settings.model}: {len(reviewed)} labelled answers\n")
    print(markdown_table(counted) if given.markdown else text_table(counted))
    return 1 if reasons else 0


def _all_comments(reviewed: list[Reviewed]) -> str:
    lines = []
    for each in reviewed:
        labels = ", ".join(f"{p.kind} {p.first}-{p.last}" for p in each.labelled.problems) or "no problem"
        lines.append(f"\n{each.labelled.name} ({each.labelled.group}, {labels})")
        for draft in each.drafts or ():
            first, last = draft.comment.lines
            truth = "true" if is_true(each.labelled, draft.comment) else "false"
            lines.append(f"  {draft.state}, {truth}: {draft.comment.kind} {first}-{last}: {draft.comment.text}")
            lines += [f"      {sentence}" for sentence in draft.why]
    return "\n".join(lines)
