"""What praise may say: an opinion about something that these lines have, and a reason that the code proves."""

from grading.review.wording.clauses import Clause, Reader, wording
from grading.review.wording.praised_things import ALIASES, THINGS

_OPINIONS = (
    r"(?:{small} )?(?:{det} )?{good}(?: (?:and )?{good})?(?: {idea})?{here}(?: (?:of|to|on|with|in|by|for|here"
    r"|that|how|is))*(?: {use})? {thing}{where}",
    r"(?:i (?:really |particularly |also )?(?:like|appreciate|love|enjoy)|well done(?: on| for| with)?"
    r"|nicely done(?: with)?|(?:it is )?(?:{good}) (?:to see|that you(?: are)?)|kudos for|thanks for|bravo for)"
    r"(?: (?:the|your|how|that|you|to see|here|have))*(?: {use})? {thing}{where}",
    r"(?:{use} )?{thing}{where} (?:is|are|was|makes for|looks|reads|works)(?: (?:a|an|the|for|this|it"
    r"|such))*(?: exactly)?(?: {good})(?: {idea})?"
    r"(?: (?:here|to read|to see|(?:for|in) this (?:task|step|purpose|problem|computation)"
    r"|for (?:understanding|reading|following) (?:the code|it|the steps)|and {good}))*{where}",
    r"(?:(?:you|your (?:code|answer|solution|function)|this (?:code|line|answer|solution|function)|it"
    r"|the (?:code|function|line|answer)) )"
    r"(?:(?:nicely|rightly|correctly|neatly|cleverly|wisely|elegantly|sensibly|carefully|well|properly|cleanly"
    r"|have|are|also|is) )+(?:{use} )?{thing}"
    r"(?: (?:nicely|neatly|well|elegantly|cleanly|here|correctly|properly|to good effect))*{where}",
    r"(?:(?:you|your (?:code|answer|solution|function)|this (?:code|line|answer|solution|function)"
    r"|it) )(?:{use} )?{thing}"
    r"(?: (?:nicely|neatly|well|elegantly|cleanly|correctly|properly|to good effect))+{where}",
    r"(?:nicely|neatly|cleverly|elegantly|cleanly|well|correctly|properly|carefully|concisely) (?:done|written"
    r"|solved|put|expressed|handled|structured|coded){where}(?: (?:with|by|using|through"
    r"|via))?(?: {use})? {thing}{where}",
    r"(?:(?:the|your|this) )?(?:code|answer|solution|function|line|it|this) (?:is|reads"
    r"|looks) {good}(?: and {good})? (?:(?:with|thanks to|because of|by|through"
    r"|due to) )(?:{use} )?{thing}{where}",
)

_MACROS = {
    "art": r"(?:(?:a|an|the|your|this|these|with|clear|short|good|using|use of|of) )*",
    "it": r"(?:(?:so|so that|it|which|this|that|and|they) )*",
    "here": r"(?: here| in this line| on this line)?",
    "before_exp": r"(?:before|ahead of|prior to) (?:(?:the|taking|applying|calling) )*(?:exponential|exponentials"
    r"|exponentiating|exponentiation|exp|exponent)",
    "good": (
        r"(?:(?:very|really|quite|particularly|so|also|just|pretty|nice and) )*(?:good|nice|nicely|great|neat"
        r"|elegant|clean|clear|clever|excellent|smart|tidy|sensible|idiomatic"
        r"|readable|thoughtful|careful|lovely|fine|solid|compact|concise|handy|helpful|useful|wise|correct"
        r"|proper|right|simple|easy to (?:read|follow))"
    ),
    "idea": r"(?:use|usage|choice|idea|decision|habit|way|touch|practice|work|job|call|thinking|move|solution|approach"
    r"|style|option|trick|thought)(?: (?:here|to go|to do (?:it|this)|of (?:doing|writing) (?:it|this)))*",
    "use": (
        r"(?:(?:the|your|by|with|that|you|how|of|to|a) )*(?:(?:makes?|made|making) (?:very )?(?:good|nice"
        r"|great|excellent|clever) use|use|using|used|uses|usage|relying|rely|relies|choosing|chose|choose"
        r"|writing|wrote|write|calling|call|calls|applying"
        r"|apply|applied|adding|added|add|included|including|picked|picking|having|building|builds|build"
        r"|made use|makes use|make use|making use|reusing|reuse|reused|reuses"
        r"|work|works|working|handling|give|giving|avoid|avoids|avoiding|define|defined|defining|factored out"
        r"|factoring out|put|putting|check|checks|checked|checking"
        r"|test|tests|tested|return|returns|returned|combine|combining|combines|keep|keeping|kept|write"
        r"|express|expressing)(?: (?:of|on|for|with|it|this|the result|all|everything|as|in|by))*"
    ),
}


def _any(place: int) -> str:
    """One of the things (0) or of the reasons (1), each only where its fact holds."""
    return "|".join(f"{{?{fact.replace(' ', '_')}:{words[place]}}}" for fact, *words in THINGS if words[place])


def _clauses() -> list[Clause]:
    return [
        *(Clause(opinion, states=True) for opinion in _OPINIONS),
        Clause(r"(?:{use} )?{thing}{where} {reason}{where}", states=True),
        Clause(
            r"(?:(?:you|(?:your|this|the) (?:code|answer|solution|function|line|method|class)"
            r"|it) )?(?:{use} )?{thing}{where}",
            states=True,
        ),
        Clause(
            r"(?:this|that|which|it) (?:is|was) (?:a |an |the )?(?:very )?{good}(?: {idea})?(?: for (?:this"
            r"|the) (?:task|step|purpose|problem|job))?"
        ),
        Clause(
            r"(?:(?:the|your|this) )?(?:(?:{place}|forward) )?(?:code|function|method|answer|solution|line|class"
            r"|it) (?:is|reads|looks) {good}(?: and {good})?{where}"
        ),
        Clause(
            r"{?before_softmax:(?:the )?(?:mask|masking|hidden positions) (?:is|are) (?:handled|treated|applied"
            r"|done) (?:correctly|well|nicely|properly|neatly)}{where}(?: (?:by|with|using|through"
            r"|via) (?:{use} )?{thing})?",
            states=True,
        ),
        Clause(r"(?:by|with|using|through|via|thanks to) (?:{use} )?{thing}{where}", states=True),
        Clause(r"{reason}{where}"),
        Clause(
            r"{good}(?: {idea})?{here}|(?:very )?(?:nicely|well|neatly|cleverly) (?:done|written|solved|put"
            r"|chosen){here}"
        ),
    ]


_MACROS |= {
    "thing": _any(0),
    "reason": _any(1),
}

READER = Reader(wording(_clauses(), aliases=ALIASES, number_words={0.0: "zero", 1.0: "one"}, **_MACROS))
