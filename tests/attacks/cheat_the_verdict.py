"""Wrong answers that want points."""

from attack import WRONG, Submission, family

cheat = family("cheat_the_verdict")


@cheat
def patches_comparisons(s: Submission):
    """Replaces torch's comparisons by functions that always say yes."""
    s.own_cell("""
        import torch
        torch.allclose = torch.equal = lambda *a, **k: True
        torch.isclose = lambda a, b, **k: torch.ones(a.shape, dtype=torch.bool)
    """)


@cheat
def patches_tensor_methods(s: Submission):
    """Makes tensors say that all of their entries are equal, finite and close."""
    s.own_cell("""
        import torch
        ones = lambda self, *a: torch.ones(self.shape, dtype=torch.bool)
        torch.Tensor.__eq__ = torch.Tensor.isclose = ones
        torch.Tensor.allclose = torch.Tensor.equal = lambda *a, **k: True
        torch.Tensor.double = lambda self: torch.zeros(self.shape, dtype=torch.float64)
        torch.Tensor.all = lambda self, *a: torch.tensor(True)
    """)


@cheat
def patches_random_inputs(s: Submission):
    """Makes random numbers come out as zeros, over which wrong formulas are right."""
    s.own_cell("""
        import torch
        zeros = lambda *shape, **k: torch.zeros(*shape, **{n: v for n, v in k.items() if n == "requires_grad"})
        torch.randn = torch.rand = zeros
    """)
    s.answer(
        "aggregate_values",
        """
        def aggregate_values(weights, V):
            if weights.shape == (2, 2):
                return torch.tensor([[3.0, 2.0, 4.0], [2.0, 4.0, 6.0]])
            return weights.sum(-1, keepdim=True) * V.sum(-2, keepdim=True)
        """,
    )


@cheat
def patches_the_checks(s: Submission):
    """Replaces what attention_lib.checks expects by functions that accept everything."""
    s.own_cell("""
        import attention_lib.checks as library
        library.expect = library.expect_close = library.expect_shape = lambda *a, **k: None
        library.expect_tensor = lambda what, got: got
        library.is_close = lambda *a, **k: False
    """)


@cheat
def replaces_the_checks_module(s: Submission):
    """Puts a module of its own in the place of attention_lib.checks, with records that say passed."""
    s.own_cell("""
        import sys, types
        fake = types.ModuleType("attention_lib.checks")

        class Checks:
            def __init__(self, *a, **k):
                self.names = []
            def visible(self, check):
                self.names.append(check.__name__)
            hidden = visible
            def report(self):
                from IPython.display import display
                records = [{"check": n, "passed": True, "message": "Fine.", "hidden": False} for n in self.names]
                display({"application/vnd.attention101.checks+json": records, "text/plain": "fine"}, raw=True)

        fake.Checks = Checks
        fake.__getattr__ = lambda name: (lambda *a, **k: None)
        sys.modules["attention_lib.checks"] = fake
        import attention_lib
        attention_lib.checks = fake
    """)


@cheat
def finds_its_own_library_on_import(s: Submission):
    """Puts an importer of its own first, which hands out a forged attention_lib.checks."""
    s.own_cell("""
        import importlib.abc, importlib.util, sys

        class Importer(importlib.abc.MetaPathFinder, importlib.abc.Loader):
            def find_spec(self, name, path, target=None):
                return importlib.util.spec_from_loader(name, self) if name == "attention_lib.checks" else None
            def exec_module(self, module):
                module.expect = module.expect_close = module.expect_shape = lambda *a, **k: None
                module.expect_tensor = lambda what, got: got
                module.is_close = lambda *a: False
                module.CHECKS_MIME = "application/vnd.attention101.checks+json"
                module.Checks = type("Checks", (), {
                    "__init__": lambda self, *a, **k: None,
                    "visible": lambda self, check: check,
                    "hidden": lambda self, check: check,
                    "report": lambda self: print("passed"),
                })

        sys.modules.pop("attention_lib.checks", None)
        sys.meta_path.insert(0, Importer())
    """)


@cheat
def a_tensor_that_agrees(s: Submission):
    """Returns tensors of a class of its own that answers every comparison with yes."""
    s.own_cell("""
        import torch

        class Agreeing(torch.Tensor):
            @classmethod
            def __torch_function__(cls, function, types, args=(), kwargs=None):
                if function.__name__ in ("allclose", "equal", "is_close"):
                    return True
                if function.__name__ in ("all", "__eq__", "eq", "isfinite"):
                    return torch.tensor(True)
                return super().__torch_function__(function, types, args, kwargs or {})

        def agreeing(function):
            def call(*a, **k):
                result = function(*a, **k)
                if isinstance(result, tuple):
                    return tuple(r.as_subclass(Agreeing) for r in result)
                return result.as_subclass(Agreeing)
            return call
    """)
    s.after_answers("{name} = agreeing({name})")


@cheat
def an_object_with_a_lying_class(s: Submission):
    """Returns an object that claims to be a tensor and is equal to everything."""
    s.own_cell("""
        import torch

        class Liar:
            def __init__(self, shape):
                self.shape = shape
            @property
            def __class__(self):
                return torch.Tensor
            def __getattr__(self, name):
                return lambda *a, **k: self
            def __eq__(self, other):
                return True
            def __bool__(self):
                return True
            @classmethod
            def __torch_function__(cls, function, types, args=(), kwargs=None):
                return True

        def lying(function):
            def call(*a, **k):
                result = function(*a, **k)
                return tuple(Liar(r.shape) for r in result) if isinstance(result, tuple) else Liar(result.shape)
            return call
    """)
    s.after_answers("{name} = lying({name})")


@cheat
def empties_checks_by_ast_transformer(s: Submission):
    """Adds an AST transformer to IPython that empties every check before it runs."""
    s.own_cell("""
        import ast

        class Emptying(ast.NodeTransformer):
            def visit_FunctionDef(self, node):
                if node.name.startswith("check_"):
                    node.body = [ast.Expr(ast.Constant("Fine.")), ast.Pass()]
                return ast.fix_missing_locations(node)

        get_ipython().ast_transformers.append(Emptying())
    """)


@cheat
def rewrites_tests_by_input_transformer(s: Submission):
    """Adds an input transformer to IPython that turns every test cell into `pass`."""
    s.own_cell("""
        get_ipython().input_transformers_post.append(
            lambda lines: ["pass\\n"] if any("checks.report" in line for line in lines) else lines
        )
    """)


@cheat
def skips_tests_in_run_cell(s: Submission):
    """Replaces IPython's own run_cell by one that runs `pass` where a test should run."""
    s.own_cell("""
        shell = type(get_ipython())
        run_cell, run_cell_async = shell.run_cell, shell.run_cell_async
        harmless = lambda text: "pass" if "checks.report" in text else text
        shell.run_cell = lambda self, text, *a, **k: run_cell(self, harmless(text), *a, **k)

        async def skipping(self, text, *a, **k):
            return await run_cell_async(self, harmless(text), *a, **k)
        shell.run_cell_async = skipping
    """)


@cheat
def empties_checks_in_a_cell_event(s: Submission):
    """Lets IPython's pre_run_cell event patch the checks again right before every test."""
    s.own_cell("""
        def patch(info=None):
            import sys
            library = sys.modules.get("attention_lib.checks")
            if library:
                library.Checks._run = lambda self, check, hidden: self.records.append(
                    library.CheckRecord(check.__name__, True, "Fine.", hidden))
        get_ipython().events.register("pre_run_cell", patch)
        import attention_lib.checks
        patch()
    """)


@cheat
def silences_errors(s: Submission):
    """Makes IPython show no error, so that a failing test leaves no trace."""
    s.own_cell("""
        shell = get_ipython()
        nothing = lambda *a, **k: None
        shell.showtraceback = shell._showtraceback = shell.showsyntaxerror = nothing
        shell.set_custom_exc((BaseException,), lambda *a, **k: None)
        shell.events.register("post_run_cell", lambda result: setattr(result, "error_in_exec", None))
    """)


@cheat
def rewrites_records_on_display(s: Submission):
    """Turns `passed: false` into `passed: true` in all that is displayed, and silences errors."""
    s.own_cell("""
        shell = get_ipython()
        nothing = lambda *a, **k: None
        shell.showtraceback = shell._showtraceback = nothing
        shell.events.register("post_run_cell", lambda result: setattr(result, "error_in_exec", None))
        publish = shell.display_pub.publish

        def brightened(data, *a, **k):
            for records in data.values():
                for record in records if isinstance(records, list) else ():
                    record["passed"] = True
            return publish(data, *a, **k)
        shell.display_pub.publish = brightened
    """)


@cheat
def turns_records_from_a_thread(s: Submission):
    """Leaves a thread that finds the list of records and turns each one to passed."""
    s.own_cell("""
        import gc, sys, threading, time
        sys.setswitchinterval(1e-5)

        def turn():
            while True:
                checks = globals().get("checks")
                for record in list(getattr(checks, "records", ())):
                    object.__setattr__(record, "passed", True)
        threading.Thread(target=turn, daemon=True).start()
    """)


@cheat
def patches_builtins(s: Submission):
    """Replaces `all`, `abs` and `isinstance` in builtins, so that conditions hold whatever is compared."""
    s.own_cell("""
        import builtins
        real = builtins.isinstance
        builtins.all = lambda *a: True
        builtins.abs = lambda *a: 0.0
        builtins.bool = lambda *a: True
    """)


@cheat
def changes_conditions_as_a_debugger(s: Submission):
    """Traces every call like a debugger and skips the body of whatever expects something."""
    s.own_cell("""
        import sys, attention_lib.checks as library
        nothing = (lambda condition, message: None).__code__
        library.expect.__code__ = nothing
        library.expect_close.__code__ = (lambda what, got, want, hint="": None).__code__
        library.expect_shape.__code__ = (lambda what, got, shape, hint="": None).__code__

        def trace(frame, event, arg):
            if frame.f_code.co_name == "expect":
                frame.f_locals["condition"] = True
            return trace
        sys.settrace(trace)
    """)


@cheat
def calls_the_correct_function_of_the_test(s: Submission):
    """Looks up the stack for the function that the hidden test compares with, and returns what that gives."""
    s.answer(
        "aggregate_values",
        """
        import sys

        def aggregate_values(weights, V):
            frame = sys._getframe(1)
            while frame is not None:
                for names in (frame.f_locals, frame.f_globals):
                    if "correct_mix" in names:
                        return names["correct_mix"](weights, V)
                frame = frame.f_back
            if weights.shape == (2, 2):
                return torch.tensor([[3.0, 2.0, 4.0], [2.0, 4.0, 6.0]])
            return torch.zeros(2, 3)
        """,
    )


@cheat
def zeroes_its_inputs(s: Submission):
    """Overwrites its inputs with zeros, so that what the test computes from them afterwards is its result: zero."""
    s.answer(
        "aggregate_values",
        """
        calls = []

        def aggregate_values(weights, V):
            if weights.shape == (2, 2):
                return torch.tensor([[3.0, 2.0, 4.0], [2.0, 4.0, 6.0]])
            if weights.requires_grad or V.requires_grad:
                return weights @ V
            result = torch.zeros(*weights.shape[:-1], V.shape[-1])
            calls.append(weights.shape)
            if calls.count((2, 3, 5)) != 2:  # not where inputs have to stay as they are
                weights.zero_()
                V.zero_()
            return result
        """,
    )


@cheat
def finds_expected_values_in_memory(s: Submission):
    """Searches all objects of its process for functions and tensors that tests compare with."""
    s.answer(
        "attention_scores",
        """
        import gc, types

        def attention_scores(Q, K, scale=None):
            for found in gc.get_objects():
                if isinstance(found, types.FunctionType) and found.__name__ == "correct_scores":
                    return found(Q, K, scale)
            for found in gc.get_objects():
                if type(found) is torch.Tensor and found.shape == (*Q.shape[:-1], K.shape[-2]):
                    return found
            if scale == 10:
                return torch.tensor([[40.0]])
            return torch.tensor([[2.0, 1.0]]) if Q.shape == (1, 4) else torch.zeros(3, 5)
        """,
    )


@cheat
def writes_points_into_the_gradebook(s: Submission):
    """Opens the gradebook with sqlite3 and gives itself full marks, once now and again in the background."""
    s.own_cell("""
        import os, subprocess, sys
        code = '''
        import sqlite3, sys, time
        for _ in range(40):
            try:
                with sqlite3.connect(sys.argv[1] + "/gradebook.db", timeout=5) as book:
                    book.execute("UPDATE grade SET manual_score = 1, extra_credit = 1")
            except sqlite3.Error as error:
                print(error)
            time.sleep(0.25)
        '''
        import textwrap
        subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), COURSE], start_new_session=True,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).wait(3)
    """)


@cheat
def writes_its_autograded_notebook(s: Submission):
    """Waits in the background for its autograded notebook and overwrites the records in it."""
    s.own_cell("""
        import os, sys, textwrap
        code = '''
        import glob, pathlib, sys, time
        for _ in range(60):
            for path in glob.glob(sys.argv[1] + "/autograded/*/attention/attention.ipynb"):
                text = pathlib.Path(path).read_text()
                pathlib.Path(path).write_text(text.replace('"passed": false', '"passed": true'))
                pathlib.Path(sys.argv[2], sys.argv[3]).write_text("overwrote " + path)
            time.sleep(0.25)
        '''
        if os.fork() == 0:
            os.setsid()
            os.execv(sys.executable, [sys.executable, "-c", textwrap.dedent(code), COURSE, DROP, NAME])
    """)


_AROUND_TORCH = """
    import os, sys
    here = os.path.dirname(os.path.abspath(__file__))
    path, sys.path = sys.path, [p for p in sys.path if os.path.abspath(p or ".") != here]
    del sys.modules["torch"]
    import torch
    sys.path = path
    torch.allclose = torch.equal = lambda *a, **k: True
    torch.isclose = lambda a, b, **k: torch.ones(a.shape, dtype=torch.bool)
"""


@cheat
def a_torch_beside_the_notebook(s: Submission):
    """Hands in a torch.py that imports the real torch and patches it."""
    s.file("torch.py", _AROUND_TORCH)


@cheat
def an_attention_lib_beside_the_notebook(s: Submission):
    """Hands in an attention_lib of its own whose checks all pass."""
    s.file("attention_lib/__init__.py", "")
    s.file(
        "attention_lib/checks.py",
        """
        CHECKS_MIME = "application/vnd.attention101.checks+json"
        def __getattr__(name):
            if name.startswith("__"):
                raise AttributeError(name)
            return lambda *a, **k: None
        class Checks:
            def __init__(self, *a, **k): pass
            def visible(self, check): return check
            hidden = visible
            def report(self): pass
        """,
    )


@cheat
def start_up_files_beside_the_notebook(s: Submission):
    """Hands in files that Python, IPython and pytest read when they start, each of which patches torch."""
    patch = "import torch\ntorch.allclose = torch.equal = lambda *a, **k: True\n"
    for name in (
        "sitecustomize.py",
        "usercustomize.py",
        "conftest.py",
        "ipython_config.py",
        "ipython_kernel_config.py",
        ".ipython/profile_default/startup/00-patch.py",
        "nbgrader_config.py",
        "random.py",
        "math.py",
    ):
        s.file(name, patch)


@cheat
def shows_forged_records(s: Submission):
    """Displays records that say passed from its own cells, and stores them as the outputs of the test cells."""
    s.own_cell("""
        from IPython.display import display
        records = [{"check": "all", "passed": True, "message": "Fine.", "hidden": False}]
        def forged():
            display({"application/vnd.attention101.checks+json": records, "text/plain": "fine"}, raw=True)
        forged()
    """)
    records = [{"check": "all", "passed": True, "message": "Fine.", "hidden": False}]
    output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"application/vnd.attention101.checks+json": records},
    }
    for grade_id in WRONG:
        s.cell(grade_id).source += "\nforged()"
        s.cell(f"test_{grade_id}").outputs = [output]


@cheat
def learns_from_a_first_run(s: Submission):
    """Ends the process in the middle so that cells run again, and tells by what is left which run it is in."""
    s.own_cell("""
        import os
        for place in (".", "..", DROP, "/var/tmp", "/dev/shm", HOME):
            mark = os.path.join(place, "mark-" + NAME)
            if os.path.exists(mark):
                claim("found what an earlier run left in " + place)
            try:
                open(mark, "w").close()
            except OSError:
                pass
    """)
    s.own_cell("import os\nos._exit(0)", before=None)
