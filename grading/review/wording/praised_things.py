"""What may be praised, in words, by the fact that it needs; with each the reasons that these facts prove."""

_HIDDEN = r"(?:the )?(?:hidden|masked)(?: out)? (?:scores|positions|entries|keys)"

# (fact, the thing in words, reasons that the fact proves)
THINGS: tuple[tuple[str, str, str], ...] = (
    (
        "einsum",
        r"{art}(?:einsum|einstein (?:sums?|summation|notation))(?: (?:call|notation|expression))?",
        r"{it}names (?:the |its )?(?:axes|dimensions|indices)",
    ),
    ("matmul", r"{art}(?:matrix (?:products?|multiplications?|multiply)|matmul)", r"for matrix multiplications?"),
    ("one product", r"{art}(?:one |single )+(?:matrix (?:product|multiplication)|matmul)", r""),
    ("at", r"{art}(?:matmul operator|matrix (?:product )?operator)", r""),
    ("broadcasting", r"{art}broadcasting", r""),
    ("masked fill", rf"{{art}}masked fill(?: (?:to (?:hide|mask)(?: out)?|for) {_HIDDEN})?", r""),
    ("before softmax", r"", rf"{{it}}(?:hides|masks) {_HIDDEN}|(?:before|ahead of) (?:the )?softmax"),
    ("torch where", r"{art}torch where|(?:choosing|selecting) (?:scores )?by (?:the )?mask", r""),
    (
        "infinity",
        rf"{{art}}(?:minus|negative) infinity(?: (?:for|at|in|as) {_HIDDEN})?"
        rf"|(?:(?:hiding|masking|filling)(?: out)? {_HIDDEN}|masked fill) with (?:minus|negative) infinity",
        r"",
    ),
    ("negated mask", r"(?:negating|inverting|the negation of) (?:the )?mask|{art}(?:negated|inverted) mask", r""),
    ("ellipsis", r"{art}ellipsis", r""),
    ("ellipsis einsum", r"{art}ellipsis in (?:the )?einsum(?: (?:string|formula))?", r""),
    ("ellipsis index", r"{art}ellipsis in (?:the )?(?:index|indexing|slicing)", r""),
    ("leading", r"(?:handling|supporting) (?:(?:any|all|the|arbitrary|number of) )*(?:leading|batch) dimensions", r""),
    ("keepdim", r"{art}keepdim|keeping the (?:reduced |summed |last )?dimension", r""),
    (
        "keepdim fits",
        r"",
        r"{it}(?:keeps?|makes?|leaves?) (?:the )?(?:shapes?|result|dimensions?) (?:fit|ready|fitting|compatible)"
        r"(?: for (?:the )?broadcasting)?|for (?:the )?broadcasting"
        r"|{it}(?:the )?(?:result|shapes?|it) broadcasts?",
    ),
    ("keepdim of a sum", r"", r"{it}(?:the )?sums? broadcasts?"),
    (
        "largest",
        r"(?:subtracting|taking off|the subtraction of|you subtract|subtraction of|subtracts?|subtracted)"
        r" (?:{det} )?(?:(?:row's|row|each row's|row s) )*(?:maximum|max|largest (?:score|value|entry|element))"
        r"(?: value)?(?: (?:of (?:the|each|every) row|in (?:the|each|every) row|per row))?",
        r"",
    ),
    (
        "largest before exp",
        r"",
        r"{it}keeps? (?:the )?(?:softmax|exponentials?|exp) (?:numerically )?stable|for (?:numerical )?stability"
        r"|{before_exp}",
    ),
    ("docstring", r"{art}docstring", r""),
    (
        "shape comments",
        r"{art}(?:(?:writing|noting|giving|stating|adding) )*(?:the )?(?:(?:shape|tensor shape"
        r"|dimension) (?:comments?|annotations?|notes?)"
        r"|(?:comments?|notes?) (?:with|on|about|giving|that gives?) (?:the )?(?:tensor )?(?:shapes?"
        r"|dimensions?)|(?:tensor )?shapes? (?:in (?:a |the )?comments?|as comments?|as a comment))"
        r"(?: (?:on|beside) (?:this|the) lines?)?",
        r"for understanding (?:the )?(?:code|shapes)",
    ),
    (
        "reuse",
        r"(?:{art}{own}|{art}(?:function|code) reuse)",
        r"",
    ),
    (
        "reuse of several",
        r"{art}(?:(?:reuse of|reusing|own|existing|earlier|that|you|wrote"
        r"|written|lesson|same|your|the) )*(?:functions|building blocks)"
        r"(?: (?:again|(?:that are |you )?(?:defined|written|implemented|from) (?:earlier|before|above"
        r"|in (?:the )?(?:previous|earlier) (?:cells|sections))|from (?:before|above|earlier"
        r"|the earlier (?:cells|sections))|(?:that )?you (?:already )?(?:wrote|have"
        r"|had|defined)(?: (?:before|above|earlier))?|of the lesson|written (?:before|earlier)))*"
        r"|{art}{own}(?:(?: ,)?(?: and)? {own})*",
        r"",
    ),
    (
        "is none",
        r"{art}(?:(?:explicit|testing|checking|check|checks|test|comparing|asking|comparison|with|for"
        r"|against|by|whether|if) )*(?:is|is not|against|for|with)? ?none(?: (?:check|test"
        r"|comparison|here))?",
        r"",
    ),
    (
        "helper",
        r"{art}(?:(?:small|little|short|own|tiny|local) )*(?:helper(?: function)?|lambda)",
        r"",
    ),
    (
        "negative transpose",
        r"(?:(?:transposing|swapping|exchanging|only|the|just|its|their|you"
        r"|swap|transpose|transposition|of|swaps?|transposes?) )+(?:last two|two last|final two) (?:dimensions|axes)"
        r"(?: of {operand})?(?: (?:by|with|through|using|via) negative (?:indices|indexes|dimensions))?"
        r"|{art}negative (?:indices|indexes|dimensions|dimension numbers|dimension indices)"
        r"(?: (?:for|in) (?:the )?(?:transpose|transposition|swap))?",
        r"",
    ),
    (
        "scale from shape",
        r"(?:(?:taking|reading|deriving|computing|getting|calculating|you take|you read|you derive"
        r"|you compute) )(?:(?:the|your|a|default) )*(?:scale|scaling factor) "
        r"(?:from|off|out of) (?:(?:the )?shapes?(?: of {wide})?|(?:the )?last dimension of {wide})"
        r"|(?:the )?scale (?:taken |derived |computed )?from (?:the )?shape(?: of {wide})?",
        r"",
    ),
    ("softmax method", r"{art}softmax", r""),
    ("softmax", r"{art}(?:(?:built in|builtin|library|torch s|torch's|pytorch's) )*softmax(?: function)?", r""),
    (
        "last dimension",
        r"{art}softmax (?:over|along|across|on) the last (?:dimension|axis)|(?:normali[sz]ing"
        r"|the normali[sz]ation) (?:over|along) the last (?:dimension|axis)",
        r"over the last (?:dimension|axis)",
    ),
    ("type hints", r"{art}type (?:hints|annotations)", r""),
    ("assert", r"{art}(?:assert|assertion)", r""),
    (
        "no loops",
        r"(?:(?:no|not a single|avoiding|without|avoids|avoid|free of|working without) )+(?:(?:any|explicit|python"
        r"|the|a|single|use of) )*(?:loops?|for loops?|looping)|(?:fully |completely "
        r"|entirely )?vectori[sz]ed(?: (?:code|solution|form|version|computation))?",
        r"without (?:any |a )?(?:explicit |python )?loops?",
    ),
    ("comprehension", r"{art}list comprehension", r""),
    (
        "float64",
        r"(?:(?:computing|calculating|working) )?(?:in )?(?:double precision|double)",
        r"",
    ),
    (
        "dtype kept",
        r"(?:(?:casting|converting|going|cast|coming|changing) )+(?:(?:it|the result|the output"
        r"|result) )?back to (?:the )?(?:original |input |same |input's )*dtype|restoring the dtype"
        r"|the result (?:has|keeps) the dtype of the input",
        r"",
    ),
    (
        "bias",
        r"(?:(?:leaving out|turning off|dropping|switching off|no|without|omitting) )(?:the |a )?bias|{art}no bias",
        r"",
    ),
    ("linear", r"{art}linear layers", r""),
    ("three layers", r"{art}(?:(?:three|separate) )+linear layers", r""),
    ("split", r"(?:splitting|cutting|chunking) (?:it|the (?:result|product|fused product))", r""),
    (
        "cat",
        r"(?:to )?(?:fus(?:e|ing)|join(?:ing)?|concatenat(?:e|ing)|combin(?:e|ing)) (?:(?:the"
        r"|all) )*(?:three )?(?:matrices|projections)",
        r"",
    ),
    ("copy", r"(?:working on|making|taking) a (?:copy|clone) of the scores", r""),
    ("conditional", r"{art}(?:conditional expression|one line conditional)", r""),
    (
        "short",
        r"(?:(?:very|quite|pleasantly|so|really) )*(?:short|compact|concise|brief)(?: (?:and"
        r"|but) {good})?(?: (?:function|solution|answer|code|body))?",
        r"",
    ),
    (
        "kept weights",
        r"returning (?:the )?output (?:and|together with|along with|as well as) (?:the )?weights",
        r"",
    ),
    ("log softmax", r"(?:(?:going|working|staying) (?:through|in) )?(?:the )?(?:log space|log softmax)", r""),
)

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
}
