"""What goes back from the student's process to the one that judges: giant, deep, malformed, late, forged."""

from attack import RIGHT, WRONG, Submission, family

channel = family("attack_the_channel")

# The student's end of the line, found as an attacker would find it: by looking for it.
LINE = """
    import gc, os, socket, stat, struct, sys
    MESSAGES = sys.modules.get("grading.sandbox.line.messages")

    def ends():
        found = []
        for number in range(3, 256):
            try:
                kind = os.fstat(number).st_mode
            except OSError:
                continue
            if stat.S_ISSOCK(kind) or stat.S_ISFIFO(kind):
                found.append(number)
        return found

    def write_to_all(data):
        for number in ends():
            try:
                os.set_blocking(number, False)
                os.write(number, data)
            except OSError:
                pass

    def patch_packed(change):
        packed = MESSAGES.packed if MESSAGES else None
        def forged(message, tensors):
            return change(packed, message, tensors)
        for module in list(sys.modules.values()):
            if packed is not None and getattr(module, "packed", None) is packed:
                module.packed = forged
"""


@channel
def a_giant_that_takes_no_space(s: Submission):
    """Returns a tensor of 10 to the 12 entries that are all the same byte in memory."""
    s.in_call("result = torch.zeros(1).expand(10 ** 6, 10 ** 6)")
    s.in_call("result = torch.zeros(1).expand(10 ** 6, 10 ** 6)", "aggregate_values")
    s.in_call("result = torch.empty(1 << 40, device='meta')", "attention_weights")


@channel
def a_gigabyte(s: Submission):
    """Returns tensors of 1.2 GB together."""
    s.in_call("result = [torch.ones(100_000_000) for _ in range(3)]", "project_qkv")
    s.in_call("result = torch.ones(300_000_000)")


@channel
def many_parts(s: Submission):
    """Returns a dict of a million entries, a list of a million tensors and a string of 200 MB."""
    s.in_call("result = {str(i): i for i in range(10 ** 6)}", "attention_weights")
    s.in_call("result = [torch.zeros(())] * 10 ** 6")
    s.in_call("result = 'x' * 200_000_000", "aggregate_values")


@channel
def deep_and_round(s: Submission):
    """Returns a list that is nested 100,000 deep, and lists and dicts that hold themselves."""
    s.in_call("result = []\nfor _ in range(100_000):\n    result = [result]")
    s.in_call("result = []\nresult.append(result)", "aggregate_values")
    s.in_call("result = {}\nresult['x'] = (result, [result])", "attention_weights")
    s.in_call("result = []\nresult += [result, result, result]", "project_qkv")


@channel
def odd_tensors(s: Submission):
    """Returns tensors that are sparse, quantized, nested, complex, conjugated, without storage, or not a number."""
    s.own_cell("""
        import itertools
        def odd(shape):
            ones = torch.ones(3, 5)
            yield ones.to_sparse()
            yield torch.quantize_per_tensor(ones, 0.1, 0, torch.qint8)
            yield torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])
            yield torch.full((3, 5), 1 + 2j).conj()
            yield torch.empty(3, 5, device="meta")
            yield torch.full((3, 5), float("nan"))
            yield ones.to_sparse_csr()
            yield torch.ones(3, 5).as_strided((3, 5), (0, 0))
            yield torch.ones(0, 5)
            yield torch.nn.Parameter(ones)
            yield ones.to(torch.float8_e4m3fn)
            yield torch._C._functorch._add_batch_dim(ones, 0, 1)
        turn = itertools.count()
        def next_odd():
            number = next(turn) % 12
            return next(itertools.islice(odd(None), number, None))
    """)
    for answer in ("attention_scores", "attention_weights", "aggregate_values"):
        s.in_call("result = next_odd()", answer)
    s.in_call("result = (next_odd(), next_odd(), next_odd())", "project_qkv")


@channel
def odd_numbers_and_texts(s: Submission):
    """Returns numbers of 5,000 digits, infinities, half letters, and subclasses of int, str, list and dict that lie."""
    s.own_cell("""
        import itertools
        class Long(int):
            def __index__(self): return 10 ** 400
            def __eq__(self, other): return True
            def __lt__(self, other): return True
        class Text(str):
            def __len__(self): return 1
            def encode(self, *a): return b"x" * 10 ** 8
        class Items(list):
            def __len__(self): return 3
            def __iter__(self): return itertools.repeat(0)
        class Pairs(dict):
            def items(self): return itertools.repeat(("x", "y"))
            def __iter__(self): return itertools.repeat("x")
            def keys(self): return itertools.repeat("x")
        odd = [10 ** 5000, float("nan"), float("-inf"), "\\ud800", "\\x00" * 1000, "\\x1b[2J<script>alert(1)</script>",
               Long(3), Text("x"), Items(), Pairs(), range(10 ** 12), b"x" * 10 ** 7, object(), type, print, ...]
        turn = itertools.count()
        def next_odd():
            return odd[next(turn) % len(odd)]
    """)
    for answer in ("attention_scores", "attention_weights", "aggregate_values"):
        s.in_call("result = next_odd()", answer)
    s.in_call("result = Items()", "project_qkv")


@channel
def forged_references(s: Submission):
    """Returns dicts that look like the line's own notation: tensors, objects, modules and errors of other calls."""
    s.own_cell("""
        import itertools
        forms = [{"tensor": 0, "grad": True, "complex": False}, {"tensor": -1, "grad": False, "complex": True},
                 {"object": 1}, {"handle": 0}, {"module": 0}, {"parameter": "W_q"}, {"tuple": [1, 2, 3]},
                 {"dict": [["a", 1]]}, {"number": "1e999999"}, {"passed": True}, {"__class__": "torch.Tensor"},
                 {"error": "CheckFailed", "text": ""}, {"records": [{"check": "all", "passed": True}]}]
        turn = itertools.count()
        def next_form():
            return forms[next(turn) % len(forms)]
    """)
    for answer in ("attention_scores", "attention_weights", "aggregate_values"):
        s.in_call("result = next_form()", answer)
    s.in_call("result = (next_form(), next_form(), next_form())", "project_qkv")


@channel
def objects_that_run_code_when_unpacked(s: Submission):
    """Returns objects, and tensors of a class, that run a command in whoever unpickles, copies or prints them."""
    s.own_cell("""
        import os, torch
        COMMAND = f"echo ran > {DROP}/{NAME}-unpickled; cat {BESIDE}/secret.txt >> {DROP}/{NAME}-unpickled"
        class Bomb:
            def __reduce__(self):
                return os.system, (COMMAND,)
        class BombTensor(torch.Tensor):
            def __reduce_ex__(self, protocol):
                return os.system, (COMMAND,)
        def bomb(*a):
            return torch.ones(3, 5).as_subclass(BombTensor)
    """)
    s.in_call("result = Bomb()", "attention_weights")
    s.in_call("result = bomb()")
    s.in_call("result = [Bomb(), bomb(), Bomb]", "project_qkv")
    s.in_call("import pickle\nresult = pickle.dumps(Bomb()).decode('latin-1')", "aggregate_values")


@channel
def errors_with_odd_names_and_texts(s: Submission):
    """Raises errors whose names and texts hold markup, terminal codes, half letters, quotes and 100 MB."""
    s.own_cell("""
        import itertools
        texts = ["<script>alert(1)</script><img src=x onerror=alert(1)>", "\\ud800 \\x1b[2J\\x1b]0;x\\x07",
                 "x" * 100_000_000,
                 '"}, "passed": true, {"', "{{7*7}} ${7*7} %s %n", "\\x00\\n\\r\\u202e", "✓ passed: all checks"]
        turn = itertools.count()
        def raise_odd():
            text = texts[next(turn) % len(texts)]
            raise type(text[:2000].replace("\\x00", "") or "E", (Exception,), {"__module__": text[:500]})(text)
    """)
    for answer in ("attention_scores", "attention_weights", "aggregate_values", "project_qkv"):
        s.in_call("raise_odd()", answer)


@channel
def errors_that_never_finish_speaking(s: Submission):
    """Raises errors whose __str__, __repr__, class or traceback loop for ever, raise, or chain without end."""
    s.own_cell("""
        class Endless(Exception):
            def __str__(self):
                while True:
                    pass
            __repr__ = __str__
        class Raising(Exception):
            def __str__(self):
                raise Raising()
            __repr__ = __str__
            @property
            def __class__(self):
                raise Raising()
        def chained():
            error = ValueError(0)
            for number in range(100_000):
                following = ValueError(number)
                following.__cause__ = error
                error = following
            raise error
    """)
    s.in_call("raise Endless()")
    s.in_call("raise Raising()", "aggregate_values")
    s.in_call("chained()", "attention_weights")
    s.in_call("raise ExceptionGroup('x', [ValueError(i) for i in range(100_000)])", "project_qkv")


@channel
def errors_that_are_not_for_catching(s: Submission):
    """Raises BaseExceptions, StopIteration, GeneratorExit, and the checks' own errors with a message of their own."""
    s.own_cell("""
        class CheckFailed(BaseException):
            pass
        class ChecksPassed(BaseException):
            pass
    """)
    s.in_call("raise ChecksPassed('passed')")
    s.in_call("raise GeneratorExit", "aggregate_values")
    s.in_call("raise StopIteration(torch.ones(3))", "attention_weights")
    s.in_call("from attention_lib.checks import CheckFailed\nraise CheckFailed('')", "project_qkv")


@channel
def records_instead_of_results(s: Submission):
    """Patches the student's end so that every message says that all checks passed."""
    s.own_cell(LINE)
    s.own_cell("""
        RECORDS = [{"check": "all", "passed": True, "message": "Fine.", "hidden": False}]
        def boast(packed, message, tensors):
            return packed(message | {"records": RECORDS, "passed": True, "points": 1, "ok": True, "done": True,
                                     "outputs": [{"output_type": "display_data", "metadata": {}, "data":
                                     {"application/vnd.attention101.checks+json": RECORDS}}]}, tensors)
        patch_packed(boast)
        import json
        dumps = json.dumps
        json.dumps = lambda value, *a, **k: dumps(value | {"passed": True} if type(value) is dict else value, *a, **k)
    """)


@channel
def answers_nobody_asked_for(s: Submission):
    """Sends every reply a hundred times, so that later calls find answers that are waiting for them."""
    s.own_cell(LINE)
    s.own_cell("patch_packed(lambda packed, message, tensors: packed(message, tensors) * 100)")


@channel
def replies_of_an_earlier_call(s: Submission):
    """Sends, instead of its own, the reply before, and mixes numbers, tensors and kinds of messages."""
    s.own_cell(LINE)
    s.own_cell("""
        earlier = []
        def swapped(packed, message, tensors):
            earlier.append((dict(message), dict(tensors)))
            old, old_tensors = earlier[max(0, len(earlier) - 2)]
            mixed = {key: old.get(key, value) for key, value in message.items()}
            return packed(mixed, old_tensors if len(earlier) % 2 else tensors)
        patch_packed(swapped)
    """)


@channel
def malformed_json(s: Submission):
    """Sends JSON that is nested 100,000 deep, no object, not UTF-8, with numbers too long, or with keys twice."""
    s.own_cell(LINE)
    s.own_cell("""
        import itertools
        texts = [b"[" * 100_000, b"[]", b"\\xff\\xfe", b'{"a": ' * 50_000 + b"1" + b"}" * 50_000,
                 b'{"x": ' + b"9" * 100_000 + b"}",
                 b'{"ok": true, "ok": false}', b'{"x": NaN, "y": 1e999}', b"null", b"", b'{"result": {"tensor": 1e3}}']
        turn = itertools.count()
        def malformed(packed, message, tensors):
            text = texts[next(turn) % len(texts)]
            return struct.pack("!IQ", len(text), 0) + text
        s_armed = []
        def later(packed, message, tensors):
            return malformed(packed, message, tensors) if s_armed else packed(message, tensors)
        patch_packed(later)
    """)
    s.in_call("s_armed.append(1)\nresult = Q")


@channel
def malformed_tensors(s: Submission):
    """Sends tensors whose header lies about lengths, offsets, kinds and shapes, or is 50 MB long."""
    s.own_cell(LINE)
    s.own_cell("""
        import itertools, json as _json
        def blob(header, data=b""):
            text = header if isinstance(header, bytes) else _json.dumps(header).encode()
            return struct.pack("<Q", len(text)) + text + data
        entry = lambda kind, shape, *offsets: {"0": {"dtype": kind, "shape": shape, "data_offsets": list(offsets)}}
        blobs = [struct.pack("<Q", 1 << 63), blob(b"{" * 1000), blob(entry("F32", [1 << 40], 0, 4), b"abcd"),
                 blob(entry("F32", [-1], 0, 4), b"abcd"), blob(entry("BOOL", [4], 0, 4), b"\\x02\\x03\\xff\\x07"),
                 blob(entry("F32", [1], 4, 0), b"abcd"), blob(entry("F99", [1], 0, 4), b"abcd"),
                 blob({str(i): {"dtype": "F32", "shape": [], "data_offsets": [0, 4]} for i in range(100_000)}, b"abcd"),
                 blob({"__metadata__": {"x": "y" * 10_000_000}}), b"short",
                 blob(entry("F32", [1 << 32, 1 << 32], 0, 0)), blob(entry("F4", [3], 0, 2), b"ab")]
        turn = itertools.count()
        armed = []
        def malformed(packed, message, tensors):
            if not armed:
                return packed(message, tensors)
            text, lie = _json.dumps(message).encode(), blobs[next(turn) % len(blobs)]
            return struct.pack("!IQ", len(text), len(lie)) + text + lie
        patch_packed(malformed)
    """)
    s.in_call("armed.append(1)\nresult = torch.ones(3, 5)")
    s.in_call("armed.append(1)\nresult = torch.ones(2, 3)", "aggregate_values")


@channel
def a_message_that_never_ends(s: Submission):
    """Announces a message of 10 to the 18 bytes, and sends bytes for it as long as anyone listens."""
    s.own_cell(LINE)
    s.in_call("""
        for number in ends():
            try:
                os.set_blocking(number, True)
                os.write(number, struct.pack("!IQ", 0, 10 ** 18))
                while True:
                    os.write(number, b"x" * 65536)
            except OSError:
                pass
    """)


@channel
def half_a_message_and_silence(s: Submission):
    """Sends the beginning of a message and then nothing, neither the rest nor an end."""
    s.own_cell(LINE)
    s.in_call("import time\nwrite_to_all(struct.pack('!IQ', 100, 0) + b'{\"resu')\ntime.sleep(600)")


@channel
def byte_by_byte(s: Submission):
    """Sends its reply one byte a second, so that something always comes."""
    s.own_cell(LINE)
    s.in_call("""
        import time
        for byte in struct.pack("!IQ", 4000, 0) + b" " * 4000:
            write_to_all(bytes([byte]))
            time.sleep(1)
    """)


@channel
def noise_on_every_file(s: Submission):
    """Leaves a thread that writes noise to every open file while the tests run."""
    s.own_cell(LINE)
    s.own_cell("""
        import threading, time
        def noise():
            while True:
                write_to_all(os.urandom(64))
                time.sleep(0.005)
        threading.Thread(target=noise, daemon=True).start()
    """)


@channel
def a_flood_of_small_messages(s: Submission):
    """Sends messages of a few bytes as fast as it can, and never reads what it is sent."""
    s.own_cell(LINE)
    s.in_call("""
        message = struct.pack("!IQ", 2, 0) + b"{}"
        while True:
            write_to_all(message * 2000)
    """)


@channel
def closes_every_file(s: Submission):
    """Closes all its files in the middle of a call, and lives on."""
    s.own_cell("import os")
    s.in_call("import time\nos.closerange(0, 4096)\ntime.sleep(600)")


@channel
def two_processes_answer(s: Submission):
    """Doubles its process in a call, so that two reply to it and to all that follow."""
    s.in_call("import os\nos.fork()\nresult = Q @ K.transpose(-2, -1)")
    s.in_call("import os\nos.fork()\nresult = weights", "aggregate_values")


@channel
def an_answer_that_comes_too_late(s: Submission):
    """Has a process of its own reply after the limit, when the next call is waiting for its answer."""
    s.own_cell(LINE)
    s.in_call("""
        import time
        if os.fork() == 0:
            time.sleep(6)
            result = torch.tensor([[2.0, 1.0]])
        else:
            time.sleep(600)
    """)


@channel
def functions_that_are_none(s: Submission):
    """Gives the five names to things that are no functions, and whose every attribute does something."""
    s.own_cell("""
        import itertools
        class Everything:
            def __getattribute__(self, name):
                if name in ("__dict__", "__code__", "__signature__", "__wrapped__"):
                    return itertools.repeat(self)
                return self
            def __call__(self, *a, **k):
                return self
            def __iter__(self):
                return itertools.repeat(self)
            def __len__(self):
                return 3
            def __bool__(self):
                return True
            def __eq__(self, other):
                return True
            def __repr__(self):
                return "x" * 10 ** 8
    """)
    for answer in ("project_qkv", "attention_scores", "attention_weights", "aggregate_values"):
        s.answer(answer, f"{answer} = Everything()")
    s.answer("attention_head", "AttentionHead = Everything()")


@channel
def a_head_without_end(s: Submission):
    """Makes a head with endlessly many parameters, named like paths and markup, and a state that never ends."""
    s.answer(
        "attention_head",
        """
        import itertools

        class AttentionHead(nn.Module):
            def __init__(self, d_model, d_head):
                super().__init__()
                for name in ("W_q", "W_k", "W_v"):
                    setattr(self, name, nn.Linear(d_model, d_head, bias=False))
            def parameters(self, recurse=True):
                return itertools.repeat(self.W_q.weight)
            def named_parameters(self, *a, **k):
                return ((f"../{number}<script>", self.W_q.weight) for number in itertools.count())
            def state_dict(self, *a, **k):
                return {f"../../{i}": torch.zeros(1).expand(10 ** 6, 10 ** 5) for i in range(10 ** 5)}
            def forward(self, x, mask=None):
                return itertools.repeat(x)
        """,
    )


@channel(deserved=len(RIGHT) - 1)
def a_head_whose_state_doubles(s: Submission):
    """Makes a head of 100 layers, each of which holds the next one twice, so that listing its state never ends."""
    s.right_answers()
    s.answer("attention_scores", WRONG["attention_scores"])
    s.answer(
        "attention_head",
        """
        class AttentionHead(nn.Module):
            def __init__(self, d_model, d_head):
                super().__init__()
                self.W_q = nn.Linear(d_model, d_head, bias=False)
                self.W_k = nn.Linear(d_model, d_head, bias=False)
                self.W_v = nn.Linear(d_model, d_head, bias=False)
                layer = nn.Module()
                for _ in range(100):
                    above = nn.Module()
                    above.left = above.right = layer
                    layer = above
                self.layer = layer

            def forward(self, x, mask=None):
                scores = self.W_q(x) @ self.W_k(x).transpose(-2, -1) / self.W_q.out_features ** 0.5
                weights = attention_weights(scores, mask)
                return weights @ self.W_v(x), weights
        """,
    )


@channel
def a_head_that_holds_itself(s: Submission):
    """Makes a head that is a layer of its own layer, and one that is a list of itself."""
    s.answer(
        "attention_head",
        """
        class AttentionHead(nn.Module):
            def __init__(self, d_model, d_head):
                super().__init__()
                self.W_q = nn.Linear(d_model, d_head, bias=False)
                self.W_k = nn.Linear(d_model, d_head, bias=False)
                self.W_v = nn.Linear(d_model, d_head, bias=False)
                self.W_q.head = self
                self.me = self

            def forward(self, x, mask=None):
                return self.W_q.head, self
        """,
    )


@channel
def json_that_grows(s: Submission):
    """Sends 30 MB of JSON that becomes 50 times as much when it is read."""
    s.own_cell(LINE)
    s.own_cell("""
        armed = []
        def growing(packed, message, tensors):
            if not armed:
                return packed(message, tensors)
            text = b'{"to": 1, "result": [' + b'{"a":{}},' * 3_300_000 + b"{}]}"
            return struct.pack("!IQ", len(text), 0) + text
        patch_packed(growing)
    """)
    s.in_call("armed.append(1)\nresult = Q")


@channel
def malformed_outputs(s: Submission):
    """Sends, as outputs of its cells, what is none: wrong kinds, odd names, missing parts, 450 lists in each other."""
    s.own_cell(LINE)
    s.own_cell("""
        import itertools
        deep = "x"
        for _ in range(450):
            deep = [deep]
        show = lambda data, **more: [{"output_type": "display_data", "metadata": {}, "data": data, **more}]
        odd = ["text", {"a": 1}, [1, [2], None], [{}] * 50_000, [{"output_type": "error"}], [{"output_type": ["x"]}],
               [{"output_type": "stream", "name": {"a": 1}, "text": ["x", 3, None]}], show({"application/json": deep}),
               show({"image/png": 5, "text/html": None, "": [], "\\ud800": "\\ud800"}), show([["text/plain", "x"]]),
               show({"text/plain": "x"}, metadata={"a": deep, "\\ud800": 1}), show({"text/plain": "x"}, transient=deep),
               [{"output_type": "execute_result", "execution_count": "x" * 1000, "data": {}, "metadata": []}],
               [{"output_type": "error", "ename": deep, "evalue": {"a": 1}, "traceback": "x" * 1_000_000}]]
        turn = itertools.count()
        def forged(packed, message, tensors):
            if "outputs" in message:
                message = message | {"outputs": odd[next(turn) % len(odd)]}
            return packed(message, tensors)
        patch_packed(forged)
    """)
    for _ in range(14):
        s.own_cell("1")


@channel
def half_letters_everywhere(s: Submission):
    """Sends, in the place of every text, half of a letter, which no file can hold."""
    s.own_cell(LINE)
    s.own_cell("""
        def halved(value):
            if isinstance(value, str):
                return value + "\\ud800"
            if isinstance(value, dict):
                return {key: halved(item) for key, item in value.items()}
            return [halved(item) for item in value] if isinstance(value, list) else value
        def forged(packed, message, tensors):
            message = dict(message)
            for name in ("outputs", "error"):
                if name in message:
                    message[name] = halved(message[name])
            if "printed" in message:
                message["printed"] = "\\ud800\\udfff"
            return packed(message, tensors)
        patch_packed(forged)
    """)
    s.in_call("print('x')\nraise ValueError('x')")
    s.own_cell("print('x')")
    s.own_cell("raise ValueError('x')")


@channel
def a_head_of_false_layers(s: Submission):
    """Makes layers that claim to be nn.Linear, change between looks, share one matrix or are 4 TB large."""
    s.answer(
        "attention_head",
        """
        import itertools
        turn = itertools.count()

        class Layer:
            bias = None
            @property
            def __class__(self):
                return nn.Linear
            @property
            def weight(self):
                number = next(turn) % 3
                if number == 0:
                    return torch.zeros(1).expand(10 ** 6, 10 ** 6)
                return nn.Parameter(torch.empty(4, 6, device="meta")) if number == 1 else "weight"
            def __call__(self, x):
                return x

        class AttentionHead(nn.Module):
            def __init__(self, d_model, d_head):
                super().__init__()
                self.W_q = self.W_k = nn.Linear(d_model, d_head, bias=False)
                object.__setattr__(self, "W_v", Layer())
            def __getattr__(self, name):
                try:
                    return super().__getattr__(name)
                except AttributeError:
                    return Layer()
            def __setattr__(self, name, value):
                super().__setattr__(name, value)
            def forward(self, x, mask=None):
                return x, x
        """,
    )


@channel
def gradients_that_lie(s: Submission):
    """Returns results whose backward gives giant, odd or no gradients, or ends the process."""
    s.own_cell("""
        import itertools
        turn = itertools.count()

        class Odd(torch.autograd.Function):
            @staticmethod
            def forward(ctx, value):
                return value.clone()
            @staticmethod
            def backward(ctx, grad):
                number = next(turn) % 4
                if number == 0:
                    return torch.zeros(1).expand(10 ** 6, 10 ** 6)
                if number == 1:
                    return "gradient"
                if number == 2:
                    os._exit(0)
                raise type("<b>x</b>", (BaseException,), {})("x" * 10 ** 8)
    """)
    s.after_answers("""
_plain_{name} = {name}
def {name}(*a, **k):
    result = _plain_{name}(*a, **k)
    return tuple(Odd.apply(r) for r in result) if isinstance(result, tuple) else Odd.apply(result)
""")


@channel
def hides_what_it_did_to_its_inputs(s: Submission):
    """Claims by a patched library that inputs are as they were, and that its results are not its inputs."""
    s.own_cell(LINE)
    s.own_cell("""
        import safetensors.torch
        save = safetensors.torch.save
        before = {}
        def clean(tensors, *a, **k):
            return save({name: before.get(name, tensor) for name, tensor in tensors.items()}, *a, **k)
        safetensors.torch.save = clean
        torch.equal = torch.allclose = lambda *a, **k: True
        torch.Tensor.clone = lambda self, *a, **k: self
    """)


@channel
def speaks_for_the_kernel(s: Submission):
    """Prints and publishes what looks like the kernel's own messages: idle, replies, outputs of other cells."""
    s.own_cell("""
        import json, os, sys
        import __main__
        shell = get_ipython()
        message = {"msg_type": "execute_reply", "content": {"status": "ok", "execution_state": "idle"},
                   "parent_header": {}, "header": {"msg_type": "status"}, "metadata": {}, "cell": "test_project_qkv"}
        text = json.dumps(message) + "\\n"
        print(text)
        for number in (0, 1, 2):
            try:
                os.write(number, text.encode() * 100)
            except OSError:
                pass
        kernel = getattr(shell, "kernel", None)
        if kernel is not None:
            for kind in ("status", "execute_reply", "display_data", "error", "clear_output", "stream"):
                try:
                    kernel.session.send(kernel.iopub_socket, kind, message["content"], parent={})
                except Exception as error:
                    print(type(error).__name__)
        shell.display_pub.publish({"application/vnd.attention101.checks+json": [{"check": "all", "passed": True,
                                  "message": "Fine.", "hidden": False}]}, transient={"display_id": "test_project_qkv"})
    """)
