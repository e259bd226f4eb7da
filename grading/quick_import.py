"""To be imported before nbformat, by every process of ours."""

import os
import sys

# nbformat imports jsonschema, and jsonschema the grammar of international web addresses if that is installed: a
# second of work for a check that notebooks do not use. jsonschema does without.
sys.modules.setdefault("rfc3987_syntax", None)
# Of nbformat's two validators the one that is ten times as fast; nbformat requires it, and takes the other by default.
os.environ.setdefault("NBFORMAT_VALIDATOR", "fastjsonschema")
