"""What a cell prints and shows, in order and in nbformat's form."""

import base64

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook


@pytest.fixture
def outputs(student):
    """outputs(source): of a cell, after a look whether they may stand in a notebook."""

    def run(source: str):
        found = student.run_cell(source)
        nbformat.validate(new_notebook(cells=[new_code_cell("", outputs=found, id="a")]))
        return found

    return run


def kinds(outputs):
    return [output.get("name") or output.output_type for output in outputs]


def test_prints_pictures_results_and_errors_stand_in_order(outputs):
    found = outputs("""
import sys
from IPython.display import HTML, Markdown, display
print("one")
print("two", file=sys.stderr)
display(HTML("<b>three</b>"), Markdown("*four*"))
print("five", end="")
print(" six")
7
""")
    assert kinds(found) == ["stdout", "stderr", "display_data", "display_data", "stdout", "execute_result"]
    assert (found[0].text, found[1].text, found[4].text) == ("one\n", "two\n", "five six\n")
    assert found[2].data["text/html"] == "<b>three</b>" and found[3].data["text/markdown"] == "*four*"
    assert found[5].data["text/plain"] == "7"


def test_an_error_ends_the_cell_and_is_its_last_output(outputs):
    found = outputs("print('before')\n1 / 0\nprint('after')")
    assert kinds(found) == ["stdout", "error"]
    assert (found[1].ename, found[1].evalue) == ("ZeroDivisionError", "division by zero")
    text = "\n".join(found[1].traceback)
    assert "line 2" in text and "1 / 0" in text and "grading" not in text and "\x1b" not in text


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def f(:", "SyntaxError"),
        ("raise SystemExit('x')", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("class Odd(BaseException): pass\nraise Odd()", "Odd"),
        ("input('name? ')", "StdinNotImplementedError"),
        ("import getpass; getpass.getpass()", "StdinNotImplementedError"),
    ],
)
def test_errors_of_all_kinds_are_outputs_and_the_next_cell_runs(outputs, source, name):
    errors = [output for output in outputs(source) if output.output_type == "error"]
    assert [error.ename for error in errors] == [name]
    assert outputs("1 + 1")[0].data["text/plain"] == "2"


def test_errors_that_ipython_shows_in_its_own_ways(outputs):
    assert outputs("class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute()")[0].ename == "Mute"
    found = outputs("raise ExceptionGroup('several', [ValueError(1)])")
    assert "several" in str(found) and outputs("2")[0].data["text/plain"] == "2"


def test_names_last_from_cell_to_cell_and_results_are_not_shown_after_a_semicolon(outputs):
    outputs("x = 5")
    assert outputs("x + 1")[0].data["text/plain"] == "6"
    assert outputs("x + 1;") == [] and outputs("_")[0].data["text/plain"] == "6"
    assert outputs("x, In[-1]")[0].data["text/plain"] == "(5, 'x, In[-1]')"


def test_cleared_outputs_are_gone(outputs):
    start = "from IPython.display import clear_output\nprint('old')\n"
    assert outputs(start + "clear_output()") == []
    assert [output.text for output in outputs(start + "clear_output()\nprint('new')")] == ["new\n"]
    assert [output.text for output in outputs(start + "clear_output(wait=True)")] == ["old\n"]
    assert [output.text for output in outputs(start + "clear_output(wait=True)\nprint('new')")] == ["new\n"]


def test_an_updated_display_shows_its_last_version_in_its_first_place(outputs):
    found = outputs("""
from IPython.display import HTML, display, update_display
handle = display(HTML("1"), display_id=True)
display(HTML("a"), display_id="mine")
handle.update(HTML("2"))
update_display(HTML("b"), display_id="mine")
update_display(HTML("x"), display_id="unknown")
""")
    assert [output.data["text/html"] for output in found] == ["2", "b"]


def test_a_progress_bar_is_one_piece_of_text(outputs):
    found = outputs("from tqdm import tqdm\nfor i in tqdm(range(3)): pass")
    assert kinds(found) == ["stderr"] and "3/3" in found[0].text


@pytest.mark.parametrize("before", ["", "%matplotlib inline\n"])
def test_a_figure_is_a_png(outputs, before):
    found = outputs(before + "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('x')\nplt.show()")
    assert kinds(found)[-1] == "display_data"
    assert base64.b64decode(found[-1].data["image/png"]).startswith(b"\x89PNG")


def test_a_figure_that_is_not_shown_is_shown_at_the_end_of_the_cell(outputs):
    found = outputs("import matplotlib.pyplot as plt\nplt.imshow([[1, 2]])\nprint('x')")
    assert "image/png" in found[-1].data


def test_a_bundle_of_ones_own_and_one_that_is_none(outputs):
    found = outputs("""
from IPython.display import display
display({"text/plain": "a", "application/json": {"x": [1]}, "image/png": b"123", "odd": object()}, raw=True)
class Bad:
    def _repr_html_(self): raise ValueError("no")
    def __repr__(self): return "bad"
display(Bad())
""")
    assert found[0].data["application/json"] == '{"x": [1]}' and "odd" not in found[0].data
    assert any(output.get("data", {}).get("text/plain") == "bad" for output in found)


def test_of_a_flood_the_end_is_kept(outputs):
    found = outputs("for i in range(400_000): print('line', i)\nprint('the end')")
    text = "".join(output.text for output in found)
    assert 1_000_000 < len(text) < 4_100_000 and text.endswith("line 399999\nthe end\n") and "line 1\n" not in text
    [output] = outputs("print('x' * 5_000_000 + 'end')")
    assert output.text == "\n" or output.text.rstrip().endswith("end")
    assert len(output.text) <= 2_000_001


def test_a_flood_of_pictures_keeps_the_last(outputs):
    found = outputs("from IPython.display import HTML, display\nfor i in range(50): display(HTML(f'{i}' * 100_000))")
    assert 0 < len(found) < 50 and found[-1].data["text/html"].startswith("4949")


def test_a_change_of_streams_a_thousand_times(outputs):
    found = outputs("import sys\nfor i in range(3000): print(i); print(i, file=sys.stderr)")
    assert 0 < len(found) <= 1_000
    assert found[-1].text == "2999\n", "of too many outputs the last ones matter"


def test_what_threads_print_what_is_logged_and_warnings(outputs):
    found = outputs("""
import logging, sys, threading, warnings
thread = threading.Thread(target=lambda: print("thread")); thread.start(); thread.join()
logging.warning("logged")
warnings.warn("warned")
""")
    text = "".join(output.get("text", "") for output in found)
    assert "thread" in text and "logged" in text and "warned" in text


def test_the_stream_is_like_a_file(outputs):
    found = outputs("""
import sys
sys.stdout.writelines(["a", "b"]); sys.stdout.flush()
print(sys.stdout.isatty(), sys.stdout.writable(), sys.stdout.encoding)
try: sys.stdout.fileno()
except OSError as error: print("no file")
try: sys.stdout.write(5)
except TypeError as error: print(error)
""")
    assert found[0].text == "abFalse True utf-8\nno file\nwrite() argument must be str, not int\n"


def test_magics(outputs):
    assert "loops" in outputs("%%timeit -n 2 -r 1\nsum(range(10))")[0].text
    assert "Wall time" in outputs("%time sum(range(10))")[0].text
    assert outputs("%%capture caught\nprint('x')") == [] and outputs("caught.stdout")[0].data["text/plain"] == "'x\\n'"
    assert outputs("!echo hello; exit 3\n_exit_code")[-1].data["text/plain"] == "3"
    assert outputs("listing = !echo one two\nlisting")[-1].data["text/plain"] == "['one two']"
    assert outputs("%%writefile a.txt\nhello\n")
    assert outputs("open('a.txt').read()")[0].data["text/plain"] == "'hello\\n'"
    assert outputs("%%bash\necho from bash")[0].text == "from bash\n"


def test_await_and_exit(outputs):
    assert outputs("import asyncio\nawait asyncio.sleep(0)\n3")[0].data["text/plain"] == "3"
    outputs("exit()")
    assert outputs("quit\n4")[0].data["text/plain"] == "4"
