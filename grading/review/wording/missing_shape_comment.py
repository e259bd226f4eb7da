"""What a comment on missing shape comments may say."""

from grading.review.wording.clauses import Clause, Reader, wording

_CLAUSES = (
    Clause(
        r"{adding} {note}(?: {about})?{where}{on} (?:would|could|might|will|can|may) (?:really |also |greatly "
        r"|certainly )?{help}{where}",
        states=True,
    ),
    Clause(
        r"(?:please )?(?:consider |try |i suggest |i would suggest |you (?:{can}|may want to"
        r"|might want to) (?:consider |also |perhaps )?|it (?:would|could|might) (?:{help} )?(?:if you |be (?:good"
        r"|nice|helpful|useful) )?(?:to )?|it helps to |perhaps )?"
        r"(?:add|adding|added|write|writing|give|giving|note|noting|put|putting|state|stating|document"
        r"|documenting|mention|mentioning|include|including)(?: down)? (?:{note}"
        r"|{shapes}){where}(?: {about})?{on}(?: (?:as|in) {note})?{where}",
        states=True,
    ),
    Clause(
        r"(?:{adding} )?(?:{note}|{shapes})(?: {about})?{on}(?: (?:as|in|with) {note})? (?:would|could|might|will"
        r"|can|may|that would) (?:really |also |greatly |certainly )?{help}{where}",
        states=True,
    ),
    Clause(
        r"(?:{S}|there|you|here)(?: {changes})? ?(?:{be} |has |have |gives? |contains? )(?:no|not a|neither"
        r"|without(?: a| any)?|missing(?: a)?) {note}(?: {about})?{on}{where}",
        states=True,
    ),
    Clause(r"(?:no|without|missing) {note}(?: {about})?{on}{where}", states=True),
    Clause(
        r"{note}(?: {about})?{on} (?:{be} )(?:missing|absent|lacking)(?: here)?{where}",
        states=True,
    ),
    Clause(
        r"{shapes} (?:{be} )(?:not (?:given|stated|written(?: down)?|documented|noted|mentioned|commented)"
        r"|nowhere (?:given|stated|documented|written)|undocumented|missing){where}",
        needs=("unsaid",),
        states=True,
    ),
    Clause(
        r"(?:nothing|no comment|no docstring|neither a comment nor a docstring|nowhere){where} (?:says"
        r"|tells(?: the reader| you)?|states|gives|explains|shows) (?:what |which )?(?:{shapes}"
        r"|shapes? (?:{tensors}) (?:have|has)){where}",
        needs=("unsaid",),
        states=True,
    ),
    Clause(
        r"(?:{S} |you )?(?:lacks?|misses|miss|needs?|could use|deserves?|(?:would|could|might|can) (?:benefit"
        r"|profit) from|benefits? from|do not have|does not have|do not say|does not say|do not state"
        r"|does not state|does not (?:mention|give|document)|do not (?:mention|give|document)) (?:{note}"
        r"|{shapes})(?: {about})?{on}{where}",
        needs=("unsaid",),
        states=True,
    ),
    Clause(
        r"(?:{S} |it |you |this )?(?:changes?|reshapes?) (?:the )?(?:shapes?"
        r"|dimensions?)(?: here|{?changes_often: several times| more than once| at least twice})?{where}",
        ("changes here",),
    ),
    Clause(
        r"(?:the )?(?:shapes?|dimensions?) (?:changes?|change){where}"
        r"(?:{?changes_often: several times| more than once})?",
        ("changes here",),
    ),
    Clause(
        r"(?:please )?(?:add|write|give|note|put|state|document|mention|include|annotate|comment|describe|adding"
        r"|writing|noting|stating|documenting|annotating) (?:down )?(?:{note}"
        r"|{shapes}){where}(?: {about})?{on}(?: (?:as|in|with) {note})?{where}(?: {help})?",
        states=True,
    ),
    Clause(r"{small}"),
)

_MACROS = {
    "adding": r"(?:adding|writing|putting|giving|including|having|noting|stating|mentioning|documenting"
    r"|to have|to add)",
    "note": r"(?:(?:an?|some|the|any|your|one|more|of the|such) )?(?:(?:short|brief|little|small|quick|single"
    r"|one line) )*(?:{?no_comment:shape comments?|comments?(?: with shapes| about (?:the )?shapes"
    r"| on (?:the )?shapes)?|comment or docstring}|shape comments?|shape annotations?|shape notes?"
    r"|comments? (?:with|about|on|giving|that gives?|for|stating|saying) (?:the |their "
    r"|its )?(?:tensor )?(?:shapes?|dimensions?)|notes? (?:on|about|of) (?:the )?(?:shapes?|dimensions?)"
    r"|{?no_docstring:docstring(?: with (?:the )?shapes)?|docstring or comments?|shape docstring}"
    r"|comments?(?= (?:with|about|giving|that|stating|saying|showing|explaining|describing|indicating"
    r"|documenting|to explain|to describe|to show|to say|to indicate|to clarify|to document|on (?:the |their "
    r"|its )?(?:tensor )?(?:shape|dim|size))))",
    "about": r"(?:(?:with|about|on|giving|that gives?|that states?|for|stating|saying|of|to say|to show|to explain"
    r"|to describe|to indicate|to clarify|to document|explaining|describing|indicating|clarifying|documenting"
    r"|which says|that says|showing) (?:{shapes}|what shapes? {tensors} (?:has|have|is|are)"
    r"|which shapes? {tensors} (?:has|have)))",
    "shapes": r"(?:the |their |its |all |tensor |input |output |expected |resulting |intermediate )*(?:shapes?"
    r"|dimensions?|sizes?)(?: (?:of|for) (?:the )?{tensors})?",
    "tensors": r"(?:(?:the|each|every|its|your|all|these|intermediate|resulting|main|input|and|output) )*(?:tensors?"
    r"|inputs?|outputs?|results?|intermediate results?|arguments?|steps?|inputs and (?:the )?outputs?"
    r"|scores|weights|queries|keys|values|operations?|expression|expressions|lines?|products?)"
    r"|{code}|it",
    "on": r"(?: (?:after|at|next to|beside|for|on|to) (?:(?:the|each|every|this|these|your) )?(?:steps?|lines?"
    r"|operations?|tensors?|results?|intermediate (?:results?|tensors?)|products?"
    r"|{code}))?",
    "S": r"(?:(?:the|this|your|these) )?(?:function|method|line|lines|code|class|answer|cell)(?: {subject})?"
    r"|{subject}|it|this|which|these steps|these operations",
    "changes": r"(?:(?:that|which) (?:changes?|reshapes?) (?:the )?shapes?)",
    "help": r"(?:{benefit_vp}|help(?: (?:readers?|the reader|others|you|a lot|here|to (?:follow|check|understand"
    r"|read) (?:the code|it|this|{shapes})))*|be (?:helpful|useful|good|nice|welcome|a help)|{benefit}|(?:make"
    r"|keep) {det} (?:code|function|method|steps|lines?|shapes?) {better}|improve (?:readability|clarity))",
}

READER = Reader(wording(_CLAUSES, **_MACROS))
