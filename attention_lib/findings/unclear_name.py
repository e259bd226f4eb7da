"""Names that say nothing, or that hide a module or one of the assignment's own functions."""

import re

MODULES = frozenset({"math", "torch", "nn", "F", "np", "numpy"})
# No names such as `temp`, `var` or `val`: a temperature, a variance and values may be meant.
PLACEHOLDER = re.compile(
    r"(?:tmp|foo|bar|baz|qux|stuff|thing|things|data|dat|blah|bla|asdf|qwerty|junk|dummy|my_?var|my_?\w?thing"
    r"|whatever|something|aaa*|bbb*|ccc*|xxx*|yyy*|zzz*)_?\d*"
)
