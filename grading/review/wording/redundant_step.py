"""What a comment on a redundant step may say."""

from grading.review.wording.clauses import Clause, Reader, wording

_CLAUSES = (
    Clause(
        r"{S} {be}{maybe}{adv} (?:redundant|unnecessary|superfluous|(?:not|never) (?:really |actually "
        r"|strictly )?(?:needed|necessary|required)|unneeded|needless|wasted(?: work| effort)?){where}",
        ("step",),
        True,
    ),
    Clause(
        r"{S} {be} an? (?:redundant|unnecessary|superfluous|needless|extra) (?:step|operation|call|copy|round trip"
        r"|computation){where}",
        ("step",),
        True,
    ),
    Clause(
        r"(?:there is |this is |here is )?(?:an? )?(?:redundant|unnecessary|superfluous"
        r"|needless) {noun}(?: {subject})?{where}",
        ("step",),
        True,
    ),
    Clause(r"you do not (?:really |actually )?need {S}{where}(?: (?:twice|again))?", ("step",), True),
    Clause(r"(?:there is )?no need (?:to {do} {O}|for {S}){where}(?: (?:twice|again|a second time))?", ("step",), True),
    Clause(r"{S} (?:has|have) no effect(?: on {result})?{where}", ("no effect",), True),
    Clause(
        r"{S} (?:does|do) (?:nothing|not change (?:anything|{result})|not do anything){where}|{S} (?:changes"
        r"|adds) nothing{where}|{S} leaves {result} (?:unchanged|as it (?:is|was)|the same)",
        ("no effect",),
        True,
    ),
    Clause(
        r"{S} (?:{be} )?(?:cancel|cancels|undo|undoes|undone)(?: (?:each other|one another|itself|themselves"
        r"|{S}))?(?: out)?{where}",
        ("cancels",),
        True,
    ),
    Clause(
        r"{S} (?:gives|give|brings|bring|takes|take|returns|return|leads|lead|yields|yield|restores"
        r"|restore) (?:you )?(?:back )?(?:to )?(?:{det} )?(?:original|same|first|very same)? ?(?:tensor|shape"
        r"|matrix|thing|value)?(?: you started (?:with|from))?",
        ("cancels",),
        True,
    ),
    Clause(
        r"(?:{S}|{operand}) {be}{adv} transposed (?:twice|two times|back(?: again)?|again){where}"
        r"|you transpose {O}{where} (?:twice|two times|and back(?: again)?|again){where}|(?:a |the "
        r"|this )?(?:double|second) transpos(?:e|ition)"
        r"|transposing (?:{O} )?(?:twice|two times|and (?:then )?back(?: again)?){where}",
        ("transposed twice",),
        True,
    ),
    Clause(
        r"you transpose {O}{where}|(?:{S}|{operand}) is transposed{where}|(?:you )?transpose (?:{O} )?back(?: again)?"
        r"|transposed back(?: again)?",
        ("transposed twice",),
    ),
    Clause(
        r"(?:multiplying|multiplication|the multiplication|a multiplication|the product|the factor"
        r"|a factor)(?: {O})? (?:by|with|of) (?:one|{one}){where}",
        ("times one",),
        True,
    ),
    Clause(
        r"(?:you |this |it )?(?:multiply|multiplies|multiplied) (?:{O} )?(?:by|with) (?:one|{one}){where}",
        ("times one",),
        True,
    ),
    Clause(
        r"(?:dividing|division|the division|a division)(?: {O})? by (?:one|{one}){where}|(?:you |this "
        r"|it )?(?:divide|divides|divided) (?:{O} )?by (?:one|{one}){where}",
        ("over one",),
        True,
    ),
    Clause(
        r"(?:adding|the addition of|addition of|you add|this adds|it adds|adds) (?:a )?(?:zero"
        r"|{one})(?: to {O})?{where}",
        ("plus zero",),
        True,
    ),
    Clause(
        r"(?:subtracting|the subtraction of|you subtract|this subtracts|it subtracts) (?:a )?(?:zero"
        r"|{one})(?: from {O})?{where}",
        ("minus zero",),
        True,
    ),
    Clause(
        r"(?:multiplying|multiplication|the multiplication) by (?:one|{one}) (?:has no effect|does nothing"
        r"|changes nothing|is (?:redundant|unnecessary|not needed|superfluous)|does not change {result}"
        r"|leaves {result} unchanged|can be (?:removed|dropped|left out))",
        ("times one",),
        True,
    ),
    Clause(
        r"(?:adding|the addition of) (?:zero|{one}) (?:has no effect|does nothing|changes nothing|is (?:redundant"
        r"|unnecessary|not needed|superfluous)|does not change {result}|leaves {result} unchanged"
        r"|can be (?:removed|dropped|left out))",
        ("plus zero",),
        True,
    ),
    Clause(
        r"{S} {be}{adv} (?:computed|calculated|evaluated|made|called|done|worked out){where} (?:twice|two times"
        r"|a second time|again|more than once){where}",
        ("again",),
        True,
    ),
    Clause(
        r"{S} (?:has |have |was |is |were )?(?:been )?already (?:been )?(?:computed|calculated|evaluated|made|done"
        r"|available|known){where}",
        ("again",),
        True,
    ),
    Clause(
        r"(?:you|this line|this|it) {compute} {O}{where} (?:twice|two times|a second time|again"
        r"|more than once){where}",
        ("again",),
        True,
    ),
    Clause(
        r"(?:the )?same {noun}(?: {subject})? (?:is|appears|was|stands){adv} (?:computed |calculated |evaluated "
        r"|done )?(?:twice|two times|again|already){where}",
        ("again",),
        True,
    ),
    Clause(
        r"(?:computing|calculating|evaluating|doing) {O} (?:once|a single time)(?: and (?:reusing|keeping"
        r"|storing) (?:it|{result}))?(?: (?:is|would be) enough)?",
        ("again",),
    ),
    Clause(
        r"(?:you (?:{can}) |consider |try )?(?:compute|computing|calculate|calculating|keep|keeping|store|storing"
        r"|save|saving|reuse|reusing|give|giving) (?:it|{O}|{result})(?: once)?(?: (?:and|to) (?:reuse|use) (?:it"
        r"|{result}))?(?: in a variable| in a name| a name| under a name)?(?: and (?:reuse|use) (?:it"
        r"|{result}))?{where}",
        ("again",),
    ),
    Clause(r"once (?:is|would be) enough", ("again",)),
    Clause(r"once (?:is|would be) enough", ("twice",)),
    Clause(
        r"{S} {be}{adv} (?:called|applied|done|there|used){where} (?:twice|two times)(?: in a row)?{where}"
        r"|you (?:call|apply|use|do) {O} (?:twice|two times)(?: in a row)?{where}",
        ("twice",),
        True,
    ),
    Clause(
        r"(?:{S} |you )?(?:assigns?|sets?|is assigned|are assigning) (?:{subject} )?to itself{where}",
        ("self assignment",),
        True,
    ),
    Clause(
        r"{S} (?:add|adds|adding) (?:a|one) dimension(?: and (?:{S} )?(?:remove|removes|removing|take|takes|drop"
        r"|drops) it(?: right| directly| straight)?(?: away)?(?: again)?)?|(?:{S} )?(?:removes|remove|drops|drop"
        r"|takes away|take away) (?:it|{O})(?: right| directly| straight)?(?: away)?(?: again)?|you (?:add"
        r"|insert) a dimension(?: and (?:remove|drop) it(?: again| right away)*)?",
        ("unsqueezed",),
    ),
    Clause(
        r"{S} {be}{adv} (?:fresh|new|a (?:fresh|new) (?:tensor|copy|one))(?: already| anyway)?{where}|(?:{S}"
        r"|(?:the )?{operand}|(?:the )?(?:{?on_softmax:softmax}|{?on_product:product}))"
        r" (?:already )?(?:returns|makes|gives|creates"
        r"|allocates) (?:a )?(?:fresh|new) (?:tensor|one)(?: already| anyway)?{where}",
        ("copy",),
    ),
    Clause(
        r"(?:the |a |this |that )?(?:copy|copying|cloning|clone)(?: (?:of|here))?(?: {O})? (?:is"
        r"|seems) (?:redundant|unnecessary|not (?:needed|necessary)|superfluous){where}",
        ("copy",),
        True,
    ),
    Clause(
        r"{S} (?:already has|has) (?:that|this|the same|its own) shape(?: already)?|(?:it|this|{S}) (?:gives"
        r"|reshapes?) (?:it|{O}) to (?:its own|the same) shape|(?:to"
        r"|into) the shape (?:that )?it (?:already )?has(?: already)?",
        ("own shape",),
    ),
    Clause(
        r"(?:{S} )?(?:{can}){safely} (?:be (?:removed|deleted|dropped|left out|omitted|skipped|taken out)"
        r"|go){where}",
        ("step",),
    ),
    Clause(
        r"you (?:{can}|may want to|might want to){safely} (?:remove|delete|drop|leave out|omit|take out|skip"
        r"|leave off) {S}{where}",
        ("step",),
    ),
    Clause(
        r"(?:please )?(?:consider|try|i suggest) (?:removing|deleting|dropping|leaving out|skipping) {S}{where}"
        r"|(?:please |just |simply )?(?:remove|delete|drop|leave out|omit|skip) {S}{where}",
        ("step",),
    ),
    Clause(
        r"{result} (?:is|stays|remains|would be) (?:the same|unchanged|equal|identical)(?: without (?:it|them|this"
        r"|that|{O}))?",
        ("no effect",),
    ),
    Clause(
        r"{result} (?:is|stays|remains|would be) (?:the same|unchanged|equal|identical)(?: without (?:it|them|this"
        r"|that|{O}))?",
        ("cancels",),
    ),
    Clause(
        r"(?:there is )?no need to {do}(?: {O})?{where}|(?:you )?(?:do not|need not|did not) (?:need"
        r"|have) to {do}(?: {O})?{where}|(?:{doing})(?: {O})?{where} (?:is|seems)(?: really)? (?:not (?:needed"
        r"|necessary)|unnecessary|redundant|superfluous){where}",
        ("needless",),
        True,
    ),
    Clause(
        r"no need to (?:compute|calculate|do|make|call) {O}{where} (?:twice|again|a second time){where}"
        r"|you do not need to (?:compute|calculate|do|make|call) {O}{where} (?:twice|again|a second time){where}",
        ("again",),
        True,
    ),
    Clause(r"{small}"),
)

_MACROS = {
    "elsewhere": r"{?again:above}",
    "noun": r"step|steps|operation|operations|computation|expression|work|{?call:call|calls}"
    r"|{?times_one:multiplication}|{?self_assignment:assignment|statement}|{?whole_lines:line|lines|code}"
    r"|{?copy:copy|clone"
    r"|cloning}|{?cancels:pair|round trip|calls}|{?transposed_twice:transposes|transpositions}"
    r"|{?unsqueezed:squeeze|unsqueeze}"
    r"|{?times_one:factor|product}|{?over_one:division}|{?plus_zero:addition|term}|{?product_again:(?:(?:same"
    r"|second|repeated) )?(?:matrix )?(?:product|multiplication)}|{?again:value|tensor|thing}",
    "S": (
        r"(?:(?:the|this|that|your|these|those|both|an?) )?(?:(?:two|second|whole|extra|double|same) )?"
        r"(?:{noun}|{?own_shape:reshape|view})"
        r"(?: (?:to|of|in|by) {subject}| {subject}(?: (?:and|then|followed by) {subject})?)?(?: call)?"
        r"|(?:(?:the|this|your|calling|doing|writing|using|both|an?) )?(?:(?:second|extra) )?"
        r"{subject}(?: (?:and|then|followed by) (?:the )?{subject})?(?: (?:call|step"
        r"|assignment|here))?|{neutral}|{?transposed_twice:(?:the |this |a |your )?(?:double|second|repeated"
        r"|twofold) transpos(?:e|ition|ing)}|it|this|that|{?whole_lines:they|these}|{?cancels:they|these|both"
        r"|both calls}|which|each|one"
        r"|{?transposed_twice:transposing (?:{operand} |it |a tensor |the tensor )?(?:twice|two times"
        r"|back and forth|again)|the two transposes|two transposes|the second transpose}"
    ),
    "doing": r"computing|calculating|calling|applying|making|cloning|copying|transposing|multiplying|repeating",
    "O": r"{S}|{?cancels:them|both}|{?whole_lines:them}|{?plus_zero:anything}|the (?:tensor|result|matrix|value)"
    r"|{operand}",
    "what": r"it|this|that|{operand}|(?:the |your )?(?:tensor|result|value|matrix)",
    "neutral": r"{?times_one:(?:the |this |a )?(?:multiplying|multiplication|product)(?: of)?(?: {what})? (?:by"
    r"|with) (?:one|{number})}|{?over_one:(?:the |this )?(?:dividing|division)(?: of)?(?: {what})? by (?:one"
    r"|{number})}|{?plus_zero:(?:the |this )?(?:adding|addition of|adding of) (?:a )?(?:zero"
    r"|{number})(?: to {what})?}|{?minus_zero:(?:the )?(?:subtracting|subtraction of) (?:a )?(?:zero"
    r"|{number})(?: from {what})?}",
    "one": r"{number}",
    "do": r"do|compute|calculate|call|apply|make|take|add|multiply|copy|clone|transpose|have|write|repeat",
    "compute": r"compute|computes|calculate|calculates|evaluate|evaluates|repeat|repeats|do|does|make|makes|call|calls",
    "result": r"(?:the |its |any |your )?(?:result|results|output|value|values|tensor|it|anything"
    r"|numbers|product|scores"
    r"|weights)",
}

READER = Reader(wording(_CLAUSES, **_MACROS))
