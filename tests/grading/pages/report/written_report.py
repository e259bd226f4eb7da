"""Writes the report of a course's folder and reads what was written."""

import csv
import io
from pathlib import Path
from types import SimpleNamespace

from bs4 import BeautifulSoup

from course.folders import load_config
from grading.pages.report.command import make_report


def config_of(folder: Path):
    config = load_config()
    config.CourseDirectory.root = str(folder)
    return config


def report_of(folder: Path) -> SimpleNamespace:
    """The report's `text`; its CSV as `raw` and as `rows` by id; its HTML as `html` and as `page`."""
    report = make_report("attention", config_of(folder))
    raw = report.table.read_bytes().decode("utf-8")
    rows = {row["student_id"]: row for row in csv.DictReader(io.StringIO(raw, newline=""), strict=True)}
    html = report.page.read_text("utf-8")
    return SimpleNamespace(text=report.text, raw=raw, rows=rows, html=html, page=BeautifulSoup(html, "html.parser"))
