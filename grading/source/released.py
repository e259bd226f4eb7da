"""The released version of the source notebook, and the copy of it that every student's notebook carries."""

import json
import sys
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions, NbGraderPreprocessor
from nbgrader.utils import compute_checksum
from traitlets.config import Config

from attention_lib.assignment.cells import nbgrader_entry, view
from attention_lib.assignment.declaration import ENTRY, as_entry, declared
from attention_lib.verification.culprits import CELL_LIMIT_S, TOTAL_LIMIT_S
from course.folders import course_of, source_path


def read_source(path: Path) -> NotebookNode:
    """The instructor's notebook, in format 4, without what a released or a reference version would carry."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("attention101", None)
    return notebook


def graded_cells(source: NotebookNode) -> list[str]:
    """The grade_ids of all cells that get points: tests, and what a person grades."""
    return [seen.grade_id for cell in source.cells if (seen := view(cell)).grade or seen.is_task]


def released_version(source: NotebookNode, config: Config | None = None) -> NotebookNode:
    """A copy of the source without solutions, hidden tests and mark schemes, made by nbgrader's own preprocessors."""
    released, resources = deepcopy(source), ResourcesDict()
    for preprocessor in (ClearSolutions, ClearHiddenTests, ClearMarkScheme):
        released, resources = preprocessor(config=config).preprocess(released, resources)
    return released


def stub_checksums(released: NotebookNode) -> dict[str, str]:
    """nbgrader's checksums of the answer cells as they are released, by grade_id."""
    return {seen.grade_id: compute_checksum(cell) for cell in released.cells if (seen := view(cell)).solution}


class StoreReleased(NbGraderPreprocessor):
    """Keeps what the student's `verify()` needs in `metadata.attention101`: the cells as they are released, what the
    source declares, which a released notebook no longer shows, and how the grader runs it."""

    def released(self, nb: NotebookNode) -> NotebookNode:
        """What students get of `nb`; here it is that already."""
        return nb

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        given = resources["nbgrader"]
        source = read_source(source_path(course_of(self), given["assignment"]))
        cells = [
            {
                "grade_id": view(cell).grade_id,
                "cell_type": cell.cell_type,
                "source": cell.source,
                "tags": cell.metadata.get("tags", []),
                "nbgrader": nbgrader_entry(cell),
            }
            for cell in self.released(nb).cells
        ]
        entry = {
            "grader": self._grader(),
            "released": cells,
            ENTRY: as_entry(replace(declared(source), notebook=given["notebook"])),
        }
        nb.metadata["attention101"] = nbformat.from_dict(json.loads(json.dumps(entry)))
        return nb, resources

    def _grader(self) -> dict:
        """What `verify()` is to do as grading does it: by this Python, and within these limits."""
        limits = self.config.RunNotebook
        return {
            "python": "{}.{}".format(*sys.version_info),
            "cell_seconds": limits.get("cell_seconds", CELL_LIMIT_S),
            "total_seconds": limits.get("total_seconds", TOTAL_LIMIT_S),
        }


class StoreReleasedInReference(StoreReleased):
    """The same for the reference version, whose tests are all there: `verify()` finds nothing changed in it."""

    def released(self, nb: NotebookNode) -> NotebookNode:
        return ClearSolutions(config=self.config).preprocess(deepcopy(nb), ResourcesDict())[0]
