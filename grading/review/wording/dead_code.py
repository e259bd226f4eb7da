"""What a comment on dead code may say."""

from grading.review.wording.clauses import Clause, Reader, wording

_CLAUSES = (
    # that it is not used
    Clause(r"{S} {be}{maybe} (?:never|not){adv} {use}(?: {or_use})?{for_what}{where}", states=True),
    Clause(
        r"{S} (?:{be} )?(?:{given}{where} (?:and|but) (?:then )?)(?:(?:is|are) )?(?:never"
        r"|not){adv} {use}(?: {or_use})?{where}",
        states=True,
    ),
    Clause(r"(?:it is |is |are )?(?:then )?(?:never|not){adv} {use}(?: {or_use})?{where}", states=True),
    Clause(
        r"(?:{small} )?{S} (?:{be} |goes |remains |stays ){maybe}(?:{?unused:unused|redundant"
        r"|not needed})(?: {noun})?{where}",
        states=True,
    ),
    Clause(
        r"{S} (?:{be} )?(?:has|have|serves?) no (?:{?unused:use|purpose}|{?no_effect:effect|purpose|use}){where}",
        states=True,
    ),
    Clause(r"(?:there is )?(?:an? )?{?unused:unused} {noun}(?: {subject})?{where}", states=True),
    Clause(r"{S} {be} an? {?unused:unused} {noun}{where}", states=True),
    Clause(
        r"you (?:(?:do not|never){adv} (?:use|read|need)|{make} {obj}{where} (?:and|but) (?:then )?(?:never"
        r"|do not){adv} (?:use|read|need)) "
        r"{obj}{where}",
        ("unused",),
        True,
    ),
    Clause(
        r"(?:nothing(?: else)?|no (?:other |later |following |further )?(?:code|line|statement|step"
        r"|part(?: of the {part})?)){where} {adv_}(?:uses|reads|needs|refers to|looks at|touches|makes use of"
        r"|depends on|relies on|accesses) "
        r"{obj}{where}",
        ("unused",),
        True,
    ),
    Clause(r"you (?:never|do not){adv} call {obj}{where}|nothing calls {obj}{where}", ("function",), True),
    Clause(r"{S} {be}{adv} (?:{given}){where}"),
    Clause(r"you{adv} {make} {obj}{where}"),
    Clause(r"{S} {be} (?:dead(?: code)?|{?unreachable:unreachable(?: code)?}){where}", states=True),
    Clause(r"(?:this is |here is )?(?:dead|{?unreachable:unreachable}) code{where}", states=True),
    # that its value is lost
    Clause(
        r"{value} {be}{maybe} (?:never|not){adv} (?:used|read|needed|kept|stored|assigned(?: to (?:anything"
        r"|a variable|a name|any name))?"
        r"|returned|saved)(?: {or_use})?{where}",
        ("unused result",),
        True,
    ),
    Clause(r"{value} {be}{adv} (?:thrown away|discarded|lost|dropped|ignored){where}", ("unused result",), True),
    Clause(
        r"{value} {be}{adv} (?:overwritten|replaced|assigned again){where}(?: before (?:it|anything|anyone) "
        r"(?:is|was|has been|reads) (?:ever )?(?:used|read|it|needed))?{where}",
        ("overwritten",),
        True,
    ),
    Clause(r"before (?:it is|being) (?:ever )?(?:used|read)", ("overwritten",)),
    # that it does nothing
    Clause(
        r"{S} (?:has|have) (?:no|absolutely no) effect(?: on (?:the (?:result|output)|anything"
        r"|what follows))?{where}",
        ("no effect",),
        True,
    ),
    Clause(r"{S} (?:does|do) (?:nothing|not do anything|not change anything){where}", ("no effect",), True),
    Clause(
        r"(?:{S} (?:just |only |simply )?(?:assigns|sets)|you (?:assign|set)) {operand} (?:to|equal to) itself{where}",
        ("self assignment",),
        True,
    ),
    Clause(
        r"(?:{S} |{operand} )(?:is |gets )(?:just |only |simply )?(?:assigned|set) to itself{where}",
        ("self assignment",),
        True,
    ),
    # that it is never reached
    Clause(r"{S} {be} (?:never|not) (?:reached|executed|run|evaluated|reachable){where}", ("unreachable",), True),
    Clause(
        r"{S} (?:can|could|will|would) (?:never|not){adv} (?:run|execute|be (?:reached|executed|run"
        r"|evaluated)){where}",
        ("unreachable",),
        True,
    ),
    Clause(
        r"{S} (?:cannot|never|will never|would never|does not|will not)(?: ever)?{adv} (?:runs?|executes?"
        r"|gets? (?:reached|executed|run)|be (?:reached|executed|run|evaluated)){where}",
        ("unreachable",),
        True,
    ),
    Clause(
        r"{S} (?:comes|come|stands?|is|are|follows?)(?: placed| written| only)? (?:(?:directly|right) )?(?:after"
        r"|behind|below|follows?) "
        r"{leaving}{where}",
        ("unreachable",),
        True,
    ),
    Clause(r"(?:(?:nothing|no code|no line) )?(?:after|behind|below|following) {leaving}{where}", ("unreachable",)),
    Clause(
        r"(?:the |this |your )?(?:function|method) (?:has )?(?:already )?(?:returned|returns|left|ended|ends"
        r"|leaves){where}"
        r"(?: (?:before|at|on|by)(?: that| this)?(?: point| line)?)?",
        ("unreachable",),
    ),
    Clause(
        r"(?:{S} )?(?:is|looks|seems|was|looks like|seems to be|appears to be)?{maybe} ?(?:a |an )?(?:left ?overs?"
        r"|remnant|left in|left) {from}",
        ("stub",),
    ),
    # what to do
    Clause(
        r"(?:{S} )?(?:{can}){safely} (?:be (?:removed|deleted|dropped|left out|omitted|taken out|cut)|go"
        r"|go away){where}",
        ("removable",),
    ),
    Clause(
        r"you (?:{can}|may want to|might want to){safely} (?:remove|delete|drop|leave out|omit|take out|cut"
        r"|get rid of) {obj}{where}",
        ("removable",),
    ),
    Clause(
        r"(?:please )?(?:consider|try|i suggest|i would suggest) (?:removing|deleting|dropping|leaving out"
        r"|taking out) {obj}{where}",
        ("removable",),
    ),
    Clause(r"(?:please |just |simply )?(?:remove|delete|drop|leave out|omit|take out) {obj}{where}", ("removable",)),
    Clause(
        r"(?:removing|deleting|dropping|leaving out|without) {obj}{where}(?: changes nothing"
        r"| does not change (?:anything|the result))?",
        ("removable",),
    ),
    Clause(
        r"{S} (?:is|are) (?:(?:safe|fine) to (?:remove|delete|drop)|not needed|unnecessary|superfluous|redundant"
        r"|not necessary){where}",
        ("removable",),
        True,
    ),
    Clause(r"you do not need {obj}{where}", ("removable",), True),
    Clause(
        r"nothing (?:would |will )?(?:changes?|is lost|breaks?)(?: (?:if|when) (?:you (?:remove|delete|drop) {obj}"
        r"|{S} is (?:removed|deleted|gone)))?",
        ("removable",),
    ),
    Clause(r"(?:is|are) {S}(?: really| still)? (?:needed|used|necessary|useful){where}"),
    Clause(
        r"(?:there is )?no need (?:for {obj}|to (?:{make}|keep|have) {obj}){where}|(?:keeping|assigning|computing"
        r"|storing|importing|defining) {obj} is (?:not (?:needed|necessary)|unnecessary){where}",
        ("removable",),
        True,
    ),
    Clause(
        r"(?:without|but without|and without) (?:ever )?(?:using|reading|needing|calling) {obj}{where}",
        ("unused",),
        True,
    ),
    Clause(
        r"{S} {be}{maybe} (?:never|not){adv} (?:used|read|needed|looked at) (?:again|afterwards|any ?more"
        r"|after (?:this|that)(?: line)?){where}",
        ("afterwards",),
        True,
    ),
    Clause(r"{small}"),
)

_MACROS = {
    "elsewhere": r"below|above|further down",
    "adv_": r"(?:(?:ever|actually|really|later) )?",
    "noun": (
        r"{?variable:variable|local variable|assignment|name|local|temporary variable|variables|names"
        r"|local variables}|value"
        r"|{?import:import|import statement|package|module|imported module|imports}|{?function:function"
        r"|inner function|helper|helper function|local function|definition}"
        r"|{?list:list|variable}|{?statement:line|lines|lines? of code|statement|statements|code|piece of code"
        r"|expression|part|raise|return}"
    ),
    "S": (
        r"(?:(?:the|this|that|your|its|these|those) )?(?:(?:whole|local) )?{noun}"
        r"(?: (?:of|called|named|to|for|with|in|after) (?:the name )?{subject}"
        r"| {subject}(?: and {subject})*)?(?: {on_line})?"
        r"|(?:importing |assigning |defining |computing |both )?{subject}(?: (?:,|and|or"
        r"|nor) {subject})*(?: {on_line})?|it|that|which|{?statement:this|they|these}|what you (?:store|keep"
        r"|put) in {subject}|(?:the )?value (?:(?:stored|kept|assigned|held|saved) )?(?:in|to|by|of) {subject}"
        r"|(?:this|that|the|your) {subject}(?: (?:call|statement|line|{noun}))?|{after_leaving}"
    ),
    "after_leaving": r"(?:any |all |the )?{?unreachable:(?:code|lines?|statements?|everything) (?:after"
    r"|behind|below|following"
    r"|that follows|that comes after) {leaving}}",
    "obj": r"{S}|{?statement:them}|its value|the result|it|{value}",
    "on_line": r"(?:on|in|from|at) (?:this|these) lines?|here",
    "use": r"{?unused:used|read|needed|referenced|accessed|touched|looked at|consumed|required|used for anything}"
    r"|{?function:called|used|invoked}|{?unreachable:reached|executed|run}",
    "or_use": r"or {use}|nor {use}",
    "for_what": r"(?: for anything)?",
    "given": r"assigned|defined|set|computed|calculated|created|stored|declared|made|given a value|{?import:imported}"
    r"|unpacked|kept|filled|built|written|introduced|collected|prepared|initiali[sz]ed",
    "make": r"assign|define|set|compute|calculate|create|store|declare|make|keep|build|introduce|prepare|save"
    r"|initiali[sz]e|{?import:import}",
    "value": (
        r"(?:the |this |its |that )?(?:{?unused_result:result|value|output|return value|new tensor"
        r"|returned tensor|masked tensor}"
        r"|{?overwritten:value|first value|result|assignment})"
        r"(?: (?:of|in|from|that {subject} (?:returns|gives)|returned by|for|assigned to|stored in) {S})?"
        r"(?: {where_made})?|{S}"
    ),
    "where_made": r"(?:computed|made|assigned|calculated|created) (?:here|on this line|in this line|above)",
    "leaving": r"(?:the|a|an|your|that|this)? ?(?:{?after_return:return}|{?after_raise:raise|exception}"
    r"|{?after_break:break}|{?after_continue:continue})"
    r"(?: (?:statement|line))?",
    "from": r"from the (?:template|stub|task|released cell|exercise|placeholder|original cell|starter code)",
}

READER = Reader(wording(_CLAUSES, **_MACROS))
