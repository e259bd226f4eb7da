"""To be imported before nbformat, by every process of ours.

nbformat imports jsonschema, and jsonschema the grammar of international web addresses if that is installed: a second of
work for a check that notebooks do not use. jsonschema does without.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)
