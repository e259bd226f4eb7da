"""What a comment on an unclear or shadowing name may say."""

from grading.review.wording.clauses import Clause, Reader, wording

_CLAUSES = (
    Clause(r"{S}{where} {hides} {hidden}(?: {hidden2})?{where}", ("shadows",), True),
    Clause(r"{naming} {hides} {hidden}(?: {hidden2})?{where}", ("shadows",), True),
    Clause(
        r"(?:you |this )?(?:are )?{hiding} {hidden}(?: {hidden2})?{where}(?: (?:by|with) {naming})?", ("shadows",), True
    ),
    Clause(r"{S} {be} (?:also )?(?:the name of |already )?(?:an? |the )?{hidden_np}{where}", ("shadows",), True),
    Clause(r"{S} {be}{adv} {vague}{where}", ("vague",), True),
    Clause(r"{S} (?:{be} )?an? (?:very |rather |quite )?{vague} (?:variable )?name{where}", ("vague",), True),
    Clause(
        r"{S} {be}{adv} not (?:really |exactly )?an? (?:very |really |particularly |too )?(?:descriptive|clear"
        r"|informative|meaningful|telling|helpful|expressive|good|speaking"
        r"|self explaining) (?:variable )?name{where}",
        ("vague",),
        True,
    ),
    Clause(
        r"(?:an? |the )?(?:very |rather |quite )?{vague} (?:variable )?name(?: {subject})?{where}", ("vague",), True
    ),
    Clause(
        r"{S}{where} (?:does not|do not|hardly|barely) (?:say|tell|describe|explain|show|reveal|convey)(?: (?:me"
        r"|you|us|the reader|a reader|readers))?(?: (?:much|anything))?(?: about)?"
        r"(?: {holds})?{where}|{S}{where} (?:says|tells|reveals|explains|conveys)(?: (?:me|you|us"
        r"|the reader|a reader|readers))? (?:little|nothing|not much|very little)(?: about {holds})?{where}",
        ("vague",),
        True,
    ),
    Clause(
        r"{S}(?: {be})? (?:looks?|reads?|very|much|almost|exactly|just)? ?(?:like|similar to|the same as"
        r"|close to) (?:an? |the )?(?:number |digit |numeral )?(?:{?like_one:ones?}|{?like_zero:zeros?})"
        r"(?: in many fonts| in some fonts)?",
        ("alike",),
        True,
    ),
    Clause(
        r"{S} (?:{be} )?(?:easy to (?:confuse|mix up|mistake)|(?:easily|often) (?:confused|mixed up|mistaken)"
        r"|hard to tell|looks? (?:just |very |much )?like) ?(?:apart )?(?:with|for|from)? ?"
        r"(?:the )?(?:number |digit |numeral )?(?:{?like_one:(?:a )?one}|{?like_zero:(?:a )?zero}"
        r"|a digit)(?: in many fonts)?",
        ("alike",),
        True,
    ),
    Clause(
        r"(?:it is |so it is )?(?:not clear|unclear|hard to (?:tell|see|know)"
        r"|not obvious){where} (?:from the name )?{holds}(?: from (?:it|this|the|its|that|{subject}) ?(?:name)?)?",
        ("vague",),
        True,
    ),
    Clause(
        r"(?:{S} )?(?:{can}){safely} (?:be )?(?:renamed|called something else|named differently|given another name"
        r"|given a (?:better|clearer|more descriptive) name){where}"
    ),
    Clause(
        r"you (?:{can}|may want to|might want to){safely} (?:rename|call) {O}(?: differently| something else"
        r"| to something (?:else|clearer|more descriptive))?{where}|(?:please |just )?(?:consider |try )?(?:rename"
        r"|renaming) {O}(?: to something (?:else|clearer|more descriptive))?{where}"
    ),
    Clause(
        r"(?:please )?(?:use|pick|choose|give it|consider|try|find|prefer|picking|choosing|you (?:{can}) (?:use"
        r"|pick|choose|give it)) {another}{where}(?: (?:{holds2}))?"
    ),
    Clause(
        r"{another}(?: {holds2})? (?:would|could|might) (?:{benefit_verb})(?: (?:{det} )?(?:code|function|reader"
        r"|readers|line|meaning|intent))?{where}|{another}(?: {holds2})? (?:would be|is) {better}"
    ),
    Clause(
        r"(?:please )?(?:avoid|do not|try not to|better not|i would not|i would avoid|it is better not to"
        r"|you should not|not) ?(?:use|using|call|calling|name|naming|shadow|shadowing|hide|hiding|override"
        r"|overriding)? ?(?:{naming}|{O}|{hidden}|(?:a|your|the) (?:variable|local|value|tensor|result) {subject}"
        r"|{subject} as (?:a|the) (?:variable )?name|names like {subject})(?: for (?:a|your|the) (?:variable|value"
        r"|tensor|result|local variable))?{where}",
        ("shadows",),
        True,
    ),
    Clause(
        r"(?:please )?(?:avoid|do not use|try not to use|better not use) (?:names? (?:like|such as) "
        r"|the name )?{subject}(?: as (?:a|the) (?:variable )?name)?{where}",
        ("vague",),
        True,
    ),
    Clause(r"{small}"),
)

_MACROS = {
    "S": (
        r"(?:(?:the|this|that|your|its|an?) )?(?:(?:variable|local|short"
        r"|single) )*(?:variable|name|local|identifier)s?(?: names?)?(?: {subject}(?: and {subject})?)?"
        r"|(?:(?:the|this|your|using|naming it|calling it|both) )?{subject}(?: and {subject})?(?: as (?:a"
        r"|the) (?:variable )?name(?: for (?:this|it))?)?|(?:a |the )?(?:variable )?names? (?:like|such as) {subject}"
        r"|(?:the )?(?:single )?letter {subject}|{subject} (?:as|for) (?:a|the) (?:variable|variable name"
        r"|name)|it|this|that|which"
    ),
    "O": r"{S}|them",
    "naming": r"(?:calling|naming) (?:it|this|{det} (?:variable|result|value|tensor|local)|a (?:variable|local|value"
    r"|tensor)) {subject}|using {subject} (?:as|for) (?:a|the|your) (?:variable|name|variable name"
    r"|local variable|local name)(?: here)?|the name {subject}",
    "hides": r"(?:{adv_}(?:shadows?|shadowing|hides?|replaces|overrides|covers|masks|overwrites|redefines|clashes with"
    r"|collides with|conflicts with))|(?:will|would|is|are) (?:{adv_}(?:shadow|hide|override|shadowing|hiding"
    r"|overriding))",
    "hiding": r"(?:shadow|shadows|shadowing|hide|hides|hiding|override|overriding|redefine|redefining|overwrite"
    r"|overwriting)",
    "adv_": r"(?:(?:also|now|here|locally) )?",
    "hidden": r"(?:the |an? )?(?:{hidden_np})|{subject}",
    "hidden2": r"(?:of|from) (?:python|torch|the lesson|the set ?up cell|the same name|that name)|with the same name"
    r"|of the same name|by the same name|{subject}",
    "hidden_np": (
        r"(?:(?:the|a|an|python 's|python s|python's|your|its) )?(?:{?builtin:(?:python )?built ?-?ins?(?: "
        r"(?:functions?|names?|types?|one))?(?: {subject})?|(?:python )?builtins?(?: functions?"
        r"| types?)?(?: {subject})?|python(?:'s)? (?:function|name|builtin|built in)(?: {subject})?"
        r"|{subject} (?:builtin|built in)(?: function)?}"
        r"|{?module:module(?: {subject})?|imported module(?: {subject})?|import(?: {subject})?"
        r"|alias(?: {subject})?|{subject} (?:module|import|alias)|imported name(?: {subject})?"
        r"|name that was imported}"
        r"|{?lesson:function(?: {subject})?|function of the (?:lesson|task|notebook)(?: {subject})?"
        r"|function {subject} of the (?:lesson|notebook)|{subject} function|lesson's function(?: {subject})?"
        r"|earlier function(?: {subject})?|other function(?: {subject})?})"
    ),
    "vague": r"(?:an? )?(?:(?:not|hardly|rather|very|quite|too|a bit|a little|somewhat|so) )?(?:vague|generic|unclear"
    r"|uninformative|meaningless|nondescript|not (?:very |really )?(?:descriptive|clear|informative|meaningful"
    r"|telling|helpful|expressive)|a placeholder|placeholder|unhelpful|throwaway|undescriptive|cryptic)",
    "holds": r"(?:about )?(?:what (?:it|this|the variable|the tensor|this variable|this value|{subject}) (?:holds|is"
    r"|contains|means|stands for|stores|represents|is for|does)|what is (?:in it|stored|kept"
    r"|inside)(?: {where})?|its (?:meaning|content|contents|purpose|role)|the (?:meaning|content|contents"
    r"|purpose|role) of (?:it|{subject}|this variable|the variable|this tensor|the tensor))",
    "holds2": r"(?:that|which) (?:says|tells|describes|explains|shows) (?:{holds}|more|that)",
    "another": r"(?:another|a different|a (?:(?:more|less) )?(?:better|clearer|descriptive|telling|speaking|specific"
    r"|meaningful|informative|expressive|generic)(?: variable)?|some other|a (?:more )?(?:descriptive|specific"
    r"|telling) one|a new|one) ?(?:variable )?(?:name|one)?|something (?:a (?:bit|little) )?(?:else|clearer"
    r"|more (?:descriptive|specific|telling|meaningful))|a name",
    "benefit_verb": r"help|be (?:better|clearer|safer|nicer)|avoid (?:this|that|the clash|confusion)|say (?:more|it)"
    r"|make (?:it|this|things|the code) {better}|improve readability|read better",
}

READER = Reader(wording(_CLAUSES, number_words={0.0: "zero", 1.0: "one"}, **_MACROS))
