"""The house's plan: packages import one way, and none lies deeper than three."""

import ast
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("attention_lib", "course", "handin", "grading", "hub", "training")
# What a top room may import besides itself.
MAY_IMPORT = {
    "attention_lib": set(),
    "course": set(),
    "handin": {"attention_lib", "course"},
    "grading": {"attention_lib", "course", "handin"},
    "hub": {"attention_lib", "course", "handin", "grading"},
    "training": {"attention_lib"},
}


def _modules() -> dict[str, Path]:
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


MODULES = _modules()


def _imports(module: str) -> set[str]:
    """The modules of ours that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name in MODULES} - {module}


IMPORTS = {module: _imports(module) for module in MODULES}


def _unit(module: str, inside: str) -> str:
    """The part of the package `inside` that a module belongs to: a folder of it, or a file that lies in it."""
    return ".".join(module.split(".")[: inside.count(".") + 2])


def _graph(package: str) -> dict[str, set[str]]:
    """Which parts of a package import which others of it."""
    graph: dict[str, set[str]] = {}
    for module, imported in IMPORTS.items():
        if module.startswith(f"{package}."):
            inside = {_unit(name, package) for name in imported if name.startswith(f"{package}.")}
            graph.setdefault(_unit(module, package), set()).update(inside - {_unit(module, package)})
    return graph


def test_the_parts_of_every_package_import_one_way():
    packages = {module.rpartition(".")[0] for module in MODULES} - {""}
    circles = []
    for package in sorted(packages):
        try:
            TopologicalSorter(_graph(package)).prepare()
        except CycleError as error:
            circles.append(" -> ".join(error.args[1][::-1]))
    assert not circles, "\n".join(circles)


def test_the_rooms_import_only_what_lies_below_them():
    up = [
        f"{module} imports {name}"
        for module, imported in IMPORTS.items()
        for name in imported
        if (room := name.split(".")[0]) != module.split(".")[0] and room not in MAY_IMPORT[module.split(".")[0]]
    ]
    assert not up, "\n".join(sorted(up))


def test_no_package_lies_deeper_than_three():
    deep = sorted({module for module, path in MODULES.items() if len(path.parent.relative_to(ROOT).parts) > 3})
    assert not deep, "\n".join(deep)


# Used where it is there.
OPTIONAL = {"ipywidgets"}


def _third_party(room: str) -> set[str]:
    """The distributions that a room's modules import."""
    found = set()
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add(node.module.split(".")[0])
    known = packages_distributions()
    return {canonicalize_name(known[name][0]) for name in found - sys.stdlib_module_names - set(ROOMS)}


def test_what_students_install_holds_all_that_attention_lib_imports():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted, installed = [Requirement(text) for text in project["dependencies"]], set()
    while wanted:
        requirement = wanted.pop()
        name = canonicalize_name(requirement.name)
        if name not in installed and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            installed.add(name)
            wanted += [Requirement(text) for text in requires(name) or ()]
    assert _third_party("attention_lib") - OPTIONAL <= installed
