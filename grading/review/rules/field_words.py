"""The words of which ordinary names are made, so that a name that is a sentence stands out."""

import re

_FIELD = frozenset(
    """
    a add after all and any arg args array as at attend attended attending attention attn aux axis base batch before
    bias big bmm bool boolean broadcast broadcasted by cached cast causal cell check clamp col cols column columns
    compute computed contracted contiguous count counts current d default denom denominator dense depth diff dim
    dimension dimensions dims dividend divisor dot dots double dtype each einsum embed embedding entries entry exp
    expanded exponent exponentials factor features fill filled final first flag flat flattened float for forward from
    full fused given grad h hand has head heads hidden i idx if in index indices inf init inner input inputs inverse
    is item j joined k keep kept key keys kv l large largest last layer layers left len length lengths like linear list
    log logits long loop lower m make masked mask masks mat matmul matrices matrix max maximum mean merged min minimum
    minus mix mixed model module mul multi multiply n nan neg negative new next no none norm normalised normalization
    normalize normalized not num number numbers numerator of old on one ones or original out outer output outputs over
    pair pairs parameters parts per pos position positions positive previous probabilities probability probs prod
    product products proj project projected projection projections q qk qkv queries query raw reduce reduced ref
    reference repeated res reshape reshaped result results root row rows rowwise running safe same scale scaled scaling
    score scores second self seq sequence sequences shape shaped shapes shift shifted shifting single size sizes small
    softmax sqrt square squeeze stable stack stacked start state step steps sub subtract sum summed sums super swapped
    t take temp temperature tensor tensors test third three time times tmp to token tokens total transpose transposed
    true two unscaled upper use used v val vals value values var vec vector vectors vocab w weight weighted weights
    where width widths with without x xs y z zero zeros
    """.split()
)


def plain_words(name: str) -> list[str]:
    """The words of an identifier that are none of the field, in its order; `snake_case` and `CamelCase` are cut."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name)
    words = [word for word in re.findall(r"[^\W\d]{2,}", spaced.lower()) if word not in _FIELD]
    return words if len(words) > 1 else []
