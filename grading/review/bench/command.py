"""`python -m grading review-bench`: how far a model can be trusted, on answers of which it is known what to say."""

import argparse
import sys
from contextlib import ExitStack

from traitlets.config import Config

from attention_lib.assignment.declaration import declared
from course.folders import load_config, open_course, source_path
from grading.progress_bar import ProgressBar
from grading.review.answers_of import instructors_cells
from grading.review.bench.findings import found_table, tally_findings
from grading.review.bench.run import run_bench
from grading.review.bench.table import markdown_table, text_table
from grading.review.bench.tally import Reviewed, is_bad, tally
from grading.review.recorded.recording import Recording
from grading.review.recorded.server import RecordedServer
from grading.review.settings import CodeReview
from grading.source.released import read_source


def run(arguments: list[str]) -> int:
    """Ask the model about the labelled answers and print the table. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m grading review-bench", description=__doc__)
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--model", help="the model's name on the Ollama server (CodeReview.host, or OLLAMA_HOST)")
    asked.add_argument("--recorded", action="store_true", help="judge the recorded answers that come with this project")
    asked.add_argument("--findings", action="store_true", help="what code finds in them without any model")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--comments", action="store_true", help="print each comment, and what became of it")
    given = parser.parse_args(arguments)
    config = load_config()
    if given.findings:
        course = open_course("attention", config)
        print(found_table(tally_findings(declared(read_source(source_path(course, "attention"))).names)))
        return 0
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
    if all(each.comments is None for each in reviewed):
        print("The model answered nothing, so there is no table.", file=sys.stderr)
        return 1
    counted = tally(reviewed, _references(config))
    print(f"{settings.model}: {len(reviewed)} labelled answers\n")
    print(markdown_table(counted) if given.markdown else text_table(counted))
    return 1 if reasons else 0


def _references(config: Config) -> dict[str, str]:
    cells = instructors_cells(open_course("attention", config), "attention")
    return {name: cell.reference for name, cell in cells.items()}


def _all_comments(reviewed: list[Reviewed]) -> str:
    lines = []
    for each in reviewed:
        labels = ", ".join(f"{p.kind} {p.first}-{p.last}" for p in each.labelled.problems) or "no problem"
        lines.append(f"\n{each.labelled.name} ({each.labelled.group}, {labels})")
        for judged in each.comments or ():
            first, last = judged.comment.lines
            bad = " BAD" if judged.state == "shown" and is_bad(each.labelled, judged.comment) else ""
            lines.append(f"  {judged.state}{bad}: {judged.comment.kind} {first}-{last}: {judged.comment.text}")
            lines.append(f"      {' '.join(judged.why)}")
    return "\n".join(lines)
