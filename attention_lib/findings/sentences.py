"""What students read about a finding: one sentence that says it, one that says why, and a small example.

No example is an answer of the lesson: they are about prices, rows and names of other things.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from attention_lib.findings.finding import Finding


@dataclass(frozen=True)
class Sentence:
    """A template and what comes with it.

    text: `{names}` stands for all names, `{any}` for them with "or", `{numbers}` likewise; `{code}` for the piece of
        code, `{line}` for another line
    why: what is better about the other way
    before, after: a small example
    section: title of the lesson's section that explains it, "" where none does
    """

    text: str
    why: str
    before: str
    after: str
    section: str = ""


_PROJECTIONS = "4 · Linear projections"
_SCORES = "5 · Scaled dot-product scores"
_SOFTMAX = "6 · Softmax and attention weights"
_VALUES = "7 · Value aggregation"
_HEAD = "8 · The full attention head"
_NAMES = "1 · Introduction and theory"

_FIXED = "The number stays as it is when the inputs have another size."
_UNUSED = "A reader looks for what it is there for, and finds nothing."
_NO_CHANGE = "A step that changes nothing makes a reader ask what it is for, and takes time at each call."
_ONE_BY_ONE = "torch does it for all rows in one operation, which is shorter and many times faster."
_NONE = "There is only one `None`, so `is` asks exactly that; `==` may be answered by the tensor."
_HIDES = "Here the name means your value, so the other meaning is out of reach."

SENTENCES: dict[str, dict[str, Sentence]] = {
    "hard_coded_size": {
        "size": Sentence(
            "A size of the inputs is written into the code: {numbers}.",
            _FIXED,
            "zeros = torch.zeros(20)",
            "zeros = torch.zeros(table.shape[0])",
            _PROJECTIONS,
        ),
        "under a root": Sentence(
            "Under a root stands {numbers}, where a size of the inputs belongs.",
            _FIXED,
            "spread = total / math.sqrt(20)",
            "spread = total / math.sqrt(table.shape[0])",
            _SCORES,
        ),
        "divisor": Sentence(
            "What to divide by is written into the code as a number: {numbers}.",
            _FIXED,
            "mean = table.sum(0) / 20",
            "mean = table.sum(0) / table.shape[0]",
            _SCORES,
        ),
        "root as a number": Sentence(
            "A root of a size is written into the code as a number: {numbers}.",
            _FIXED,
            "spread = total * 0.1768",
            "spread = total / math.sqrt(table.shape[0])",
            _SCORES,
        ),
        "asked for": Sentence(
            "The code asks for a certain size: {numbers}.",
            "Code that works for every size need not ask for one.",
            "if table.shape[0] == 20:\n    mean = table.sum(0) / 20\nelse:\n    mean = table.mean(0)",
            "mean = table.mean(0)",
            _PROJECTIONS,
        ),
    },
    "loop": {
        "for": Sentence(
            "This `for` loop ({names}) computes one row at a time.",
            _ONE_BY_ONE,
            "doubled = []\nfor row in table:\n    doubled.append(row * 2)",
            "doubled = table * 2",
            _VALUES,
        ),
        "while": Sentence(
            "This `while` loop ({names}) computes one row at a time.",
            _ONE_BY_ONE,
            "i = 0\nwhile i < table.shape[0]:\n    total = total + table[i]\n    i += 1",
            "total = table.sum(0)",
            _VALUES,
        ),
        "comprehension": Sentence(
            "This comprehension ({names}) computes one row at a time.",
            _ONE_BY_ONE,
            "torch.stack([row * 2 for row in table])",
            "table * 2",
            _VALUES,
        ),
        "map": Sentence(
            "This `map` ({names}) computes one row at a time.",
            _ONE_BY_ONE,
            "torch.stack(list(map(lambda row: row * 2, table)))",
            "table * 2",
            _VALUES,
        ),
    },
    "dead_code": {
        "variable": Sentence(
            "Nothing reads {any}.", _UNUSED, "count = len(prices)\nreturn sum(prices)", "return sum(prices)"
        ),
        "afterwards": Sentence(
            "Nothing reads the last value of {any}.", _UNUSED, "total = total + 1\nreturn prices", "return prices"
        ),
        "list": Sentence(
            "Nothing reads what is put into {names}.",
            _UNUSED,
            "seen = []\nseen.append(price)\nreturn price",
            "return price",
        ),
        "import": Sentence(
            "No cell uses the import of {any}.", _UNUSED, "import random\n\nreturn price", "return price"
        ),
        "function": Sentence(
            "Nothing calls {any}.", _UNUSED, "def half(price):\n    return price / 2\n\nreturn price", "return price"
        ),
        "parameter": Sentence(
            "Nothing in the function reads its parameter {any}.",
            _UNUSED,
            "def half(price, count):\n    return price / 2",
            "def half(price):\n    return price / 2",
        ),
        "loop variable": Sentence(
            "Nothing in the loop reads {any}.",
            _UNUSED,
            "for i, price in enumerate(prices):\n    print(price)",
            "for price in prices:\n    print(price)",
        ),
        "attribute": Sentence(
            "Nothing in the class reads {any}.",
            _UNUSED,
            "self.count = count\nself.total = count * price",
            "self.total = count * price",
        ),
        "overwritten": Sentence(
            "Line {line} overwrites {names} before anything has read it.",
            "What was computed before is lost, so either it is not needed or a name is wrong.",
            "price = 3\nprice = offers[0]",
            "price = offers[0]",
        ),
        "unreachable": Sentence(
            "These lines come after the `{plain}` in line {line} and are never run.",
            "A reader takes them for part of what the function does.",
            "return price\nprint(price)",
            "print(price)\nreturn price",
        ),
        "never run": Sentence(
            "No call ever gets to these lines.",
            "A reader takes them for part of what the function does.",
            'if False:\n    print("checked")\nreturn price',
            "return price",
        ),
        "stub": Sentence(
            "The `raise NotImplementedError` that was there to be replaced is still there and never run.",
            "It says that something is missing, and nothing is.",
            "return price\nraise NotImplementedError()",
            "return price",
        ),
        "self assignment": Sentence("This line assigns {names} to itself.", _NO_CHANGE, "price = price", ""),
        "thrown away": Sentence(
            "The result of {code} goes nowhere.",
            "Such a call gives a new value and leaves the old one as it was.",
            "prices.clamp(0, 9)\nreturn prices",
            "prices = prices.clamp(0, 9)\nreturn prices",
        ),
        "unused value": Sentence(
            "The value of {code} goes nowhere.",
            "In a function a value has to be returned or stored; only the last line of a cell shows one.",
            "def half(n):\n    n / 2",
            "def half(n):\n    return n / 2",
        ),
        "pass": Sentence("This `pass` does nothing.", "It only fills an empty block.", "price = 3\npass", "price = 3"),
        "defined twice": Sentence(
            "There are two definitions of {names}, and only the last one counts.",
            "A reader may read, and mend, the one that is never used.",
            "def half(n):\n    return n * 0.5\n\ndef half(n):\n    return n / 2",
            "def half(n):\n    return n / 2",
        ),
    },
    "redundant_step": {
        "no effect": Sentence("{code} changes nothing.", _NO_CHANGE, "prices = prices * 1.0", ""),
        "transposed twice": Sentence(
            "{code} transposes twice, which gives what was there before.",
            _NO_CHANGE,
            "table.transpose(0, 1).transpose(0, 1)",
            "table",
            _SCORES,
        ),
        "transposed twice on two lines": Sentence(
            "{code} takes back the transposition of line {line}.",
            _NO_CHANGE,
            "turned = table.transpose(0, 1)\nsums = turned.transpose(0, 1).sum(0)",
            "sums = table.sum(0)",
            _SCORES,
        ),
        "unsqueezed": Sentence(
            "{code} adds a dimension and takes it away again.", _NO_CHANGE, "row.unsqueeze(0).squeeze(0)", "row"
        ),
        "unsqueezed on two lines": Sentence(
            "{code} takes away the dimension that line {line} added.",
            _NO_CHANGE,
            "wide = row.unsqueeze(0)\nrow = wide.squeeze(0)",
            "",
        ),
        "round trip": Sentence(
            "{code} goes to float64 and straight back.",
            "Nothing is computed in between, so no digit is gained.",
            "prices.double().float()",
            "prices",
        ),
        "round trip on two lines": Sentence(
            "{code} takes back the step to float64 of line {line}.",
            "Nothing is computed in between, so no digit is gained.",
            "exact = prices.double()\nprices = exact.float()",
            "",
        ),
        "called twice": Sentence("{code} does the same twice.", _NO_CHANGE, "prices.float().float()", "prices.float()"),
        "own shape": Sentence(
            "{code} gives the tensor the shape that it has.", _NO_CHANGE, "table.view(table.shape)", "table"
        ),
        "negated twice": Sentence("{code} negates twice.", _NO_CHANGE, "~~is_cheap", "is_cheap"),
        "negated twice on two lines": Sentence(
            "{code} takes back the negation of line {line}.", _NO_CHANGE, "is_dear = ~is_cheap\nchosen = ~is_dear", ""
        ),
        "copy of fresh": Sentence(
            "{code} copies what was only just made.",
            "Nothing else holds the first one, so the copy protects nothing.",
            "(prices + 1).clone()",
            "prices + 1",
        ),
        "needless copy": Sentence(
            "{code} makes a copy that protects nothing.",
            "Nothing here changes a tensor in place, and what is computed is new anyway.",
            "copy = prices.clone()\nreturn copy * 2",
            "return prices * 2",
        ),
        "another name": Sentence(
            "{code} only gives the same thing a second name.",
            "A reader has to keep in mind that both mean the same.",
            "cost = price\nreturn cost * count",
            "return price * count",
        ),
        "both branches": Sentence(
            "Both branches compute {code}.",
            "Computed once before the branch, it is written once and cannot come to differ.",
            "if discount is None:\n    return prices @ counts\nreturn (prices @ counts) * discount",
            "total = prices @ counts\nreturn total if discount is None else total * discount",
        ),
        "computed twice": Sentence(
            "{code} is computed again; line {line} has done it.",
            "Kept in a variable, the work is done once, and a reader sees that both are the same.",
            "share = prices / prices.sum()\nreturn share, prices.sum()",
            "total = prices.sum()\nreturn prices / total, total",
            _HEAD,
        ),
        "normalised again": Sentence(
            "{code} divides by sums that are 1 already, because of the softmax in line {line}.",
            "Each row of a softmax adds up to 1.",
            "shares = prices / prices.sum()\nshares = shares / shares.sum()",
            "shares = prices / prices.sum()",
            _SOFTMAX,
        ),
        "shifted before softmax": Sentence(
            "{code} subtracts the largest score of each row before the softmax in line {line}.",
            "It changes no weight, and torch's own softmax does it anyway, so that nothing overflows.",
            "(prices - prices.max()).softmax(0)",
            "prices.softmax(0)",
            _SOFTMAX,
        ),
        "multiplied and divided": Sentence(
            "{code} multiplies and divides by the same number.", _NO_CHANGE, "prices * 3 / 3", "prices"
        ),
        "multiplied and divided on two lines": Sentence(
            "{code} takes back the factor of line {line}.", _NO_CHANGE, "more = prices * 3\nprices = more / 3", ""
        ),
        "masked again": Sentence(
            "{code} sets to 0 what the softmax in line {line} has made 0.",
            "In every row with something left to see, minus infinity before the softmax gives exactly 0 after it.",
            "shown = prices.clamp(min=0)\nshown[shown < 0] = 0",
            "shown = prices.clamp(min=0)",
            _SOFTMAX,
        ),
        "collected twice": Sentence(
            "{code} collects the same things twice.", _NO_CHANGE, "tuple([first, second])", "(first, second)"
        ),
        "copied one by one": Sentence(
            "{code} copies one by one without changing anything.", _NO_CHANGE, "[row for row in rows]", "list(rows)"
        ),
        "negated comparison": Sentence(
            "{code} negates a comparison that has an opposite.",
            "The opposite says it without a turn.",
            "not price == 3",
            "price != 3",
        ),
        "not not": Sentence("{code} negates twice.", _NO_CHANGE, "not not is_cheap", "is_cheap"),
        "true or false": Sentence(
            "{code} chooses between `True` and `False`, and the condition is that already.",
            _NO_CHANGE,
            "True if price < 3 else False",
            "price < 3",
        ),
        "useless return": Sentence(
            "This `return` at the end does nothing.", _NO_CHANGE, "print(price)\nreturn", "print(price)"
        ),
        "raised again": Sentence(
            "This `except` only raises again what it caught.",
            _NO_CHANGE,
            "try:\n    pay(price)\nexcept ValueError:\n    raise",
            "pay(price)",
        ),
    },
    "non_idiomatic_call": {
        "data": Sentence(
            "`.data` ({names}) goes round torch's record of what was computed.",
            "No gradient comes through; `.detach()` is the way to leave gradients out where that is wanted.",
            "copy = prices.data",
            "copy = prices.detach()",
        ),
        "Tensor": Sentence(
            "`torch.Tensor` makes a tensor of numbers here, for which there is `torch.tensor`.",
            "`torch.Tensor` is the class; given a number, it makes a tensor of that size with arbitrary numbers.",
            "torch.Tensor([0.5, 2.0])",
            "torch.tensor([0.5, 2.0])",
        ),
        "forward": Sentence(
            "`forward` of {names} is called by name.",
            "Calling the layer itself does the same and also runs what torch has registered on it.",
            "y = self.norm.forward(x)",
            "y = self.norm(x)",
            _HEAD,
        ),
        "super": Sentence(
            "The base class's `__init__` is reached by naming classes.",
            "`super().__init__()` says the same and stays right when a class gets another name.",
            "super(Shop, self).__init__()",
            "super().__init__()",
            _HEAD,
        ),
        "range len": Sentence(
            "The loop counts up to a length only to look each element up.",
            "Going over the elements themselves needs no index that could be wrong.",
            "for i in range(len(names)):\n    print(names[i])",
            "for name in names:\n    print(name)",
        ),
        "numpy": Sentence(
            "NumPy is called on a tensor: {names}.",
            "It leaves torch, so gradients are lost or refused; torch has the same functions.",
            "np.exp(prices)",
            "torch.exp(prices)",
        ),
        "by way of numpy": Sentence(
            "NumPy computes with {names}, and the result is turned back into a tensor.",
            "Gradients do not come through NumPy; torch can compute it itself.",
            "torch.from_numpy(np.exp(prices.numpy()))",
            "torch.exp(prices)",
        ),
        "tensor of a tensor": Sentence(
            "{code} makes a tensor of what is one already.",
            "The copy is cut off from what it was computed with, so no gradient comes through.",
            "torch.tensor(prices * 2)",
            "prices * 2",
        ),
        "softmax": Sentence(
            "This is a softmax written out by hand.",
            "torch's own is shorter, and stays finite for large scores without a trick.",
            "e = prices.exp()\nshares = e / e.sum(-1, keepdim=True)",
            "shares = prices.softmax(-1)",
            _SOFTMAX,
        ),
        "Variable": Sentence(
            "{code} gives back the tensor that it gets.",
            "`Variable` is left from times when a tensor could not record gradients itself.",
            "torch.autograd.Variable(prices)",
            "prices",
        ),
        "operator": Sentence(
            "For {names} there is the operator `@`.",
            "It is shorter, and needs no import.",
            "operator.matmul(a, b)",
            "a @ b",
            _PROJECTIONS,
        ),
        "root": Sentence(
            "{code} makes a tensor of one number, only to take its root.",
            "A size is a number of Python's, and `math.sqrt` takes its root.",
            "torch.sqrt(torch.tensor(float(len(prices))))",
            "math.sqrt(len(prices))",
            _SCORES,
        ),
        "none": Sentence(
            "{code} compares with `None` by value.", _NONE, "if discount == None:", "if discount is None:"
        ),
        "truth value": Sentence(
            "{code} compares with a truth value.",
            "What is true or false already can be used as it is, and `~` turns a boolean tensor round.",
            "cheap[is_sold == False]",
            "cheap[~is_sold]",
        ),
        "not is": Sentence("{code} negates an `is`.", "`is not` reads as one.", "not a is None", "a is not None"),
        "not in": Sentence("{code} negates an `in`.", "`not in` reads as one.", "not a in shops", "a not in shops"),
        "type": Sentence(
            "{code} compares types.",
            "`isinstance` also accepts what is made from that type.",
            "type(price) == float",
            "isinstance(price, float)",
        ),
        "bare except": Sentence(
            "This `except` names no error, so it catches every one.",
            "Mistakes in the code above it, and even Ctrl+C, pass unseen.",
            "try:\n    pay(price)\nexcept:\n    pass",
            "try:\n    pay(price)\nexcept ValueError:\n    pass",
        ),
        "lambda": Sentence(
            "A `lambda` gets the name {names}, where `def` is made for that.",
            "With `def` the name stands in error messages, and there is room for a docstring.",
            "half = lambda n: n / 2",
            "def half(n):\n    return n / 2",
        ),
        "is a literal": Sentence(
            "{code} compares with a literal by `is`.",
            "Whether two equal numbers or texts are one object is up to Python; `==` asks for the value.",
            'shop is "corner"',
            'shop == "corner"',
        ),
        "mutable default": Sentence(
            "A default value here is a list or dictionary that all calls share.",
            "What one call puts in, the next one finds there.",
            "def add(price, basket=[]):",
            "def add(price, basket=None):",
        ),
        "comprehension": Sentence(
            "{code} has a shorter form as a comprehension.",
            "The comprehension builds the collection at once.",
            "list(n + 1 for n in prices)",
            "[n + 1 for n in prices]",
        ),
    },
    "unclear_name": {
        "says nothing": Sentence(
            "The name {any} does not say what it stands for.",
            "A name from the formula or the task saves the reader a look at how it was made.",
            "tmp = prices.sum()",
            "total = prices.sum()",
            _NAMES,
        ),
        "hides a module": Sentence("Readers expect a module under the name {any}.", _HIDES, "np = 3", "count = 3"),
        "hides a function": Sentence(
            "The lesson has something else under the name {any}.",
            _HIDES,
            "total = total(prices)",
            "sum_of_prices = total(prices)",
        ),
        "hides a builtin": Sentence(
            "Python has a function built in under the name {any}.", _HIDES, "sum = a + b", "total = a + b"
        ),
        "looks like a digit": Sentence(
            "The name {any} looks like a digit.",
            "`l` and `I` look like 1, and `O` like 0, in many fonts.",
            "l = len(prices)",
            "count = len(prices)",
        ),
    },
    "missing_shape_comment": {
        "none": Sentence(
            "{names} changes shapes more than once and says none of them.",
            "One comment with the shapes lets a reader follow without computing them.",
            "sums = table.unsqueeze(0) + rows",
            "sums = table.unsqueeze(0) + rows  # (n_rows, n_prices)",
            _PROJECTIONS,
        ),
    },
}


def sentence_of(finding: Finding) -> Sentence:
    """The template for a finding, with its fields filled in."""
    template = SENTENCES[finding.kind][finding.form]
    names = [f"`{name}`" for name in finding.names]
    code = f"`{finding.code}`" if finding.code else "What this line does"
    text = template.text.format(
        names=_listed(names, "and"),
        any=_listed(names, "or"),
        numbers=_listed([f"{value:g}" for value in finding.numbers], "and"),
        code=f"{code} (and {finding.more} more like it)" if finding.more else code,
        plain=finding.code,
        line=finding.elsewhere,
    )
    return Sentence(text, template.why, template.before, template.after, template.section)


def text_of(finding: Finding) -> str:
    """What is wrong and why, in two sentences."""
    said = sentence_of(finding)
    return f"{said.text} {said.why}"


def _listed(words: Sequence[str], last: str) -> str:
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
