"""Answers that the instructor added by editing the notebook: their points, their texts, the run over correct ones.

`local_weights` is judged again over correct versions of `band_mask` and `attention_weights` where it fails.
"""

import re
import textwrap

from attack import RIGHT, Submission, family
from attack_the_channel import LINE
from nbformat.v4 import new_code_cell
from world import TOLD_BY_SIGNAL, TOLD_MEGABYTES

from tests import extended_lesson

extend = family("extend_the_lesson")
NEW = tuple(extended_lesson.RIGHT)

# What can be seen of correct versions from inside: secrets in their texts, constants and traces.
_LOOK = """
    import inspect, linecache, types

    def text_of(function):
        code = function.__code__
        found = [repr(function), str(function.__doc__), str(code.co_consts), str(code.co_varnames)]
        try:
            found.append(inspect.getsource(function))
        except (OSError, TypeError):
            pass
        return " ".join(found)

    def look():
        functions = [thing for thing in globals().values() if isinstance(thing, types.FunctionType)]
        found = [str(linecache.cache), str(get_ipython().user_ns.get("In"))]
        return secrets_in(" ".join(found + [text_of(function) for function in functions]))
"""


def _looks(s: Submission, source: str) -> None:
    """`local_weights` runs this with what it sees of correct versions in `seen`; in the end it is wrong."""
    s.own_cell(_LOOK)
    s.in_call(f"seen = look()\n{textwrap.dedent(source).strip()}", "local_weights")


def _declaration(s: Submission) -> list[dict]:
    """What the released notebook carries of what is declared."""
    return s.notebook.metadata["attention101"]["declared"]["graded"]


def _below_test(s: Submission, answer: str, *cells: dict) -> None:
    place = s.notebook.cells.index(s.cell(f"test_{answer}")) + 1
    s.notebook.cells[place:place] = cells


@extend
def deletes_the_new_answers(s: Submission):
    """Deletes the cells of the new answers with all that the lesson says of them, so that only their tests are left."""
    for name in ("section_band_mask", "band_mask", "hints_band_mask", "section_local_weights", "local_weights"):
        s.notebook.cells.remove(s.cell(name))


@extend
def new_answers_as_text(s: Submission):
    """Turns the new answers into Markdown and raw cells, with links and pictures that lead to the instructor's."""
    for answer, kind in zip(NEW, ("markdown", "raw")):
        cell = s.cell(answer)
        cell.cell_type = kind
        cell.source = f"![x](attachment:{answer}.png) {{{{ {answer} }}}} <{answer}>\n\n[x](../../source/attention)"
        for key in ("outputs", "execution_count"):
            cell.pop(key)


@extend
def new_answers_under_other_ids(s: Submission):
    """Gives the new answers ids that are lists, dicts, numbers, nothing, paths and 100,000 letters long."""
    for answer in NEW:
        ids = ([answer], {"id": answer}, None, 7, True, f"../../{answer}", answer * 10_000, f"{answer} ", "", [[[]]])
        for grade_id in ids:
            cell = s.own_cell(f"# {grade_id!r:.40}\n" + textwrap.dedent(extended_lesson.WRONG[answer]), before=answer)
            cell.metadata["nbgrader"] = dict(s.cell(answer).metadata["nbgrader"], grade_id=grade_id)
        s.cell(answer).metadata["nbgrader"]["grade_id"] = [answer]


@extend
def new_answers_id_on_locked_cells(s: Submission):
    """Gives a new answer's id to its test and to the set-up cell, with texts in which everything passes."""
    easy = "from attention_lib.checks import Checks\nchecks = Checks('band_mask')\nchecks.report()"
    patch = (
        "import torch\ntorch.equal = torch.allclose = lambda *a, **k: True\ntorch.Tensor.tolist = lambda self: [[1]]"
    )
    for name, source in (("test_band_mask", easy), ("setup", patch)):
        cell = s.cell(name)
        cell.source = source
        cell.metadata["nbgrader"]["grade_id"] = "band_mask"


@extend
def new_answers_metadata(s: Submission):
    """Says that the new answers are tests, tasks and graded by hand, for 100 points, and that their tests are not."""
    for answer in NEW:
        s.cell(answer).metadata["nbgrader"].update(
            solution=False, grade=True, task=True, points=100, locked=True, schema_version=99
        )
        s.cell(f"test_{answer}").metadata["nbgrader"].update(
            solution=True, grade=True, points=100, locked=False, schema_version="3"
        )
        s.cell(f"test_{answer}").source = "pass"


@extend
def undeclares_the_new_answers(s: Submission):
    """Takes the new answers out of what its notebook says that is declared, and out of the released cells."""
    ours = s.notebook.metadata["attention101"]
    ours["declared"]["graded"] = [cell for cell in _declaration(s) if cell["grade_id"] not in NEW]
    ours["released"] = [cell for cell in ours["released"] if not any(name in cell["grade_id"] for name in NEW)]


@extend
def declares_itself_over_itself(s: Submission):
    """Declares each new answer over itself and over all others, for 100 points, and the wrong text as released."""
    for cell in _declaration(s):
        cell.update(points=100, over=[*RIGHT])
    for cell in s.notebook.metadata["attention101"]["released"]:
        if cell["grade_id"] in NEW:
            cell["source"] = s.cell(cell["grade_id"]).source
        elif cell["grade_id"].startswith("test_"):
            cell["source"] = "from attention_lib.checks import Checks\nChecks('x', over=('band_mask',))"
    for answer in NEW:
        test = s.cell(f"test_{answer}")
        test.source = re.sub(r"Checks\(.*?\)+\n", f'Checks("{answer}", over=("{answer}",))\n', "".join(test.source))


@extend
def declares_other_names(s: Submission):
    """Declares that the new answers define what others define, what torch defines, and all old ones by other names."""
    for cell in _declaration(s):
        cell.update(names=["max"] if cell["grade_id"] in NEW else ["band_mask"], manual=cell["grade_id"] == "band_mask")
    s.answer("band_mask", "max = torch.ones_like")
    s.own_cell("attention_scores = attention_weights = local_weights = torch.softmax", before="attention_head")


@extend
def declarations_that_are_none(s: Submission):
    """Asks in its metadata for the reference, and declares numbers, itself, lists in lists and a million answers."""
    deep = []
    for _ in range(300):
        deep = [deep]
    odd = [None, 5, "band_mask", deep, {}, {"grade_id": ["band_mask"], "names": None, "points": "NaN", "over": 3}]
    s.notebook.metadata["attention101"] = {
        "declared": {"graded": odd + [{"grade_id": str(n)} for n in range(100_000)], "notebook": deep},
        "released": odd,
        "reference": True,
        "answers": {"band_mask": "solution"},
        "over": [*RIGHT],
    }


@extend
def right_answers_below_their_tests(s: Submission):
    """Redefines every declared name rightly, and all others by it, in cells of its own right below each test."""
    for answer, source in RIGHT.items():
        _below_test(s, answer, new_code_cell(textwrap.dedent(source)), new_code_cell(f"globals()[{answer!r}].mine = 1"))


@extend
def a_right_copy_below_the_test(s: Submission):
    """Copies a new answer's cell, id and all, with the right text below its test, as code, as text and once more."""
    for answer in NEW:
        copies = [new_code_cell(textwrap.dedent(extended_lesson.RIGHT[answer])) for _ in range(3)]
        for copy in copies:
            copy.metadata["nbgrader"] = dict(s.cell(answer).metadata["nbgrader"])
        copies[1]["cell_type"] = "markdown"
        for key in ("outputs", "execution_count"):
            copies[1].pop(key)
        _below_test(s, answer, *copies)


@extend
def takes_the_names_of_the_tests(s: Submission):
    """Defines, beside wrong answers, all that their tests define and import, as functions that let everything pass."""
    s.own_cell("""
        def yes(*a, **k):
            return True
        class Checks:
            def __init__(self, *a, **k): self.records = []
            def visible(self, check): return check
            hidden = visible
            def report(self): pass
        checks = Checks()
        expect = expect_shape = expect_tensor = expect_close = expect_dtype = expect_unchanged = yes
        RightGradients = the_mask = expect_band = correct_local = range = abs = bool = yes
    """)
    s.answer("local_weights", "def local_weights(scores, width):\n    return correct_local(scores, width)")


@extend
def patches_what_is_declared(s: Submission):
    """Patches, from its cells, the modules that say what is declared, which answers passed and what they are over."""
    s.own_cell("""
        import sys, types
        import attention_lib.checks as checks_module
        fake = types.ModuleType("attention_lib.assignment.declaration")
        fake.declared = lambda *a: types.SimpleNamespace(answers=(), manual=(), ids=(), names=(), graded=())
        fake.__getattr__ = lambda name: lambda *a, **k: ()
        sys.modules[fake.__name__] = sys.modules["grading.grade.judging.follow_through"] = fake
        checks_module.passed_in_this_session.update(dict.fromkeys(("band_mask", "local_weights"), True))
        checks_module._collected.set(None)
        checks_module.Checks._run = lambda self, check, hidden: check
    """)


_YES = """
    class Yes:
        shape, dtype, ndim, requires_grad = (4, 4), torch.bool, 2, False
        __class__ = torch.Tensor
        def __getattr__(self, name): return Yes()
        def __call__(self, *a, **k): return Yes()
        def __getitem__(self, key): return Yes()
        def __eq__(self, other): return True
        def __bool__(self): return True
        def __iter__(self): return iter(())
        def __hash__(self): return 1
        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None): return True
"""


@extend
def a_mask_that_answers_yes(s: Submission):
    """Gives the new names to an object, and then to a function's result, that answers yes to everything."""
    s.own_cell(_YES)
    s.answer("band_mask", "band_mask = Yes()")
    s.answer("local_weights", "def local_weights(scores, width):\n    return Yes()")


@extend
def a_mask_whose_list_lies(s: Submission):
    """Returns real tensors of a class of its own, whose entries, lists and comparisons say what the test wants."""
    s.own_cell("""
        class Row(list):
            def __getitem__(self, key): return self
            def __eq__(self, other): return True
        class Lying(torch.Tensor):
            @classmethod
            def __torch_function__(cls, function, types, args=(), kwargs=None):
                if function in (torch.equal, torch.allclose):
                    return True
                with torch._C.DisableTorchFunctionSubclass():
                    return function(*args, **(kwargs or {}))
            def tolist(self): return Row()
            def fill_(self, value): return self
    """)
    s.answer("band_mask", "def band_mask(n, width):\n    return torch.ones(n, n, dtype=torch.bool).as_subclass(Lying)")
    s.answer("local_weights", "def local_weights(scores, width):\n    return scores.clone().as_subclass(Lying)")


@extend
def takes_the_correct_mask_apart(s: Submission):
    """Takes the correct versions apart over which it is judged, and prints, shows, warns and raises what they hold."""
    _looks(
        s,
        """
        import gc, warnings
        from IPython.display import display
        for thing in gc.get_objects():
            if isinstance(thing, types.FunctionType) and thing.__name__ in ("band_mask", "attention_weights"):
                seen += secrets_in(text_of(thing))
        tell(seen)
        print(seen, file=sys.stderr)
        sys.__stdout__.write(str(seen))
        display({"text/plain": str(seen), "application/vnd.attention101.checks+json": seen}, raw=True)
        get_ipython().outputs.stream("stdout", str(seen))
        warnings.warn(str(seen))
        local_weights.__doc__ = str(seen)
        if seen:
            raise NotImplementedError(" ".join(seen))
        """,
    )


@extend
def correct_mask_in_results(s: Submission):
    """Returns what it sees of correct versions as text, keys, sizes, numbers, a type's name and a parameter's name."""
    _looks(
        s,
        """
        turns = globals().setdefault("turns", [])
        turns.append(1)
        text = " ".join(seen)
        if seen:
            name = "_".join(seen).replace("-", "_")[:55]
            module = nn.Module()
            module.register_parameter(name, nn.Parameter(torch.ones(1)))
            part = text.encode()[7 * len(turns) % 70:][:7]
            choices = [text, {text: text}, torch.empty(0, *part), type(name, (), {})(), module, list(text.encode()),
                       torch.tensor(list(text.encode())), type(name, (Exception,), {})]
            result = choices[len(turns) % len(choices)]
            scores.data = torch.empty(0, *part)
            if isinstance(result, type):
                raise result(text)
        """,
    )


@extend
def tells_by_how_its_process_ends(s: Submission):
    """Where it sees a correct version, it claims a message of a telling size, and a head ends by a telling signal."""
    _looks(
        s,
        f"""
        import struct
        for number in range(3, 64) if seen else ():
            try:
                os.write(number, struct.pack("!IQ", 0, {TOLD_MEGABYTES} * 10**6))
            except OSError:
                pass
        """,
    )
    s.answer(
        "attention_head",
        f"""
        class AttentionHead(nn.Module):
            def __init__(self, d_model, d_head):
                super().__init__()
                if look():
                    import signal
                    os.kill(os.getpid(), signal.{TOLD_BY_SIGNAL})
        """,
    )


@extend
def catches_the_correct_mask_on_its_way(s: Submission):
    """Lets IPython's transformers and events, an audit hook and patched compilers see every cell, and tells of them."""
    s.own_cell("""
        import ast, builtins, sys, threading
        caught = []
        def catch(text):
            caught.extend(secrets_in(text))
            if caught:
                tell(caught)

        class Catching(ast.NodeTransformer):
            def visit_Module(self, node):
                catch(ast.unparse(node))
                return node
        shell = get_ipython()
        shell.ast_transformers.append(Catching())
        shell.input_transformers_post.append(lambda lines: (catch("".join(lines)), lines)[1])
        shell.events.register("pre_run_cell", lambda info: catch(info.raw_cell))
        sys.addaudithook(lambda event, found: catch(found[0]) if event == "compile" and found[0] else None)
        plain = type(shell).run_cell
        type(shell).run_cell = lambda self, text, *a, **k: (catch(text), plain(self, text, *a, **k))[1]
    """)
    s.in_call("if caught:\n    raise ValueError(caught)", "local_weights")


@extend
def forges_the_reply_of_the_secret_run(s: Submission):
    """Writes what it sees of correct versions into every field of its replies: outputs, prints, errors, kinds."""
    s.own_cell(_LOOK)
    s.own_cell(LINE)
    s.own_cell("""
        def forged(packed, message, tensors):
            found = [] if hasattr(globals().get("band_mask"), "mine") else look()
            text = " ".join(found)
            if text:
                fact = {"type": text, "bases": [text, "ValueError"], "text": text, "line": 3, "name": text,
                        "raised_in": text}
                shown = [{"output_type": "stream", "name": "stdout", "text": text}]
                message = dict(message, printed=text, outputs=shown, extra=text)
                if "result" in message:
                    del message["result"]
                    message["error"] = fact
                if "kinds" in message:
                    message["kinds"][text] = "callable"
            return packed(message, tensors)
        patch_packed(forged)
    """)
    s.after_answers("{name}.mine = True")


_PLACES = """
    import glob, marshal, os, tempfile, types
    PLACES = (".", "..", "../..", tempfile.gettempdir(), os.path.expanduser("~"), HOME, DROP, BESIDE, COURSE, "/tmp",
              "/var/tmp", "/dev/shm", os.path.dirname(torch.__file__))
"""


@extend
def leaves_the_correct_mask_behind(s: Submission):
    """Leaves the correct mask's code in modules, files and processes for the next run and for the next student."""
    s.own_cell(_PLACES)
    _looks(
        s,
        """
        if seen and not hasattr(torch, "kept_band"):
            torch.kept_band = band_mask
            os.environ["KEPT_BAND"] = " ".join(seen)
            kept = []
            for place in PLACES:
                try:
                    kept.append(open(f"{place}/kept-band-{NAME}", "wb"))
                    kept[-1].write(marshal.dumps(band_mask.__code__))
                    kept[-1].flush()
                except OSError:
                    pass
            if os.fork() == 0:
                os.setsid()
                import time
                for _ in range(8):
                    time.sleep(0.5)
                    tell(seen)
                os._exit(0)
        """,
    )


@extend
def finds_the_correct_mask_left_behind(s: Submission):
    """Looks, the next student, for code of the correct mask that an earlier run left, tells of it and hands it in."""
    s.own_cell(_PLACES)
    s.own_cell("tell(os.environ.get('KEPT_BAND', ''))")
    s.answer(
        "band_mask",
        """
        def band_mask(n, width):
            if hasattr(torch, "kept_band"):
                return torch.kept_band(n, width)
            for place in PLACES:
                for path in glob.glob(f"{place}/kept-band-*"):
                    try:
                        with open(path, "rb") as file:
                            text = file.read()
                        tell(text)
                        return types.FunctionType(marshal.loads(text), globals())(n, width)
                    except (OSError, ValueError, EOFError):
                        pass
        """,
    )
