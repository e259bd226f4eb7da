"""Small answers for the finders."""

from attention_lib.findings.find import find
from attention_lib.findings.finding import Finding
from tests.lesson_answers import ANSWERS


def found_in(source: str, **settings) -> list[Finding]:
    """All that is found in an answer of the lesson."""
    return find([source], ANSWERS.values(), **settings)[0]


def scores(*body: str) -> str:
    """The function `attention_scores` with these lines, the first of which is line 2."""
    return "\n".join(["def attention_scores(Q, K, scale=None):", *(f"    {line}" for line in body)]) + "\n"


def weights(*body: str) -> str:
    """The function `attention_weights` with these lines, the first of which is line 2."""
    return "\n".join(["def attention_weights(scores, mask=None):", *(f"    {line}" for line in body)]) + "\n"


def head(*forward: str, init: tuple[str, ...] = ()) -> str:
    """The class `AttentionHead`; the first line of `forward`'s body is line 9, and more with lines in `init`."""
    layers = [f"self.W_{name} = nn.Linear(d_model, d_head, bias=False)" for name in "qkv"]
    return "\n".join(
        [
            "class AttentionHead(nn.Module):",
            "    def __init__(self, d_model, d_head):",
            "        super().__init__()",
            *(f"        {line}" for line in (*layers, *init)),
            "",
            "    def forward(self, x, mask=None):",
            *(f"        {line}" for line in forward),
        ]
    )
