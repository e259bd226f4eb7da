"""What a comment on a hard-coded size may say: that a number is written into the code.

What the number breaks, and where its value should come from, is not proved; of a wrong answer it may be the solution.
"""

from grading.review.wording.clauses import Clause, Reader, wording

_CLAUSES = (
    Clause(r"{S} {be}{maybe}{adv} {fixed}(?: (?:to|at|as|to be))?(?: {values})?{where}", states=True),
    Clause(
        r"(?:avoid|do not use|try not to use|do without|no) {fixed} {noun}(?: (?:such as"
        r"|like))?(?: {values})?{where}",
        states=True,
    ),
    Clause(r"{S} (?:{be} )?(?:an? )?magic (?:numbers?|values?|constants?){where}", states=True),
    Clause(r"{S} {be}{maybe} an? {fixed} {noun}{where}", states=True),
    Clause(r"{S} (?:has been|was|were|got) {fixed}{where}", states=True),
    Clause(r"(?:there {be} |this {be} |here {be} )?(?:an? )?{fixed} {noun}(?: {values})?{where}", states=True),
    Clause(
        r"(?:you|your {part}|this {part}|the {part}|this line|these lines|this|it) (?:have "
        r"|has )?{adv_}{fix} {O}{where}",
        states=True,
    ),
    Clause(r"(?:the use of |using )?{fixed} {noun}(?: {values})?{where}", states=True),
    Clause(r"(?:hard ?coding|fixing) {O}{where}", states=True),
    Clause(
        r"{S} {be} {fixed}(?: (?:in|into) the (?:code|function))? as (?:a |the )?(?:{fixed} )?{noun}{where}",
        states=True,
    ),
    Clause(r"{small}"),
)

_MACROS = {
    "adv_": r"(?:(?:just|only|simply|directly|implicitly|silently|really) )?",
    "noun": r"(?:fixed |literal |constant |single )?(?:number|numbers|value|values|constant|constants|literal"
    r"|{?size:size|sizes|dimension|dimensions|dimension size|shapes?}|{?width:width|widths|head size"
    r"|head dimension})",
    "values": r"(?:of |, |as )?{number}(?:(?: and|,| x| or)? {number})*",
    "S": (
        r"(?:(?:the|this|that|your|these|those|both|a) )?(?:(?:literal"
        r"|constant) )?{noun}(?: {values})?"
        r"|(?:the |this |that |these )?{values}|it|this|that|they|these"
    ),
    "O": r"{det} {noun}(?: {values})?(?: (?:in|into|inside) (?:the code|this line|your code"
    r"|the {part}))?|{values}(?: (?:in|into|inside) (?:the code|your code))?",
    "fixed": r"hard[ -]?coded|fixed|written (?:directly )?into (?:the|your) (?:code|function)|a (?:hard[ -]?coded|fixed"
    r"|literal|magic|constant) (?:number|value|constant|{?size:size|dimension}|{?width:width})|hard[ -]?wired|baked in"
    r"|baked into the (?:code|function)|set by hand|a constant|literal|fixed in the code"
    r"|typed in(?: by hand)?|written into the code as a number",
    "fix": r"hard[ -]?codes?|hard[ -]?coded|fix|fixes|fixed|hard[ -]?wires?|bakes? in|typed|contains?"
    r"|use a fixed|uses a fixed|use the (?:literal|fixed|constant)|uses the (?:literal|fixed|constant)",
}

READER = Reader(wording(_CLAUSES, **_MACROS))
