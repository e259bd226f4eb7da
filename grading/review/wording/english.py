"""Parts of English clauses that the wordings of all kinds share."""

# What may stand before a statement or an advice without changing what it says.
LEADS = (
    r"(?:(?:i (?:noticed|notice|see|think|find|believe|would say|saw)(?: that)?|(?:please )?(?:note|notice"
    r"|remember|keep in mind|be aware|see)(?: here)?(?: that)?|it (?:looks like|seems(?: like| that)?"
    r"|appears that)"
    r"|it is worth (?:noting|knowing)(?: that)?|in general|in this (?:function|line|cell|method)"
    r"|in these lines|on this line|on these lines|for readers|as a (?:small |minor )?(?:note|remark"
    r"|suggestion)|(?:a |one )?(?:small|minor|tiny|little|quick) (?:thing|point|note|detail|remark|suggestion"
    r"|nit|tip)"
    r"|currently|at the moment|right now|in python|in torch|in pytorch|also|perhaps|maybe|instead|overall"
    r"|moreover|furthermore|additionally|besides|apart from that|otherwise|therefore|generally|usually"
    r"|it is (?:usually |generally |often )?(?:common|good practice|good style|customary"
    r"|conventional)(?: in python)? to) )+"
)
# Forms that make an advice of an imperative.
ADVICE = (
    r"(?:(?:you|we|one|i) (?:can|could|may|might|should|would)(?: (?:want|like|prefer|try|choose))?(?: to)?"
    r"|feel free to|it (?:would|might|could|may) be (?:good|nice|better|best|helpful|useful|cleaner|clearer"
    r"|worth it|an idea|a good idea|simpler|great) to"
    r"|it is (?:better|best|cleaner|clearer|simpler|safe|fine|enough|good|a good idea|recommended|advisable"
    r"|more idiomatic|more readable) to|i (?:would )?(?:suggest|recommend|advise)(?: you)?(?: to)?|try to"
    r"|better to|best to|please|just|simply|let us|there is room to|to)"
    r"(?: (?:also|simply|just|safely|perhaps|then|therefore|easily|directly|rather|instead|always|even))* "
)

MACROS = {
    "det": r"the|this|that|your|a|an|these|those|its|such a|the whole|the same",
    "adv": r"(?: (?:actually|really|ever|simply|just|also|already|still|currently|now|only|even|again|later|itself"
    r"|later on|then))*",
    "maybe": r"(?: (?:probably|apparently|perhaps|likely|maybe|possibly))?",
    "be": r"is|are|was|seems(?: to be)?|looks(?: like)?|appears(?: to be)?|may be|might be|could be|looks to be",
    "can": r"can|could|may|might|should|would",
    "safely": r"(?: (?:safely|simply|just|probably|also|therefore|perhaps|easily|even|then|always))*",
    "part": r"function|method|code|cell|answer|body|block|class|rest of the (?:function|code|method|cell)|program"
    r"|solution",
    "where": (
        r"(?: (?:here|there|anywhere(?: else)?|afterwards?|later(?: on)?|again|at all|any ?more"
        r"|any longer|too|already|instead|{elsewhere}"
        r"|after (?:this|that)(?: (?:line|point))?|in this place|at this point|from here on|in the end"
        r"|at the end|in python|in this case"
        r"|(?:in|on|by|within|inside|of|at|for|from|throughout|elsewhere in|anywhere in) (?:(?:the|this|that"
        r"|these|those|your|its) )?"
        r"(?:whole |entire |same )?(?:{part}|lines?|{place})))*"
    ),
    # Where else than here something is true; only kinds that check it say so.
    "elsewhere": r"(?!)",
    "code_noun": (
        r"(?:code|function|method|answer|solution|cell|line|lines|result|expression|intent|intention|block"
        r"|body|head|class"
        r"|reading|structure|computation|steps|shapes?|dimensions|logic"
        r"|flow)(?: of the (?:code|function|method))?"
    ),
    "it_np": r"(?:{det} )?{code_noun}|it|this|things|everything|that|them|these lines|this part",
    "better": (
        r"(?:(?:a (?:bit|little)|even|much|slightly|somewhat|far) )?(?:(?:shorter|clearer|cleaner|simpler"
        r"|tidier|neater|tidy|clean|short|nicer"
        r"|clear|simple|concise|compact|readable|explicit|direct|more (?:readable|concise|compact|explicit"
        r"|idiomatic|pythonic|direct))"
        r"|(?:easier|simpler|easy|simple|quicker) to (?:read|follow|understand|maintain|check|review|grasp))"
        r"(?: and (?:clearer|cleaner|simpler|shorter|tidier|readable|clear|simple|more readable"
        r"|easier to (?:read|follow|understand)))?"
    ),
    "readers": r"(?:the |a |any |your |other |future )?(?:readers?|others|you|people|everyone|someone)",
    "benefit_vp": (
        r"(?:(?:would|will|could|can|may|might|should|also|really|greatly|certainly) )*(?:"
        r"(?:make|makes|making|keep|keeps|keeping|leave|leaves) (?:it (?:for {readers} )?)?(?:{it_np} "
        r")?{better}(?: for {readers})?|makes? it {better} (?:the )?{code_noun}"
        r"|helps?(?: {readers}| a lot| here| with (?:reading|readability"
        r"|following along))*(?: (?:to )?(?:follow|read|understand|check|see|track"
        r"|keep track of)(?: {it_np})?)?"
        r"|(?:improves?|increases?|helps?|aids?|adds? to|be good for|is good for) (?:the )?(?:readability"
        r"|clarity)(?: of {it_np})?"
        r"|(?:shortens?|tidy|tidies|simplify|simplifies|clarify|clarifies|clean|cleans"
        r"|declutters?)(?: up)?(?: {it_np})?(?: up)?"
        r"|(?:reduces?|avoids?|removes?) (?:clutter|noise|confusion|some clutter)|(?:is|be|reads?|looks?"
        r"|become|get) {better}(?: for {readers})?)"
    ),
    "benefit": (
        r"(?:(?:it|this|that|which|doing so|that one|{it_np}) )?{benefit_vp}|making {it_np} {better}"
        r"|(?:for (?:better |the sake of |more )?(?:clarity|readability|brevity|simplicity))"
        r"|to (?:make|keep) {it_np} {better}|to (?:improve|help|increase) (?:the )?(?:readability|clarity)"
    ),
    "bad_practice": r"(?:this|that|it|which) is (?:(?:not|never|rarely) (?:a )?(?:very )?good|bad|poor"
    r"|not recommended as a) (?:practice|style|idea|habit)",
    "small": (
        r"(?:a )?(?:small|minor|tiny|little|quick) (?:thing|point|note|detail|remark|suggestion|nit|tip|hint)"
        r"|(?:just )?(?:a |one )?(?:note|nit|tip|hint|suggestion|detail)|one (?:small|minor|little|tiny) thing"
        r"|for next time|by the way"
    ),
}
