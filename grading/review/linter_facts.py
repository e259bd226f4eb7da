"""What a linter (ruff) says of shown code: facts for the prompt, so that a model need not guess them."""

from collections.abc import Sequence

from attention_lib.findings.linter import ruff_results

# Unused, redefined and shadowing names; comparisons to None, True, False; loops and calls that have better forms.
_RULES = "F401,F811,F841,E711,E712,E731,E741,A001,B007,B018,RET504,PERF401,PERF402,C4,SIM,UP008,NPY"
# Where ruff's own advice does not fit tensors.
_SENTENCES = {
    "E712": "comparison to True or False by an operator",
    "PERF401": "a list is filled in a loop",
    "PERF402": "a list is copied in a loop",
}


def linter_facts(texts: Sequence[str]) -> list[list[tuple[int, str]]]:
    """For each text its findings, as pairs of line (from 1) and sentence; one run of ruff for all.

    A linter that is missing or fails costs the facts and nothing else.
    """
    facts: list[list[tuple[int, str]]] = [[] for _ in texts]
    for number, result in ruff_results(texts, _RULES):
        sentence = _SENTENCES.get(result["code"], result["message"])
        facts[number].append((result["location"]["row"], f"{result['code']}: {sentence}"))
    return facts
