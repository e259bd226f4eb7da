"""nbgrader's configuration in the servers of instructor and TAs: the course's own, and where the exchange is.

Environment: ATTENTION101_COURSE and ATTENTION101_EXCHANGE name the two folders.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (traitlets defines it)

checkout = str(Path(__file__).resolve().parents[3])
if checkout not in sys.path:
    sys.path.insert(0, checkout)

from course.folders import load_config  # noqa: E402  (found once the checkout is in the path)

c.merge(load_config())
c.Exchange.root = os.environ["ATTENTION101_EXCHANGE"]
if os.environ.get("JUPYTERHUB_USER") and not os.environ.get("JUPYTERHUB_SERVICE_NAME"):
    # In a server that graders share there is no one user to ask the hub about.
    c.Authenticator.plugin_class = "nbgrader.auth.JupyterHubAuthPlugin"

if os.environ.get("ATTENTION101_REVIEWER"):
    # A stand-in that repeats recorded answers: address and model.
    host, model = os.environ["ATTENTION101_REVIEWER"].split(" ", 1)
    c.CodeReview.update({"host": host, "model": model, "recorded": True, "drafts": "all"})
