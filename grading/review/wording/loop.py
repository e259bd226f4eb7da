"""What a comment on a loop may say."""

from grading.review.wording.clauses import Clause, Reader, wording

_CLAUSES = (
    Clause(
        r"{S}{where} {can}{safely} (?:be )?(?:replaced(?: entirely| completely)?|vectori[sz]ed|avoided|written"
        r"|expressed|done|rewritten|turned into|collapsed|condensed)"
        r"(?: (?:by|with|as|in|into|using|through|to))? ?(?:{tool_np})?{where}",
        states=True,
    ),
    Clause(
        r"{S}{where} {be}{adv} (?:not (?:needed|necessary|required)|unnecessary|avoidable|unneeded){where}", states=True
    ),
    Clause(
        r"(?:{tool_np}|it) {can}{safely} (?:replace|do (?:the work of|the same as)|avoid|take the place of"
        r"|stand in for) {S}{where}",
        states=True,
    ),
    Clause(
        r"{tool_np} (?:does|gives|computes) (?:the same|all of this|all of it|this|it)(?: at once| in one (?:go"
        r"|step|call))?(?: without (?:the|a|any) loops?)?{where}",
        states=True,
    ),
    Clause(
        r"you (?:{can}){safely} (?:replace|vectori[sz]e|avoid|do without|drop|get rid of|write|express|rewrite"
        r"|skip) {S}{where}"
        r"(?: (?:by|with|as|in|into|using|through) {tool_np})?{where}",
        states=True,
    ),
    Clause(
        r"(?:consider|try|prefer|i suggest|i would suggest) (?:replacing|vectori[sz]ing|avoiding|rewriting|writing"
        r"|using) (?:{S}{where} (?:by|with|as|using|in favou?r of) )?(?:{tool_np}|{S}){where}"
        r"(?: (?:instead of|in place of|rather than|over) {S})?{where}",
        states=True,
    ),
    Clause(
        r"(?:please |just )?(?:replace|vectori[sz]e|avoid|rewrite) {S}{where}(?: (?:by|with|as|using) {tool_np})?",
        states=True,
    ),
    Clause(
        r"(?:{small} )?(?:there is |this is |here is |here you have )(?:an? )?(?:explicit "
        r"|python )*{loop}{where}(?: (?:over|across|through) {rows})? (?:where|that|which) "
        r"(?:{tool_np} (?:exists|is enough|would do|does the same|would suffice|is available)"
        r"|{can} be (?:vectori[sz]ed|replaced|avoided)(?: (?:by|with) {tool_np})?)",
        states=True,
    ),
    Clause(
        r"(?:{S}|you) (?:goes|go|walks?|runs?|iterates?|steps?|loops?|is)(?: explicitly| by hand)? (?:over|through"
        r"|across|along) {rows}{one}{where}"
    ),
    Clause(
        r"(?:you|this|it|{S}) (?:builds?|fills?|computes?|makes?|collects?|stacks?|handles?"
        r"|process(?:es)?) {rows}{one}{where}"
    ),
    Clause(
        r"you (?:use|wrote|have|write|wrote) (?:an? )?(?:explicit |python )*{loop}{where}(?: (?:over|across"
        r"|through) {rows})?"
    ),
    Clause(
        r"(?:{tool_np}|this|it|that) (?:does|handles|covers|computes|treats"
        r"|works on) (?:all )?(?:of )?{rows} at (?:once|the same time)"
    ),
    Clause(r"(?:all|for all) (?:of )?{rows} at (?:once|the same time)|in one (?:go|step|call)|at once|one by one"),
    Clause(
        r"(?:no|without (?:the|a|any)) (?:explicit |python )*{loop}(?: (?:is|are) (?:needed|necessary"
        r"|required))?{where}",
        states=True,
    ),
    Clause(r"you do not need (?:an? |the |this |any )?(?:explicit |python )*{loop}{where}", states=True),
    Clause(
        r"(?:{tool_np}|it|that|this) (?:exists|is enough|would do|is available)(?: for (?:this|that|it))?{where}",
        ("dimension",),
    ),
    Clause(
        r"(?:instead of|rather than) {S}{where}(?: (?:{tool_np})(?: (?:itself|alone))? (?:{can} be (?:used"
        r"|applied)|works|suffices|is enough|would do|does it)(?: (?:to|on) (?:the )?(?:whole|full|entire"
        r"|complete) (?:tensor|matrix|batch|sequence))?{at_once}| (?:use|apply|call"
        r"|write) {tool_np}{at_once})?{where}",
        states=True,
    ),
    Clause(
        r"(?:use|apply|call) {tool_np}{where}(?: (?:to|on) (?:the )?(?:whole|full|entire"
        r"|complete) (?:tensor|matrix|batch|sequence))?(?: (?:instead of|in place of|rather than"
        r"|for) {S})?{at_once}(?: instead)?",
        states=True,
    ),
    Clause(
        r"{tool_np} (?:{can} be (?:used|applied)|works|suffices|would do)(?: (?:to|on|over|for) (?:the )?(?:whole"
        r"|full|entire|complete) (?:tensor|matrix|batch|sequence))?{at_once}"
    ),
    Clause(
        r"(?:{tool_np}|it|this|that|which) (?:{can} )?(?:covers?|handles?|does|do|treats?|computes?|gives?"
        r"|process(?:es)?|produces?|performs?) (?:all|all of (?:them|it|this|{rows})|them|it all|them all|the same"
        r"|the same thing|{rows}|it|this|everything|the whole thing)(?: as (?:{S}))?{at_once}{where}",
        states=True,
    ),
    Clause(r"{small}"),
)

_MACROS = {
    "loop": (
        r"{?for:for loop|for}|{?while:while loop|while}|{?comprehension:list comprehension"
        r"|comprehension|generator}|loop"
        r"|{?several:loops|two loops|both loops}"
        r"|{?nested:nested loops|double loop|nested for loops|two nested loops}|iteration|looping"
    ),
    "S": (
        r"(?:(?:the|this|that|your|these|those|an?|both|such an?) )?(?:(?:explicit|python|whole"
        r"|manual|{?inner:inner}) )*{loop}(?: (?:over|across|along|through) {rows})?{one}"
        r"|(?:the )?(?:looping|iterating|walking|going) (?:over|through) {rows}|(?:a |the |your "
        r"|any )?(?:explicit |python )?(?:loop|iteration) over {rows}|it|this|that|them|these lines|this line"
    ),
    "rows": (
        r"(?:(?:the|all|all the|each|every|every single|its|one|single|a) )?(?:{?queries:queries|query"
        r"|query rows|query positions}|{?keys:keys|key|key rows}"
        r"|{?tokens:tokens|token|positions|position|sequence positions|token positions|sequence|time steps}"
        r"|rows|row|dimension|dimensions|entries|result|results|a dimension|tensor dimensions?"
        r"|a tensor dimension)"
    ),
    "at_once": r"(?: (?:at once|in one (?:go|step|call|operation|line)|at the same time"
    r"|in a single (?:step|call"
    r"|operation)|together|for (?:all )?{rows}(?: at once)?))*",
    "one": r"(?: (?:one (?:by|after) (?:one|another|the other)|one at a time|row by row|step by step"
    r"|{?tokens:token by token|position by position}|{?queries:query by query}|{?keys:key by key}))?",
    "tool_np": (
        r"(?:(?:a|an|one|the|some) )?(?:(?:single|batched|vectori[sz]ed|plain|one|simple|call to|use of) )*"
        r"(?:tensor operations?|tensor op|vectori[sz]ed (?:operation|code|form|version)|vectori[sz]ation"
        r"|tensor expression|operation|call|tensor code|tensor operation of torch"
        r"|{?product_fits:broadcasting|matrix products?|matrix multiplications?|matrix multiply|matmul|einsum"
        r"|batched products?|products?}(?: {tool})?"
        r"|{?softmax_fits:softmax|softmax call}|{tool}(?: (?:operator|call|operation))?)"
        r"(?: (?:on|for) (?:the )?(?:whole|full|entire) (?:tensor|matrix))?"
    ),
}

READER = Reader(wording(_CLAUSES, **_MACROS))
