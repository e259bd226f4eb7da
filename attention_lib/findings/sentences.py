"""What students read about a finding: one sentence that says it, one that says why, and a small example.

No example is an answer of the lesson: they are about prices, rows and names of other things.
"""

from dataclasses import dataclass

from attention_lib.findings.finding import Finding
from attention_lib.sentences import listed, listed_names


@dataclass(frozen=True)
class Sentence:
    """A template and what comes with it.

    text: `{names}` stands for all names, `{any}` for them with "or", `{first}` for the first; `{numbers}` likewise;
        `{code}` for the piece of code, `{plain}` for it without marks, `{line}` for another line
    why: what is better about the other way
    before, after: a small example; "" where nothing is left
    section: title of the lesson's section that explains it, "" where none does
    apart: the text where another line has its part in it, "" if that is the same
    """

    text: str
    why: str
    before: str
    after: str
    section: str = ""
    apart: str = ""


_NAMES = "1 · Introduction and theory"
_PROJECTIONS = "4 · Linear projections"
_SCORES = "5 · Scaled dot-product scores"
_SOFTMAX = "6 · Softmax and attention weights"
_VALUES = "7 · Value aggregation"
_HEAD = "8 · The full attention head"

_FIXED = "With inputs of another size the number would be wrong, and the inputs know their sizes."
_UNUSED = "Whoever reads the code has to find out what it is for, and it is for nothing."
_NOT_RUN = "Whoever reads the code takes it for a part of what the function does."
_NO_CHANGE = "Without it the result is the same, and there is less to read and to compute."
_HIDES = "Below this line the name means your value, and the other meaning is out of reach."

SENTENCES: dict[str, dict[str, Sentence]] = {
    "hard_coded_size": {
        "size": Sentence(
            "A size of the inputs is written into the code as a number: {numbers}.",
            _FIXED,
            "mean = table.sum(0) / 20",
            "mean = table.sum(0) / table.shape[0]",
            _PROJECTIONS,
        ),
        "root": Sentence(
            "A number stands where a size of the inputs, or its root, belongs: {numbers}.",
            _FIXED,
            "spread = total / math.sqrt(20)",
            "spread = total / math.sqrt(table.shape[0])",
            _SCORES,
        ),
        "asked for": Sentence(
            "The code asks whether a size is {numbers}.",
            "Code that works for every size need not ask for a certain one.",
            "if table.shape[0] == 20:\n    mean = table.sum(0) / 20\nelse:\n    mean = table.mean(0)",
            "mean = table.mean(0)",
            _PROJECTIONS,
        ),
    },
    "loop": {
        "rows": Sentence(
            "This {plain} ({names}) goes through a tensor piece by piece.",
            "torch can do all of them in one operation, which is shorter and many times faster.",
            "doubled = []\nfor row in table:\n    doubled.append(row * 2)",
            "doubled = table * 2",
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
            "Nothing uses the import of {any}.", _UNUSED, "import random\n\nreturn price", "return price"
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
            "If no other cell reads it either, it is there for nothing.",
            "self.count = count\nself.total = count * price",
            "self.total = count * price",
        ),
        "overwritten": Sentence(
            "Line {line} overwrites {names} before anything has read it.",
            "What was computed before is lost, so either it is not needed or one of the names is wrong.",
            "price = 3\nprice = offers[0]",
            "price = offers[0]",
        ),
        "unreachable": Sentence(
            "Nothing gets past the `{plain}` in line {line} to this code.",
            _NOT_RUN,
            "return price\nprint(price)",
            "print(price)\nreturn price",
        ),
        "never run": Sentence(
            "No call gets to this code behind the `if` in line {line}.",
            _NOT_RUN,
            'if False:\n    print("checked")\nreturn price',
            "return price",
        ),
        "stub": Sentence(
            "The `raise NotImplementedError` that was there to be replaced is still there, and is never run.",
            "It says that something is missing, and nothing is.",
            "return price\nraise NotImplementedError()",
            "return price",
        ),
        "self assignment": Sentence(
            "{names} is assigned to itself.", _NO_CHANGE, "price = price\nreturn price", "return price"
        ),
        "thrown away": Sentence(
            "{code} gives a new value, and nothing keeps it.",
            "Such a call leaves the old value as it was, so its result has to be stored or returned.",
            "prices.clamp(0, 9)\nreturn prices",
            "prices = prices.clamp(0, 9)\nreturn prices",
        ),
        "unused value": Sentence(
            "{code} is computed, and nothing keeps it.",
            "A function has to return or store a value; only the last line of a cell shows one by itself.",
            "def half(n):\n    n / 2",
            "def half(n):\n    return n / 2",
        ),
        "pass": Sentence(
            "This `pass` does nothing.", "It is there to fill an empty block.", "price = 3\npass", "price = 3"
        ),
        "defined twice": Sentence(
            "{names} is defined twice, and only the last definition counts.",
            "Whoever mends the first one will wonder why nothing changes.",
            "def half(n):\n    return n * 0.5\n\ndef half(n):\n    return n / 2",
            "def half(n):\n    return n / 2",
        ),
    },
    "redundant_step": {
        "no effect": Sentence(
            "{code} gives what was there before.", _NO_CHANGE, "prices = prices * 1.0\nreturn prices", "return prices"
        ),
        "transposed twice": Sentence(
            "{code} transposes twice, which gives what was there before.",
            _NO_CHANGE,
            "table.transpose(0, 1).transpose(0, 1)",
            "table",
            _SCORES,
            "{code} takes back the transposition in line {line}.",
        ),
        "product turned back": Sentence(
            "{code} transposes a product of which a factor was transposed already.",
            "`(a @ b).mT` is `b.mT @ a.mT`, so with the factors in the other order there is less to turn.",
            "(counts @ prices.mT).mT",
            "prices @ counts.mT",
            _SCORES,
        ),
        "unsqueezed": Sentence(
            "{code} adds a dimension and takes it away again.",
            _NO_CHANGE,
            "row.unsqueeze(0).squeeze(0)",
            "row",
            apart="{code} takes away the dimension that line {line} added.",
        ),
        "unsqueezed product": Sentence(
            "{code} takes away the dimension that both factors of the product were given.",
            "A matrix product works on the last two dimensions, with any number of others before them or none.",
            "(a.unsqueeze(0) @ b.unsqueeze(0)).squeeze(0)",
            "a @ b",
            _VALUES,
        ),
        "round trip": Sentence(
            "{code} goes to float64 and straight back.",
            "Nothing is computed in between, so it gains no digits.",
            "prices.double().float()",
            "prices",
            apart="{code} takes back the step to float64 in line {line}.",
        ),
        "called twice": Sentence("{code} does the same twice.", _NO_CHANGE, "prices.float().float()", "prices.float()"),
        "own shape": Sentence(
            "{code} asks for the shape that the tensor already has.", _NO_CHANGE, "table.view(table.shape)", "table"
        ),
        "expanded for nothing": Sentence(
            "{code} makes the mask larger, and `masked_fill` does that by itself.",
            "Operations on two tensors broadcast: dimensions of size 1, or missing ones in front, are repeated.",
            "table.masked_fill(is_sold.expand_as(table), 0)",
            "table.masked_fill(is_sold, 0)",
            _SOFTMAX,
        ),
        "negated twice": Sentence(
            "{code} negates twice.",
            _NO_CHANGE,
            "is_dear = ~is_cheap\nchosen = ~is_dear",
            "chosen = is_cheap",
            apart="{code} takes back the negation in line {line}.",
        ),
        "copy of fresh": Sentence(
            "{code} copies what was only just computed.",
            "Nothing else uses the first one, so the copy protects nothing.",
            "(prices + 1).clone()",
            "prices + 1",
        ),
        "needless copy": Sentence(
            "{code} makes a copy that is not needed.",
            "Nothing here is changed in place, and what is computed from it is a new tensor anyway.",
            "copy = prices.clone()\nreturn copy * 2",
            "return prices * 2",
        ),
        "another name": Sentence(
            "{code} only gives the same thing a second name.",
            "From there on one has to remember that both names mean the same.",
            "cost = price\nreturn cost * count",
            "return price * count",
        ),
        "both branches": Sentence(
            "Both branches compute {code}.",
            "Computed once, outside the branch, it is written once, and the two cannot come to differ.",
            "if discount is None:\n    return prices @ counts\nreturn (prices @ counts) * discount",
            "total = prices @ counts\nreturn total if discount is None else total * discount",
        ),
        "takes None": Sentence(
            "{code} does the right thing for `None`, too, so that the branch is not needed.",
            "A function with a default for `None` asks about it itself.",
            "if n is None:\n    parts = text.split()\nelse:\n    parts = text.split(n)",
            "parts = text.split(n)",
            _HEAD,
        ),
        "computed twice": Sentence(
            "{code} is computed again; line {line} has done it already.",
            "Kept in a variable it is computed once, and everybody sees that both are the same.",
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
            "{code} subtracts the largest score of each row, which the softmax in line {line} does, too.",
            "It changes no weight, and torch's softmax takes care by itself that nothing overflows.",
            "(prices - prices.max()).softmax(0)",
            "prices.softmax(0)",
            _SOFTMAX,
        ),
        "multiplied and divided": Sentence(
            "{code} multiplies and divides by the same number.",
            _NO_CHANGE,
            "prices * 3 / 3",
            "prices",
            apart="{code} takes back the factor in line {line}.",
        ),
        "masked again": Sentence(
            "{code} sets to 0 what is 0 already, because of the softmax in line {line}.",
            "In a row with something left to see, minus infinity before the softmax gives exactly 0 after it.",
            "shown = prices.clamp(min=0)\nshown[shown < 0] = 0",
            "shown = prices.clamp(min=0)",
            _SOFTMAX,
        ),
        "collected twice": Sentence(
            "{code} builds one collection only to make another of it.",
            _NO_CHANGE,
            "tuple([first, second])",
            "(first, second)",
        ),
        "copied one by one": Sentence(
            "{code} goes through the elements and changes none of them.",
            "`list` does it in a word.",
            "[row for row in rows]",
            "list(rows)",
        ),
        "negated comparison": Sentence(
            "{code} negates a comparison that has an opposite.",
            "The opposite says the same without a `not`.",
            "not price == 3",
            "price != 3",
        ),
        "not not": Sentence("{code} negates twice.", _NO_CHANGE, "if not not is_cheap:", "if is_cheap:"),
        "true or false": Sentence(
            "{code} chooses between `True` and `False`, and the condition is one of them already.",
            _NO_CHANGE,
            "True if price < 3 else False",
            "price < 3",
        ),
        "useless return": Sentence(
            "This `return` at the end does nothing.", _NO_CHANGE, "print(price)\nreturn", "print(price)"
        ),
        "raised again": Sentence(
            "This `except` raises again what it caught, and does nothing else.",
            _NO_CHANGE,
            "try:\n    pay(price)\nexcept ValueError:\n    raise",
            "pay(price)",
        ),
    },
    "non_idiomatic_call": {
        "data": Sentence(
            "`.data` of {names} leaves out torch's record of what was computed.",
            "No gradient comes through; where that is wanted, `.detach()` says so.",
            "copy = prices.data",
            "copy = prices.detach()",
        ),
        "Tensor": Sentence(
            "`torch.Tensor` is used to make a tensor of numbers, for which there is `torch.tensor`.",
            "`torch.Tensor` is the class; given a size, it makes a tensor of that size with arbitrary numbers.",
            "torch.Tensor([0.5, 2.0])",
            "torch.tensor([0.5, 2.0])",
        ),
        "forward": Sentence(
            "{code} calls `forward` by name.",
            "Calling the layer itself does the same, and also runs what is registered on it.",
            "y = self.norm.forward(x)",
            "y = self.norm(x)",
            _HEAD,
        ),
        "super": Sentence(
            "The `__init__` of the class above is called by a class's name.",
            "`super().__init__()` is shorter and stays right when a class gets another name.",
            "super(Shop, self).__init__()",
            "super().__init__()",
            _HEAD,
        ),
        "range len": Sentence(
            "{code} counts, only to look up each element by its number.",
            "A loop over the elements themselves needs no number that could be wrong.",
            "for i in range(len(names)):\n    print(names[i])",
            "for name in names:\n    print(name)",
        ),
        "numpy": Sentence(
            "{first} is NumPy's, and is called on a tensor.",
            "NumPy keeps no gradients and refuses tensors that need them; torch has the same functions.",
            "np.exp(prices)",
            "torch.exp(prices)",
        ),
        "by way of numpy": Sentence(
            "{code} comes back from NumPy, where it was computed from tensors.",
            "No gradient comes through NumPy, and torch can compute the same.",
            "torch.from_numpy(np.exp(prices.numpy()))",
            "torch.exp(prices)",
        ),
        "tensor of a tensor": Sentence(
            "{code} makes a tensor of what is one already.",
            "The copy is cut off from what it was computed from, and torch warns about it.",
            "torch.tensor(prices * 2)",
            "prices * 2",
        ),
        "softmax": Sentence(
            "This is a softmax, written out by hand ({names}).",
            "torch's own is shorter and stays finite for large scores.",
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
            "{code} is what the operator `@` does.",
            "`@` is shorter, and needs no import.",
            "operator.matmul(a, b)",
            "a @ b",
            _PROJECTIONS,
        ),
        "root": Sentence(
            "{code} takes the root of one number by way of a tensor.",
            "A size is a number of Python's, and `math.sqrt` takes its root.",
            "torch.sqrt(torch.tensor(float(len(prices))))",
            "math.sqrt(len(prices))",
            _SCORES,
        ),
        "power": Sentence(
            "{code} is a square root.",
            "`math.sqrt` says so at once.",
            "math.pow(len(prices), 0.5)",
            "math.sqrt(len(prices))",
            _SCORES,
        ),
        "from the front": Sentence(
            "{code} counts the dimensions to find one near the end.",
            "A negative number counts from the end: -1 is the last dimension.",
            "table.unbind(len(table.shape) - 1)",
            "table.unbind(-1)",
            _SCORES,
        ),
        "transposed by einsum": Sentence(
            "{code} only changes the order of the dimensions.",
            "`transpose` says so, and shows which two change places.",
            'torch.einsum("ab->ba", table)',
            "table.transpose(0, 1)",
            _SCORES,
        ),
        "none": Sentence(
            "{code} compares with `None` by value.",
            "There is only one `None`, and `is` asks for that; what `==` answers is up to the value.",
            "if discount == None:",
            "if discount is None:",
        ),
        "truth value": Sentence(
            "{code} compares with a truth value.",
            "What is true or false can be used as it is, and `~` negates a boolean tensor.",
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
            "A `lambda` gets the name {names}, and `def` is made for that.",
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
            "With a name from the formula or the task one need not look up how it was made.",
            "tmp = prices.sum()",
            "total = prices.sum()",
            _NAMES,
        ),
        "letters": Sentence(
            "{names} are letters in a row, and say nothing of what they stand for.",
            "With names from the formula or the task one need not look up which is which.",
            "a = prices.sum()\nb = a / len(prices)",
            "total = prices.sum()\nmean = total / len(prices)",
            _NAMES,
        ),
        "other meaning": Sentence(
            "The name {any} says something else than what it stands for here.",
            "In the lesson's words it means another step, and whoever reads on will take it for that.",
            "prices = counts.flip(0)",
            "turned_counts = counts.flip(0)",
            _NAMES,
        ),
        "hides a module": Sentence("{any} is the usual name of a module.", _HIDES, "np = 3", "count = 3"),
        "hides a function": Sentence(
            "{any} is the name of another part of the lesson.",
            _HIDES,
            "total = total(prices)",
            "sum_of_prices = total(prices)",
        ),
        "hides a builtin": Sentence(
            "{any} is the name of something that Python has built in.", _HIDES, "sum = a + b", "total = a + b"
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
            "{names} changes shapes more than once, and no comment gives them.",
            "One comment with the shapes saves everybody from working them out.",
            "sums = table.unsqueeze(0) + rows",
            "sums = table.unsqueeze(0) + rows  # (n_rows, n_prices)",
            _PROJECTIONS,
        ),
    },
}


def sentence_of(finding: Finding) -> Sentence:
    """The template for a finding, with its fields filled in."""
    template = SENTENCES[finding.kind][finding.form]
    code = f"`{finding.code}`" if finding.code else "this expression"
    text = (template.apart if finding.elsewhere and template.apart else template.text).format(
        names=listed_names(finding.names),
        any=listed_names(finding.names, "or"),
        first=listed_names(finding.names[:1]),
        numbers=listed(f"{value:g}" for value in finding.numbers),
        code=f"{code} (and {finding.more} more like it)" if finding.more else code,
        plain=finding.code,
        line=finding.elsewhere,
    )
    text = text[0].upper() + text[1:]
    return Sentence(text, template.why, template.before, template.after, template.section)


def text_of(finding: Finding) -> str:
    """What is wrong and why, in two sentences."""
    said = sentence_of(finding)
    return f"{said.text} {said.why}"
