import json
import os

import nbformat
import pytest

from attention_lib.assignment.notebook_file import UnreadableNotebook, read_notebook


@pytest.fixture
def write(tmp_path):
    def write(content, name="attention.ipynb"):
        path = tmp_path / name
        if not isinstance(content, (str, bytes)):
            content = json.dumps(content)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def notebook(*cells, **other):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **other}


def code(source, **other):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, **other}


def sources(path):
    return [cell.source for cell in read_notebook(path).cells]


def reason(path, **limits):
    with pytest.raises(UnreadableNotebook) as caught:
        read_notebook(path, **limits)
    assert str(caught.value) == caught.value.reason
    assert str(path.parent) not in caught.value.reason
    return caught.value.reason


def test_a_notebook_keeps_type_source_and_metadata_and_nothing_else(write):
    path = write(
        notebook(
            {
                "cell_type": "markdown",
                "source": "![a](attachment:a.png)",
                "metadata": {"tags": ["x"]},
                "attachments": {"a.png": {"image/png": "AA"}},
            },
            code(
                ["x = 1\n", "y = 2"],
                id="a",
                outputs=[{"output_type": "stream", "name": "stdout", "text": "1"}],
                metadata={"nbgrader": {"grade_id": "q"}},
                execution_count=3,
            ),
            {"cell_type": "raw", "source": "raw", "metadata": {}, "id": "b"},
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
    )
    found = read_notebook(path)
    nbformat.validate(found)
    assert [cell.cell_type for cell in found.cells] == ["markdown", "code", "raw"]
    assert [cell.source for cell in found.cells] == ["![a](attachment:a.png)", "x = 1\ny = 2", "raw"]
    assert found.cells[0].metadata.tags == ["x"] and found.cells[1].metadata.nbgrader.grade_id == "q"
    assert "attachments" not in found.cells[0]
    assert found.cells[1].outputs == [] and found.cells[1].execution_count is None
    assert found.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings(write, encoding):
    text = json.dumps(notebook(code("naïve = '→ 猫'")), ensure_ascii=False)
    assert sources(write(text.encode(encoding))) == ["naïve = '→ 猫'"]


def test_text_in_another_encoding_keeps_its_code(write):
    text = json.dumps(notebook(code("x = 1  # café")), ensure_ascii=False)
    (source,) = sources(write(text.encode("latin-1")))
    assert source.startswith("x = 1  # caf")


def test_line_ends_become_line_feeds(write):
    assert sources(write(notebook(code("a\r\nb\rc\n"), code(["a\r\n", "b"])))) == ["a\nb\nc\n", "a\nb"]
    whole_file = json.dumps(notebook(code("a")), indent=1).replace("\n", "\r\n")
    assert sources(write(whole_file)) == ["a"]


def test_lone_surrogates_are_replaced_everywhere(write):
    path = write(
        '{"cells": [{"cell_type": "code", "source": "s = \'\\ud83d\'", "metadata": {"\\udc00": ["\\udc00"]}}]}'
    )
    found = read_notebook(path)
    assert found.cells[0].source == "s = '\ufffd'"
    json.dumps(found, ensure_ascii=False).encode()


def test_a_surrogate_pair_is_one_character(write):
    assert sources(write('{"cells": [{"cell_type": "code", "source": "\\ud83d\\ude00"}]}')) == ["😀"]


def test_format_3(write):
    path = write(
        {
            "nbformat": 3,
            "nbformat_minor": 0,
            "metadata": {"name": ""},
            "worksheets": [
                {"cells": [{"cell_type": "heading", "level": 2, "source": ["Title"]}]},
                {"cells": [{"cell_type": "code", "input": ["x = 1"], "language": "python", "prompt_number": 1}]},
                "no sheet",
            ],
        }
    )
    found = read_notebook(path)
    nbformat.validate(found)
    assert [(cell.cell_type, cell.source) for cell in found.cells] == [("markdown", "## Title"), ("code", "x = 1")]


def test_heading_of_an_impossible_level(write):
    assert sources(write(notebook({"cell_type": "heading", "level": 2.0, "source": "T"}))) == ["# T"]


@pytest.mark.parametrize("minor", [0, 2, 5, "5", None])
def test_ids_missing_empty_doubled_and_too_long_in_any_minor_version(write, minor):
    cells = [code(str(i), id=["same", "same", "", "x" * 80, 7][i % 5]) for i in range(10)] + [code("10")]
    found = read_notebook(write(notebook(*cells, nbformat_minor=minor)))
    nbformat.validate(found)
    assert [cell.source for cell in found.cells] == [str(i) for i in range(11)]
    assert len({cell.id for cell in found.cells}) == 11


def test_ids_are_the_same_in_a_second_run(write):
    path = write(notebook(code("a"), code("b")))
    assert read_notebook(path) == read_notebook(path)


def test_foreign_metadata_is_no_obstacle(write):
    path = write(
        notebook(
            code("x", metadata={"tags": 5, "name": "", "execution": None}),
            metadata={"kernelspec": {"name": "conda-env-dl-py"}, "language_info": "R", "orig_nbformat": 4},
        )
    )
    assert sources(path) == ["x"]


@pytest.mark.parametrize("metadata", [None, [], "text", 3])
def test_metadata_that_is_no_object(write, metadata):
    found = read_notebook(write(notebook(code("x", metadata=metadata), metadata=metadata)))
    assert found.metadata == {} and found.cells[0].metadata == {}


@pytest.mark.parametrize(
    "cell, expected",
    [
        (None, []),
        (3, []),
        ([], []),
        ("loose text", [("raw", "loose text")]),
        ({}, [("raw", "")]),
        ({"cell_type": "code"}, [("code", "")]),
        ({"cell_type": "code", "source": None}, [("code", "")]),
        ({"cell_type": "code", "source": {"a": 1}}, [("code", "")]),
        ({"cell_type": "code", "source": ["a\n", 3, None, "b"]}, [("code", "a\nb")]),
        ({"cell_type": "html", "source": "<b>"}, [("raw", "<b>")]),
        ({"cell_type": ["code"], "source": "x"}, [("raw", "x")]),
        ({"source": "x = 1", "outputs": []}, [("code", "x = 1")]),
    ],
)
def test_odd_cells(write, cell, expected):
    found = read_notebook(write(notebook(cell)))
    assert [(cell.cell_type, cell.source) for cell in found.cells] == expected
    nbformat.validate(found)


@pytest.mark.parametrize(
    "content, words",
    [
        ("", ["empty"]),
        (" \n\t", ["empty"]),
        (b"\0\0\0\0\0", ["empty"]),
        (b"\xef\xbb\xbf", ["empty"]),
        ('{\n"cells": [\nx', ["not JSON", "line 3"]),
        ('{\n"cells": [\n', ["stops in the middle", "line 2"]),
        ('{"cells": [{"source": "abc', ["stops in the middle"]),
        ("<!DOCTYPE html><html></html>", ["web page"]),
        ("import torch\n", ["not JSON", "line 1"]),
        (b"PK\x03\x04\xff\xfe\x00", ["not a notebook"]),
        ("1" * 5000, ["too long"]),
        ("[]", ["no notebook", "cells"]),
        ('"text"', ["no notebook"]),
        ("null", ["no notebook"]),
        ("{}", ["no notebook"]),
        ('{"cells": {"0": {}}}', ["no notebook"]),
        ('{"worksheets": 3}', ["no notebook"]),
        ("[" * 100_000, ["nested too deeply"]),
        ('{"cells": [], "metadata": {"a": ' + "[" * 300 + "]" * 300 + "}}", None),
        ('{"cells": [], "metadata": {"a": ' + "[" * 5000 + "]" * 5000 + "}}", ["nested too deeply"]),
    ],
)
def test_what_is_no_notebook_is_refused_with_file_and_remedy(write, content, words):
    path = write(content)
    if words is None:
        assert read_notebook(path).cells == []
        return
    said = reason(path)
    assert "attention.ipynb" in said and "hand in" in said
    for word in words:
        assert word in said


def test_too_large_by_one_byte(write):
    content = json.dumps(notebook(code("x"))).encode()
    path = write(content)
    assert read_notebook(path, limit_mb=len(content) / 1e6).cells
    said = reason(path, limit_mb=(len(content) - 1) / 1e6)
    assert "attention.ipynb is larger than" in said and "Clear the outputs" in said


def test_a_huge_sparse_file_is_not_read_whole(tmp_path):
    path = tmp_path / "attention.ipynb"
    with open(path, "wb") as file:
        file.truncate(10**12)
    assert "larger than 0.1 MB" in reason(path, limit_mb=0.1)


def test_not_there(tmp_path):
    assert "no file attention.ipynb" in reason(tmp_path / "attention.ipynb")
    assert "no file attention.ipynb" in reason(tmp_path / "no folder" / "attention.ipynb")


def test_a_name_that_no_file_can_have(tmp_path):
    assert "could not be read" in reason(tmp_path / "a\0b")
    assert "could not be read" in reason(tmp_path / ("x" * 5000))


def test_a_folder(tmp_path):
    (tmp_path / "attention.ipynb").mkdir()
    assert "attention.ipynb is a folder" in reason(tmp_path / "attention.ipynb")


def test_a_link_is_not_followed(write, tmp_path):
    target = write(notebook(code("secret")), "target.ipynb")
    for name, to in (("good.ipynb", target), ("dangling.ipynb", tmp_path / "nowhere")):
        (tmp_path / name).symlink_to(to)
        assert f"{name} is a symbolic link" in reason(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "attention.ipynb")
    assert "attention.ipynb is a pipe" in reason(tmp_path / "attention.ipynb")


def test_no_permission(write, monkeypatch):
    path = write(notebook(code("x")))
    path.chmod(0)
    monkeypatch.chdir(path.parent)
    root = os.geteuid() == 0
    if root:  # who may read every file
        os.seteuid(65534)
    try:
        with pytest.raises(UnreadableNotebook, match="attention.ipynb may not be read.*chmod"):
            read_notebook(path.name)
    finally:
        if root:
            os.seteuid(0)
