"""What a comment on a hard-coded size may say."""

from grading.review.checkers.wording.clauses import Clause, Reader, wording

_CLAUSES = (
    Clause(r"{S} {be}{maybe}{adv} {fixed}(?: (?:to|at|as|to be))?(?: {values})?{where}", states=True),
    Clause(
        r"(?:avoid|do not use|try not to use|do without|no) {fixed} {noun}(?: (?:such as"
        r"|like))?(?: {values})?{where}",
        states=True,
    ),
    Clause(
        r"{S} (?:{be} )?(?:an? )?magic (?:numbers?|values?|constants?)(?: (?:that|which) (?:only )?(?:match"
        r"|matches|fit|fits|work for|works for|suit|suits) (?:only )?{assumed})?{where}",
        states=True,
    ),
    Clause(
        r"{from_shape}(?: (?:would|will|could|can) (?:make|let|allow|keep) {it_np} (?:to )?(?:work|works|fit"
        r"|general|flexible|working)(?: (?:for|with) {any_size})?|(?: instead)? {benefit_vp}| (?:would be"
        r"|is) (?:more )?(?:general|flexible|robust|better|safer))?"
    ),
    Clause(
        r"(?:so |so that |then )?(?:{it_np} |your {part} )?(?:should|would|will|could|can|must|is meant to|has to"
        r"|needs to) (?:then )?(?:work|works|fit|fits|be general|accept|accepts|handle|support) ?(?:for"
        r"|with)? {any_size}"
    ),
    Clause(
        r"{other} (?:would|will|may|can|could) (?:not work|fail|break|not fit|give (?:different|other) (?:results?"
        r"|values|numbers|scores)(?: than expected)?)"
    ),
    Clause(r"{S} {be}{maybe} an? {fixed} {noun}{where}", states=True),
    Clause(r"{S} (?:has been|was|were|got) {fixed}{where}", states=True),
    Clause(r"(?:there {be} |this {be} |here {be} )?(?:an? )?{fixed} {noun}(?: {values})?{where}", states=True),
    Clause(
        r"(?:you|your {part}|this {part}|the {part}|this line|these lines|this|it) (?:have "
        r"|has )?{adv_}{fix} {O}{where}",
        states=True,
    ),
    Clause(r"(?:the use of |using )?{fixed} {noun}(?: {values})?{where}", states=True),
    Clause(r"(?:hard ?coding|fixing|writing) {O}{where}(?: {limit_s})?", states=True),
    Clause(r"{S} {be} (?:{adv_})?(?:a )?magic number{where}", states=True),
    Clause(
        r"(?:{S} |you |your {part} |it |this )?(?:assumes?|relies on|rely on|only works? (?:for|with|if|when)"
        r"|depends? on) {assumed}",
        states=True,
    ),
    Clause(r"{S} (?:{be} )?only (?:right|correct|valid|fits?|true) (?:for|with|if|when)? ?{assumed}", states=True),
    Clause(r"(?:so |which |this |it |that |{S} |the {part} |your {part} )*{limit}"),
    Clause(r"(?:so |which |this |it |that |{S} |the {part} |your {part} )*{limit_s}"),
    Clause(
        r"{S} {be} {fixed}(?: (?:in|into) the (?:code|function))? as (?:a |the )?(?:{fixed} )?{noun}{where}",
        states=True,
    ),
    Clause(
        r"(?:so |which |this |it |that |and |they )*(?:makes?|making)? ?(?:{it_np} )?(?:less|not very"
        r"|not) (?:flexible|general|reusable|adaptable)(?: and (?:harder|more difficult) to (?:maintain|modify"
        r"|read|understand|change|reuse|follow))?"
    ),
    Clause(
        r"(?:so |which |this |it |that |and |they )*(?:makes? )?(?:{it_np} )?(?:harder|more difficult|hard"
        r"|difficult) to (?:maintain|modify|read|understand|change|reuse|follow|adapt)"
    ),
    Clause(r"{bad_practice}"),
    Clause(r"{better_source}"),
    Clause(
        r"(?:{S} |it |this |they )?(?:{can}|must|needs to|has to|ought to) (?:better )?(?:be )?(?:derived|read"
        r"|taken|computed|inferred|obtained|come|looked up)(?: (?:from|off|out of) (?:{det} )?(?:(?:input|tensor"
        r"|argument) )?(?:shapes?|sizes?|inputs?|tensors?|arguments?)(?: of (?:{det} )?(?:inputs?|tensors?"
        r"|arguments?))?)(?: instead)?"
    ),
    Clause(
        r"(?:so |which |this |it |that |and )*(?:makes?|making) {it_np} (?:less|not|in) ?(?:very )?(?:flexible"
        r"|general|reusable|inflexible)"
    ),
    Clause(r"{benefit}"),
    Clause(r"{small}"),
)

_MACROS = {
    "adv_": r"(?:(?:just|only|simply|directly|implicitly|silently|always|really) )?",
    "noun": r"(?:fixed |literal |constant |single )?(?:size|sizes|number|numbers|value|values|{?width:width|widths"
    r"|head size|head dimension}|constant|constants|dimension|dimensions|dimension size|shapes?|literal)",
    "values": r"(?:of |, |as )?{number}(?:(?: and|,| x| or)? {number})*",
    "S": (
        r"(?:(?:the|this|that|your|these|those|both|a) )?(?:(?:literal"
        r"|constant) )?{noun}(?: {values})?(?: (?:in|inside|of|under|for) (?:{code}|(?:the |these "
        r"|this )?(?:tensors?|results?|inputs?|outputs?)))?"
        r"|(?:the |this |that |these )?{values}(?: (?:in|inside|of|under|for) {code})?|it|this|that|they|these|{code}"
    ),
    "O": r"(?:{det} )?{noun}(?: {values})?(?: (?:in|into|inside) (?:{code}|the code|this line|your code"
    r"|the {part}))?|{values}(?: (?:in|into|inside) (?:{code}|the code|your code))?|it",
    "fixed": r"hard[ -]?coded|fixed|written (?:directly )?into (?:the|your) (?:code|function)|a (?:hard[ -]?coded|fixed"
    r"|literal|magic|constant) (?:size|number|value|constant|dimension|width)|hard[ -]?wired|baked in"
    r"|baked into the (?:code|function)|set by hand|a constant|literal|magic|fixed in the code"
    r"|typed in(?: by hand)?",
    "fix": r"hard[ -]?codes?|hard[ -]?coded|fix|fixes|fixed|hard[ -]?wires?|bakes? in|writes?|typed|contains?"
    r"|use a fixed|uses a fixed|use the (?:literal|fixed|constant)|uses the (?:literal|fixed|constant)",
    "assumed": (
        r"(?:that )?(?:{det} )?(?:(?:input|tensor) )?(?:size|sizes|{?width:width}"
        r"|dimension|shape|inputs?)"
        r"(?: (?:{be}|of|to be)(?: (?:always|exactly))?)? {values}|(?:exactly (?:this|that)"
        r"|inputs? of (?:exactly )?(?:this|that|one|these)|this|that|one|a|these|those|a particular|a single"
        r"|a fixed|the same|one particular|only one|one specific|a specific) (?:sizes?|shapes?|widths?"
        r"|dimensions?|inputs?)"
    ),
    "from_shape": r"(?:(?:please )?(?:read|reading|take|taking|derive|deriving|get|getting|compute"
    r"|computing|use|using|infer"
    r"|inferring|look up|looking up) (?:it|them|{O}|(?:the|this|that) (?:size|sizes|width|dimension|dimensions"
    r"|number|value|scale|actual size|real size) )? ?(?:from|off|out of|of) (?:{det} )?(?:(?:input|tensor"
    r"|argument|tensor's|input's|inputs'|query|queries) ?(?:'s|s)? )?(?:shapes?|sizes?|inputs?|tensors?"
    r"|arguments?)(?: of (?:{det} )?(?:inputs?|tensors?|arguments?))?(?: instead)?"
    r"|using (?:the )?shapes?(?: of (?:the )?(?:inputs?|tensors?|arguments?))?)",
    "any_size": r"(?:(?:inputs?|tensors?) (?:of|with) )?(?:any|every|all|other|different|arbitrary|various) (?:(?:input"
    r"|tensor|other) )?(?:sizes?|widths?|shapes?|dimensions?|inputs?|lengths?)",
    "other": r"(?:any )?(?:other|different|another|all other|larger|smaller|every other|any other|new) (?:input "
    r"|tensor )?(?:sizes?|widths?|shapes?|dimensions?|inputs?|lengths?)",
    "limit": r"(?:will |would |may |can |might |could )?(?:breaks?|fails?|not work|not fit|stops? working|goes wrong"
    r"|go wrong|be wrong|does not work|do not work|will not work|cannot work|is wrong|becomes wrong) (?:for"
    r"|with|on|when (?:used|called) with|as soon as you use|once you use) {other}",
    "limit_s": r"(?:(?:will |would |may |can |might |could )?(?:only )?(?:works?|fits?|is right|is correct"
    r"|is valid) only (?:for|with) {assumed}|(?:only )?(?:works?|fits?) (?:for|with)? ?{assumed}|(?:will "
    r"|would |may |can |might )?(?:not )?(?:ties|tie|limits?|restricts?|binds?) (?:{det} )?(?:function|code|it"
    r"|answer|class|method) to {assumed})",
    "better_source": (
        r"(?:(?:you (?:can|could|should|may|might)|consider|try|please|it (?:would|could|can|might|should) be"
        r"|it is|better|better to|should be|could be|prefer to)? ?"
        r"(?:better |safer |cleaner )?(?:to )?(?:be )?(?:tak(?:e|en|ing)|read(?:ing)?|deriv(?:e|ed|ing)"
        r"|get(?:ting)?|us(?:e|ing)|comput(?:e|ed|ing)|look(?:ed|ing)? up|infer(?:red|ring)?|obtain(?:ed|ing)?)"
        r" (?:it|them|{O}|the real size|the actual size|the sizes?|the widths?"
        r"|the dimensions?)? ?(?:instead )?(?:from|off|out of) (?:{det} )?"
        r"(?:shapes?|sizes?)(?: of (?:{det} )?(?:inputs?|tensors?|arguments?))?(?: instead)?"
        r"|(?:{det} )?(?:inputs?|tensors?|arguments?) (?:know|knows|has|have|tell|tells you) (?:its|their"
        r"|the) (?:sizes?|shapes?|own sizes?))"
    ),
}

READER = Reader(wording(_CLAUSES, **_MACROS))
