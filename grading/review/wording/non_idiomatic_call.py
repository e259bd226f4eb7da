"""What a comment on a call that has a better form may say."""

from grading.review.wording.clauses import Clause, Reader, wording

_CLAUSES = (
    Clause(
        r"(?:please |just |here |{in_python} )?(?:you (?:{can}|may want to|might want to){safely} )?(?:use|write"
        r"|prefer|call|say|try) (?:just |simply |only )?{T}{where}(?: (?:here|directly))?(?: (?:instead of"
        r"|rather than|in place of|over|for|not) {F})?(?: instead)?{where}",
        states=True,
    ),
    Clause(
        r"(?:consider|i suggest|i would suggest|try|prefer|better|it is (?:better|more idiomatic|cleaner|clearer"
        r"|usual|common) to|it would be (?:better|more idiomatic|cleaner|clearer) to|the (?:usual|common"
        r"|idiomatic) way is (?:to)?) ?(?:using|writing|use|write|call|calling"
        r"|prefer)? ?{T}{where}(?: (?:instead of|rather than|in place of|over) {F})?(?: instead)?{where}",
        states=True,
    ),
    Clause(
        r"(?:instead of|rather than|in place of) {F}{where}(?: you (?:{can}){safely} (?:use|write|call|say) {T}"
        r"| (?:use|write|prefer|call) {T}| {T} (?:{be} {better_form}|is enough|would do"
        r"|{?same:does the same}))?{where}",
        states=True,
    ),
    Clause(
        r"{F}{where} {can}{safely} (?:be )?(?:written|replaced|expressed|simplified|shortened|become"
        r"|rewritten)(?: (?:more (?:simply|clearly|idiomatically|directly)))?(?: (?:as|by|with|to"
        r"|using))? ?{T}{where}",
        states=True,
    ),
    Clause(
        r"{T} {be}{adv} (?:the )?(?:{better_form})(?: (?:form|way|choice|spelling|here))?(?: (?:than|over"
        r"|to) {F})?{where}",
        states=True,
    ),
    Clause(
        r"{T} (?:{can} be |reads |says it |{?same:does (?:this|that|the same|it)} ?|is enough|would do"
        r"|would be )(?:{better_form}|directly|enough)?(?: than {F})?{where}",
        states=True,
    ),
    Clause(
        r"(?:the )?(?:more |most )?(?:idiomatic|usual|pythonic|common|preferred|recommended|modern|standard"
        r"|conventional) (?:form|way|spelling|choice|style)(?: (?:to write (?:this|it|that)|for this|here"
        r"|in (?:python|torch|pytorch)))* (?:is|would be) {T}{where}",
        states=True,
    ),
    Clause(r"{F}{where} {be}{adv} {worse}{where}", states=True),
    Clause(
        r"(?:you |this line |it |your {part} )?(?:compare|compares|comparing) {what} (?:with|to|against"
        r"|by) {const}(?: (?:with|by|using) {F})?{where}",
        states=True,
    ),
    Clause(
        r"(?:compare|comparing|check|checking|test|testing) {what} (?:with|by|using"
        r"|for) {T}{where}(?: (?:instead of|rather than|not(?: with| by)?) {F})?",
        states=True,
    ),
    Clause(
        r"(?:comparisons?|comparing) (?:with|to) {const} (?:is|are|should be) (?:done|written|made|usually done"
        r"|usually written|better done|better written|best done|always be done|be done)(?: (?:with|by|using"
        r"|as))? {T}{where}",
        states=True,
    ),
    Clause(
        r"{const} (?:is|should be|is usually|is best|should always be) (?:compared|tested"
        r"|checked)(?: for)? (?:with|by|using) {T}(?: (?:not|rather than|instead of) {F})?{where}",
        ("none",),
        True,
    ),
    Clause(r"there is only one {const}|{const} is a singleton|{const} is a single object", ("none",)),
    Clause(r"(?:the |your )?mask is (?:already )?(?:a )?(?:boolean|bool)(?: tensor)?(?: already)?", ("false",)),
    Clause(
        r"(?:the |your )?mask is (?:already )?(?:a )?(?:boolean|bool)(?: tensor)?(?: already)?"
        r"|no comparison is needed",
        ("true",),
    ),
    Clause(
        r"(?:{T}|that|it) (?:negates|inverts|flips) (?:a |the |your )?(?:boolean |bool )?(?:mask"
        r"|tensor)(?: directly)?",
        ("false",),
    ),
    Clause(
        r"you (?:compute|write|write out|wrote|spell out|implement|build) (?:the |a )?softmax (?:out )?(?:yourself"
        r"|by hand|from its formula|manually|step by step){where}|(?:this|here) is (?:the |a )?softmax (?:written "
        r"|done |computed )?(?:by hand|from its formula|written out)",
        ("softmax",),
        True,
    ),
    Clause(
        r"(?:torch|pytorch) (?:already )?(?:has|offers|provides|comes with) (?:this|it|that|{T}|a softmax"
        r"|a function for (?:this|that|it))(?: built in)?(?: for (?:this|that|it))?{where}",
        ("softmax",),
        True,
    ),
    Clause(
        r"(?:which|that|it|this|{T}) (?:also )?is (?:also )?numerically stable",
        ("softmax",),
    ),
    Clause(
        r"(?:calling|you call|this calls|it calls|do not call|avoid calling) {F}(?: directly| by name| yourself"
        r"| by hand)?{where}(?: {skips})?",
        ("forward",),
        True,
    ),
    Clause(r"(?:this |that |which |it |calling {F}(?: directly)? )?{skips}", ("forward",)),
    Clause(
        r"(?:please )?(?:call|calling|you (?:{can}) call) (?:the |a |this )?(?:layer|module"
        r"|object)(?: itself)?(?: directly)?(?: (?:as|with|like|by) {T})?(?: (?:instead of"
        r"|rather than) {F})?{where}",
        ("forward",),
        True,
    ),
    Clause(
        r"(?:call|calling) (?:the )?(?:layer|module|object)(?: itself)?(?: directly)?(?: (?:as|like) {T}"
        r"| like a function)?(?: instead| is (?:the )?(?:usual|idiomatic|better)(?: way)?)?{where}",
        ("forward",),
        True,
    ),
    Clause(
        r"{F}{where} (?:needs|takes|does not need|do not need) no arguments(?: {in_python})?|(?:the |those |both "
        r"|no )?arguments (?:of {F} )?(?:are|can be) (?:not needed|no longer needed|unnecessary|needed|left out"
        r"|dropped)(?: {in_python})?|{F} does not need (?:any |the |its )?arguments(?: {in_python})?|you (?:can"
        r"|may) (?:leave out|drop) (?:the|its|both) arguments(?: of {F})?(?: {in_python})?",
        ("super",),
        True,
    ),
    Clause(r"{in_python}", ("super",)),
    Clause(
        r"(?:a |the |this |your )?{F} (?:{be} )?(?:given|assigned to|bound to|stored under) a name{where}"
        r"|(?:assigning|giving|you (?:assign|give)) (?:a |the |this )?{F} (?:to )?a name(?: to)?{where}"
        r"|a named {F}|{T} gives (?:it|the function) a (?:proper |real )?name(?: in tracebacks)?",
        ("lambda",),
        True,
    ),
    Clause(
        r"{T} gives (?:it|the function) a (?:proper |real )?name(?: in tracebacks)?"
        r"|tracebacks (?:then )?show (?:its|the) name|(?:for )?(?:clearer|better) tracebacks",
        ("lambda",),
    ),
    Clause(
        r"{F}{where} (?:goes around|bypasses|hides (?:things|changes|it) from|goes behind the back of) autograd",
        ("data",),
        True,
    ),
    Clause(
        r"{F}{where} {be}{adv} (?:old|outdated|deprecated|legacy|discouraged|an old way|an old spelling){where}",
        ("data",),
        True,
    ),
    Clause(
        r"(?:you|it|this) (?:do|does) not need the (?:indices|index|counter)|(?:iterate|loop|go) over (?:it|them"
        r"|the (?:items|rows|elements|list)) directly|iterating (?:directly )?over (?:it|them|the (?:items|rows"
        r"|elements|list))(?: directly)?",
        ("range len",),
        True,
    ),
    Clause(
        r"(?:{T} |it |that |this )?(?:{?same:says the same|does the same|means the same|is the same}|reads better)"
        r"(?: thing)?{where}"
    ),
    Clause(
        r"(?:use|write|prefer|call|choose|take|consider|pick)(?: a| an| the)? ?{T}{where}(?: (?:over|instead of"
        r"|rather than|in place of|to|and not) (?:using |writing |calling "
        r"|assigning )?{F})?(?: for (?:comparisons?|comparing|checking|checks?|tests?|testing)(?: (?:with|against"
        r"|for|to) {const})?)?{where}",
        states=True,
    ),
    Clause(r"for (?:comparisons?|comparing|checking|checks?|tests?|testing)(?: (?:with|against|for|to) {const})?"),
    Clause(
        r"(?:comparisons?|comparing|tests?|checks?|testing|checking) (?:with|to|against|for) {const} (?:should"
        r"|are best|is best|ought to|must|usually|normally)? ?(?:use|uses|be done (?:with|by|using)|done with"
        r"|be written (?:with|as|using)|made with) {T}{where}",
        states=True,
    ),
    Clause(
        r"{T}(?: {without_args})? (?:is|would be|should be) (?:enough|sufficient|fine"
        r"|all you need){where}(?: {in_python})?",
        states=True,
    ),
    Clause(
        r"(?:this |it |that |you |this line |these lines |this code )(?:reimplements?|re implements?|rewrites?"
        r"|repeats?|recreates?|duplicates?|implements?) (?:the )?(?:softmax|{T})(?: (?:by hand|yourself"
        r"|manually))?{where}",
        ("softmax",),
        True,
    ),
    Clause(
        r"(?:{T}|it|that|this|which) (?:{can} )?(?:do|does|handles?|gives?) (?:it|this|that|the same|all of this"
        r"|all of it|the same thing)(?: (?:in one (?:call|step|line)|at once|directly|for you"
        r"|in a single call))*{where}",
        needs=("same",),
        states=True,
    ),
    Clause(
        r"{F}{where} {can}{safely} (?:be )?(?:written|replaced|expressed|simplified|shortened|become|rewritten"
        r"|done)(?: (?:more (?:simply|clearly|idiomatically|directly|briefly|concisely)))?(?: (?:as|by|with|to"
        r"|using))? {T}{where}",
        states=True,
    ),
    Clause(
        r"{F} {be} (?:more |most |better |best )?(?:usually|commonly|often|idiomatically|normally|simply|directly"
        r"|clearly) (?:written|expressed|spelled|spelt|done|made)(?: (?:as|with|by))? {T}{where}",
        states=True,
    ),
    Clause(r"{small}"),
)

_MACROS = {
    "T": r"(?:using |writing |calling )?(?:(?:the|a|an|plain|simple) )?(?:(?:regular|normal|ordinary|proper|named"
    r"|bare|built ?-?in|operator|function|keyword|form|method|call|plain|simple) )*{tool}(?: (?:operator"
    r"|function|call|method|form|itself|statement))?(?: (?:or|and) {tool})?|{?lambda:(?:an? "
    r"|the )?(?:(?:regular|normal|ordinary|proper|named|plain) )*(?:def(?: statement)?|(?:named |inner "
    r"|proper )function)}|{?softmax:(?:the |a )?(?:built in |builtin "
    r"|library )?softmax(?: function)?(?: of torch)?}",
    "F": r"(?:(?:the|this|that|a|an|your|using|calling|writing|such a|assigning|comparing with) )*(?:(?:comparison"
    r"|call|expression|old form|test|check|form|spelling|explicit|manual|assignment) )*(?:of |to "
    r"|with )?{subject}(?: (?:call|comparison|expression|form|directly|here))?|(?:the|this|that|your|a"
    r"|an) (?:comparison|call|expression|test|check|form|line)|it|this|that|{?softmax:(?:the |a "
    r"|your )?(?:hand ?written |manual )softmax|(?:writing|doing|computing|implementing|calculating"
    r"|coding) (?:it|this|(?:the |a )?softmax)(?: out)? (?:by hand|manually|yourself|from scratch)}"
    r"|{?lambda:(?:assigning |naming |using )?(?:a |the |this |your )?(?:named )?lambda(?: expression"
    r"| function)?(?: (?:that is |which is |which was )?(?:assigned to|given|bound to|stored under) a name"
    r"| assignment)?}",
    "without_args": r"without (?:any |the |its )?arguments",
    "what": r"(?:{operand}|{?on_mask:the mask|a mask}|something|it|{?on_scale:the scale}|the (?:argument|parameter))",
    "const": r"(?:{?none:none}|{?false:true|false|truth values?|booleans?}|{?true:true|truth values?}|{constant})",
    "better_form": r"(?:more |the most |most |the )?(?:idiomatic|usual|pythonic|common|preferred"
    r"|recommended|modern|standard"
    r"|conventional|direct|better|cleaner|clearer|simpler|shorter|nicer|readable)(?: (?:and"
    r"|as well as) (?:idiomatic|clearer|simpler|shorter))?",
    "worse": r"(?:not |un)(?:very |quite )?(?:idiomatic|pythonic|usual|common|recommended)|less (?:idiomatic|usual"
    r"|clear|readable|direct|common)(?: than {T})?|unidiomatic|unusual|discouraged|more than (?:is )?needed"
    r"|longer than (?:needed|necessary|{T})",
    "skips": r"(?:skips|bypasses|goes around|avoids|misses) (?:(?:any|the|its|torch's|pytorch's|all) )?(?:module "
    r"|layer's |registered |forward )*hooks",
    "in_python": r"(?:in (?:modern )?python(?: three)?|since python three|nowadays|these days"
    r"|any more|anymore)",
}

READER = Reader(wording(_CLAUSES, number_words={3.0: "three"}, **_MACROS))
