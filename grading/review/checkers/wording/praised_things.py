"""What may be praised, in words, by the fact that it needs; with each the reasons that hold for it."""

# fact: (the thing, reasons that may be given for praising it)
THINGS: dict[str, tuple[str, str]] = {
    "einsum": (
        r"{art}(?:einsum|einstein (?:sums?|summation|notation))(?: (?:call|notation|string"
        r"|expression))?(?: for (?:this|the)(?: (?:product|products|computation|projection|sum))?)?",
        r"{it}(?:names|shows|spells out|makes (?:clear|visible|explicit)|says|states|makes (?:the |all "
        r"|its )*(?:axes|dimensions|indices) (?:clear|visible|explicit)|keeps (?:the )?(?:axes"
        r"|dimensions) (?:clear|visible|explicit)) ?(?:exactly )?(?:which |the |all the )?"
        r"(?:axes|dimensions|indices)?(?: (?:are )?(?:summed|contracted|summed over|combined"
        r"|multiplied))?(?: (?:explicitly|clearly))?"
        r"|no (?:explicit )?transpose is needed|without (?:a|any|an explicit) transpose",
    ),
    "matmul": (
        r"{art}(?:(?:one|single|plain|batched) )*(?:matrix (?:products?|multiplications?|multiply)|matmul)",
        r"for (?:the )?(?:matrix )?(?:multiplications?|products?)|{it}(?:handles|works (?:for|with)"
        r"|broadcasts over|keeps|treats) (?:(?:any|all|the|every|number of) )*"
        r"(?:(?:leading|batch) dimensions?|dimensions? in front|batch(?:es)?)(?: (?:automatically|as well|too))?",
    ),
    "at": (r"{art}(?:matmul operator|matrix (?:product )?operator)", r""),
    "broadcasting": (
        r"{art}broadcasting",
        r"(?:instead of|rather than|without) (?:writing )?(?:a |any |an )?(?:explicit |python )?loops?"
        r"|no loops? (?:is|are) needed",
    ),
    "masked fill": (
        r"{art}masked fill(?: (?:to (?:hide|mask)(?: out)?|for) (?:the |what is )?(?:(?:hidden"
        r"|masked)(?: out)? ?)?(?:scores|positions|entries|keys)?)?",
        r"{it}(?:leaves|keeps) (?:{det} )?(?:input|inputs|original|scores|tensor"
        r"|original scores)(?: tensor)? (?:unchanged|untouched|as it was|intact)"
        r"|{it}(?:hides?|masks?)(?: out)? (?:the |what is )?(?:(?:hidden|masked)(?: out)? ?)?(?:scores"
        r"|positions|entries|keys)?"
        r"|(?:before|ahead of) (?:the )?softmax",
    ),
    "torch where": (
        r"{art}torch where|(?:choosing|selecting) (?:scores )?by (?:the )?mask",
        r"(?:before|ahead of) (?:the )?softmax",
    ),
    "infinity": (
        r"{art}(?:minus|negative) infinity(?: (?:for|at|in|as) (?:the )?(?:hidden|masked)(?: out)? (?:scores"
        r"|positions|entries|places))?"
        r"|(?:(?:hiding|masking|filling)(?: out)? (?:the )?(?:(?:hidden|masked)(?: out)? )?(?:scores|positions"
        r"|entries)|masked fill) with (?:minus|negative) infinity(?: to (?:hide"
        r"|mask)(?: out)? (?:the )?(?:(?:masked|hidden)(?: out)? )?(?:positions|scores|entries|keys))?",
        r"{it}(?:(?:the )?(?:(?:hidden|masked)(?: out)? (?:weights|positions|entries|scores|ones|keys)"
        r"|they) )?(?:become|becomes|are|get|end up|come out|have)"
        r"(?: as)?(?: exactly| a weight of exactly| exactly a weight of"
        r"| a weight of)? zero(?: weight)?(?: (?:after|in) (?:the )?softmax)?"
        r"|{it}(?:makes|gives) (?:the )?(?:hidden|masked)(?: out)? (?:weights|positions|entries"
        r"|keys)(?: a weight of)?(?: exactly)? zero|(?:to (?:hide|mask)(?: out)?|(?:for|of) (?:hiding"
        r"|masking)(?: out)?) (?:the )?(?:(?:masked|hidden)(?: out)? )?(?:positions|scores|entries|keys)"
        r"|before (?:the )?softmax",
    ),
    "negated mask": (r"(?:negating|inverting|the negation of) (?:the )?mask|{art}(?:negated|inverted) mask", r""),
    "ellipsis": (
        r"{art}ellips(?:is|es)(?: in (?:the )?(?:einsum(?: string)?|index|string|indices|indexing|slicing))?",
        r"",
    ),
    "leading": (
        r"(?:handling|support|supporting|care|caring)(?: (?:for|of))? (?:(?:any|all|the|arbitrary|extra"
        r"|number of) )*(?:leading|batch) dimensions",
        r"{it}(?:(?:the |your )?(?:function|code|line|product|softmax|einsum|ellipsis|transpose) )?(?:works?"
        r"|handles?|is fine|keeps?|generali[sz]es?)(?: unchanged)? ?(?:for|with|to|on)? "
        r"(?:(?:any|all|the|arbitrary|every|extra|more|number of) )*(?:leading|batch"
        r"|extra) dimensions?(?: (?:in front|too|as well))?"
        r"|{it}(?:works?|works too|is fine) (?:for|with) (?:batches|batched inputs?|inputs? with a batch"
        r"|a batch|any batch shape|any batch|a batch dimension)(?: too| as well)?",
    ),
    "keepdim": (
        r"{art}keepdim|keeping the (?:reduced |summed |last )?dimension",
        r"{it}(?:keeps?|makes?|leaves?) (?:the )?(?:shapes?|sums?|result|dimensions?) (?:fit|ready|right"
        r"|suited|fitting|compatible)"
        r"(?: for (?:the )?(?:broadcasting|division|subtraction))?|for (?:the )?(?:broadcasting|division)"
        r"|{it}(?:the )?(?:sums?|result|maximum|max|division|subtraction|shapes?|it) (?:broadcasts?|lines? up"
        r"|fits?|match(?:es)?|works?)"
        r"(?: (?:correctly|properly|again|against the scores|by broadcasting|with the scores))*",
    ),
    "largest": (
        r"(?:subtracting|taking off|removing|the subtraction of|you subtract|subtraction of|subtracts?"
        r"|subtracted) (?:{det} )?(?:(?:row's|row|largest|each row's|row s) )*"
        r"(?:maximum|max|largest|score|value|entry|element) ?(?:(?:score|value|entry"
        r"|element))?(?: (?:of (?:the|each|every) row|in (?:the|each|every) row|per row))?(?: {before_exp})?"
        r"|(?:shifting (?:the )?scores|the shift|shift) by (?:their|the|its) (?:row )?(?:maximum"
        r"|max)(?: {before_exp})?",
        r"{it}(?:keeps?|makes?|makes sure|avoids?|prevents?|guards against|protects against"
        r"|stops?) ?(?:(?:the )?(?:softmax|exponential|exponentials|computation|it|result|exp|numbers))?"
        r"(?: (?:numerically )?stable| from overflowing| (?:an |any )?overflows?)(?: (?:in"
        r"|of) (?:the )?(?:exponentials?|softmax|exp))?|for (?:numerical )?stability"
        r"|{it}(?:the )?(?:exponentials?|softmax|numbers|exp|large scores) (?:cannot|does not|do not|will not"
        r"|never) overflows?|{it}(?:is )?numerically stable|(?:good )?for stability|to avoid (?:an )?overflow"
        r"|even (?:for|with) (?:very )?large scores|{before_exp}",
    ),
    "docstring": (r"{art}docstring", r""),
    "shape comments": (
        r"{art}(?:(?:writing|noting|giving|stating|documenting|adding) )*(?:the )?(?:(?:shape|tensor shape"
        r"|dimension) (?:comments?|annotations?|notes?)"
        r"|(?:comments?|notes?) (?:with|on|about|giving|that gives?|of|for) (?:the )?(?:tensor )?(?:shapes?"
        r"|dimensions?)|(?:tensor )?shapes? (?:in (?:a |the )?comments?|as comments?|as a comment|down))"
        r"(?: (?:at|on|beside|next to) (?:this|the|each|every) lines?)?",
        r"(?:{it}|they )(?:makes?|helps?|make it|makes it)(?: (?:the|a|it|your))?(?: (?:code|reader|readers"
        r"|function|shapes?|others|line|lines))?(?: (?:easy|easier|simple))?(?: to)?"
        r" (?:follow|read|understand|check|see)(?: (?:the )?(?:code|shapes?|steps|along|dimensions?"
        r"|function))?|easy to (?:follow|check|read)",
    ),
    "reuse": (
        r"{art}(?:(?:reuse of|reusing|own|existing|earlier|four|that|you|wrote|written|helper|lesson|same|your"
        r"|the) )*(?:functions|building blocks|function|own code)"
        r"(?: (?:(?:that are |you )?(?:defined|written|implemented|from) (?:earlier|before|above"
        r"|in (?:the )?(?:previous|earlier) (?:cells|sections|steps))|from (?:before|above|earlier"
        r"|previous cells|the earlier (?:cells|sections|parts|steps))|(?:that )?you (?:already )?(?:wrote|have"
        r"|had|defined)(?: (?:before|above|earlier))?|of the lesson|written (?:before|earlier)))*"
        r"|(?:code|function) reuse|{art}{own}(?:(?: ,)?(?: and)? {own})*",
        r"(?:instead of|rather than|without) (?:repeating|copying|rewriting|writing|duplicating)(?: (?:the"
        r"|their|its|any|that|them|it))?(?: (?:code|steps|formulas?|work|logic|again|out))*"
        r"|no (?:code|logic) is (?:repeated|duplicated)|nothing is repeated|{it}(?:keeps"
        r"|makes) (?:the )?(?:head|class|method|forward method|code) {better}",
    ),
    "is none": (
        r"{art}(?:(?:explicit|correct|testing|checking|check|checks|test|comparing|asking|comparison|with|for"
        r"|against|by|whether|if) )*(?:{code} )?(?:is|is not|against|for|with)? ?none(?: (?:check|test"
        r"|comparison|here))?",
        r"",
    ),
    "scale is none": (
        r"",
        r"{it}(?:a )?(?:given )?(?:scale|value|factor)? ?(?:of )?zero (?:is|counts as|still counts|would be"
        r"|stays|also) ?(?:(?:still|kept|used|respected|treated|accepted|a valid scale) ?)*(?:as (?:a|it"
        r"|given)(?: (?:is|scale|factor|value))?)?"
        r"|{it}(?:does not|will not|never) (?:mistake|take|confuse) zero (?:for|with) (?:none|a missing scale"
        r"|no scale)",
    ),
    "helper": (
        r"{art}(?:(?:small|little|short|inner|own|tiny|local|separate) )*(?:helper(?: function)?|lambda"
        r"|inner function|function of its own)(?: {code})?",
        r"(?:instead of|rather than|without) (?:repeating|copying|writing)(?: (?:the|it|yourself|code|same"
        r"|line|expression|product|three times|twice))*"
        r"|{it}(?:avoids|saves|prevents) (?:the )?(?:repetition|repeating (?:yourself|the code|the same code"
        r"|the expression|code|the same (?:line|expression|formula))(?: three times| twice)?|duplication"
        r"|copying)|no (?:repetition|duplication)|(?:to avoid|avoiding) (?:repetition|repeating (?:yourself"
        r"|code)|duplication)",
    ),
    "negative transpose": (
        r"(?:(?:transposing|swapping|turning|exchanging|counting|addressing|naming|only|the|just|its|their|you"
        r"|swap|transpose|transposition|of|swaps?|transposes?) )+(?:last two|two last|final two"
        r"|trailing(?: two)?) (?:dimensions|axes|dims)"
        r"(?: (?:of {code}))?(?: (?:by|with|through|using|via) (?:negative (?:indices|indexes|numbers"
        r"|dimensions|dims)|{code}))?"
        r"|{art}negative (?:indices|indexes|dimensions|dims|axes|dimension numbers|dimension indices"
        r"|axis numbers)(?: (?:for|in) (?:the )?(?:transpose|transposition|swap|dimensions))?",
        r"{it}(?:leaves?|keeps?) (?:(?:the|any|all) )*(?:(?:leading|batch|other) )+dimensions? (?:alone"
        r"|untouched|in place|as they are|intact|where they are)",
    ),
    "scale from shape": (
        r"(?:(?:taking|reading|deriving|computing|getting|inferring|calculating|you take|you read|you derive"
        r"|you compute) )(?:(?:the|your|a|default) )*(?:scale|scaling factor|factor|width|head dimension"
        r"|key width|size|{code}) "
        r"(?:from|off|out of) (?:the )?(?:shapes?|size|last dimension|tensor|inputs?|queries|keys"
        r"|{code})(?: (?:of (?:the )?(?:queries|keys|query|tensor|input|{code})))?"
        r"|(?:the )?scale (?:taken |derived |computed )?from (?:the )?shape(?: of {code})?",
        r"{it}(?:(?:the |your )?(?:function|code) )?(?:works?|fits?|is right|holds?|stays right|adapts?"
        r"|is correct) ?(?:for|with|to)? (?:any|every|all|other|different) (?:(?:head|key|query) )?(?:width"
        r"|widths|size|sizes|dimensions?)"
        r"|instead of (?:hard ?coding|fixing|writing) (?:it|a (?:number|size)|the (?:size|number|width))"
        r"|nothing is hard ?coded|no (?:hard ?coded|fixed|magic) (?:size|number)s?(?: is needed)?",
    ),
    "softmax": (
        r"{art}(?:(?:built in|builtin|library|torch s|torch's|pytorch's) )*softmax(?: function)?(?: of torch)?",
        r"(?:instead of|rather than) (?:writing|computing|doing|coding) (?:it|one|the softmax)(?: (?:by hand"
        r"|yourself|out))*",
    ),
    "last dimension": (
        r"{art}softmax (?:over|along|across|on) the (?:last|key) (?:dimension|axis)|(?:normali[sz]ing"
        r"|the normali[sz]ation) (?:over|along) the last (?:dimension|axis)",
        r"{it}(?:each|every|the) (?:rows?|query)(?:'s weights)? (?:sums?|adds? up) to (?:exactly )?one"
        r"|over the last (?:dimension|axis)",
    ),
    "type hints": (
        r"{art}type (?:hints|annotations)",
        r"(?:{it}|they )(?:says?|shows?|tells?|makes? clear|documents?) what (?:goes in and (?:what )?comes out"
        r"|the function (?:takes|expects|returns)(?: and returns)?|is expected)",
    ),
    "assert": (r"{art}(?:assert|assertion|sanity check)", r""),
    "no loops": (
        r"(?:(?:no|not a single|avoiding|without|avoids|avoid|free of|working without) )+(?:(?:any|explicit|python"
        r"|the|a|single|use of) )*(?:loops?|for loops?|looping)|(?:fully |completely "
        r"|entirely )?vectori[sz]ed(?: (?:code|solution|form|version|computation|approach))?",
        r"without (?:any |a )?(?:explicit |python )?loops?|no (?:explicit )?loops? (?:is|are) needed",
    ),
    "comprehension": (r"{art}list comprehension", r"{it}(?:keeps|makes) (?:it|this|the code|things) {better}"),
    "float64": (
        r"(?:(?:computing|calculating|working) )?(?:in )?(?:double precision|double)(?: (?:inside|internally"
        r"|in between|for the (?:product|softmax|sum)))?",
        r"(?:for|it gives|which gives) (?:more|extra|better|higher) (?:precision|accuracy)",
    ),
    "dtype kept": (
        r"(?:(?:casting|converting|going|returning|cast|coming|changing) )+(?:(?:it|the result|the output"
        r"|result) )?back to (?:the )?(?:original |input |same |input's )*(?:dtype|type"
        r"|precision)(?: of (?:the input|{code}))?"
        r"|keeping the dtype(?: of (?:the input|{code}))?|restoring the dtype",
        r"{it}(?:the )?(?:result|output|caller|it) (?:has|keeps|gets) the (?:dtype|type) of the inputs?",
    ),
    "bias": (
        r"(?:(?:leaving out|turning off|dropping|switching off|no|without|omitting) )(?:the |a )?bias|{art}no bias",
        r"as (?:the )?(?:task|exercise|assignment) (?:asks|says|wants|requires)",
    ),
    "linear": (r"{art}(?:(?:three|separate|own|clean) )*linear layers?", r""),
    "split": (
        r"(?:splitting|cutting|chunking) (?:it|the (?:result|product|fused product))(?: (?:into|in) (?:three"
        r"|its parts|parts))?(?: (?:by|with|at) their widths)?",
        r"",
    ),
    "cat": (
        r"(?:to )?(?:fus(?:e|ing)|join(?:ing)?|concatenat(?:e|ing)|combin(?:e|ing)) (?:(?:the"
        r"|all) )*(?:three )?(?:matrices|weights|projections|products)(?: (?:into one|side by side|together"
        r"|first)(?: (?:matrix|product))?)?|{art}(?:single )?fused (?:product|matrix product|projection"
        r"|projections)",
        r"{it}(?:needs|takes|does) (?:only )?(?:one|a single) (?:matrix )?(?:product"
        r"|multiplication)(?: instead of three)?|{it}(?:only )?(?:one|a single) (?:matrix )?(?:product"
        r"|multiplication) (?:is needed|is enough|suffices)|(?:with )?(?:only )?(?:one"
        r"|a single) (?:matrix )?(?:product|multiplication) (?:instead of|rather than) three|(?:instead of"
        r"|rather than) three(?: (?:separate|single))?(?: (?:products|multiplications|ones))?",
    ),
    "copy": (
        r"(?:working on|making|taking|changing|using) a (?:copy|clone)(?: of (?:the scores|the input|{code}))?",
        r"{it}(?:the )?(?:input|inputs|original|caller's tensor|scores|original scores)(?: tensor)? (?:stays?"
        r"|is|are|remains?) (?:unchanged|untouched|as it was|intact)|{it}leaves the (?:input|inputs"
        r"|original) (?:unchanged|untouched|alone|intact)",
    ),
    "conditional": (r"{art}(?:conditional expression|one line conditional)", r""),
    "short": (
        r"(?:(?:very|quite|pleasantly|so|really) )*(?:short|compact|concise|brief)(?: (?:and"
        r"|but) {good})?(?: (?:function|solution|answer|code|body))?",
        r"",
    ),
    "kept weights": (
        r"returning (?:both )?(?:the )?(?:output (?:and|together with|along with|as well as) (?:the )?weights"
        r"|both(?: results)?)",
        r"",
    ),
    "log softmax": (
        r"(?:(?:going|working|staying) (?:through|in) )?(?:the )?(?:log space|log softmax|logarithms?)",
        r"for (?:numerical )?stability|{it}is numerically stable",
    ),
}

# What may stand in backticks for a thing, if it stands in the code's lines as well.
ALIASES: dict[str, str] = {
    **dict.fromkeys(("torch.einsum", "einsum"), "einsum"),
    **dict.fromkeys(("torch.matmul", "matmul"), "matmul"),
    "@": "matmul operator",
    **dict.fromkeys(("masked_fill", ".masked_fill", "torch.masked_fill", "scores.masked_fill"), "masked fill"),
    **dict.fromkeys(("torch.where", "where"), "torch where"),
    **dict.fromkeys(
        ("-inf", 'float("-inf")', "float('-inf')", "-torch.inf", "-math.inf", "-float('inf')", '-float("inf")'),
        "minus infinity",
    ),
    "~mask": "negated mask",
    "...": "ellipsis",
    **dict.fromkeys(("keepdim", "keepdim=True"), "keepdim"),
    **dict.fromkeys(
        (
            "isNone",
            "is None",
            "scale is None",
            "is not None",
            "mask is not None",
            "mask is None",
            "None",
            "scale is not None",
        ),
        "none",
    ),
    **dict.fromkeys(("softmax", "torch.softmax", "F.softmax", ".softmax", "nn.Softmax"), "softmax"),
    **dict.fromkeys(("nn.Linear", "Linear"), "linear layers"),
    "bias=False": "no bias",
    **dict.fromkeys(("lambda",), "lambda"),
    **dict.fromkeys(("exp", "torch.exp", ".exp"), "exp"),
    **dict.fromkeys(("assert",), "assert"),
    **dict.fromkeys(("-2", "-1"), "negative indices"),
}
