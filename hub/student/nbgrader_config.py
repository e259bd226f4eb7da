"""nbgrader in a student's server. Loaded where JUPYTER_CONFIG_PATH names this folder.

ATTENTION101_EXCHANGE: the exchange's root (nbgrader's own default, if not set)
ATTENTION101_COURSE_ID: the course (attention101, if not set)
ATTENTION101_HAND_IN_URL: the hand-in service, such as http://127.0.0.1:8000/services/hand-in/
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (traitlets defines it)

# First in the path, so that a folder `hub` of the student's own does not stand before it.
above = str(Path(__file__).resolve().parents[2])
if above not in sys.path:
    sys.path.insert(0, above)

c.CourseDirectory.course_id = os.environ.get("ATTENTION101_COURSE_ID") or "attention101"
if os.environ.get("ATTENTION101_EXCHANGE"):
    c.Exchange.root = os.environ["ATTENTION101_EXCHANGE"]
# Time stamps are for programs, and only UTC is read back as what it was in every zone. Receipts name the course's zone.
c.Exchange.timezone = "UTC"

if os.environ.get("JUPYTERHUB_USER"):
    # nbgrader takes the operating system's user otherwise, which may be the same for all.
    c.CourseDirectory.student_id = os.environ["JUPYTERHUB_USER"]
    c.Authenticator.plugin_class = "nbgrader.auth.JupyterHubAuthPlugin"

c.ExchangeFactory.submit = "hub.student.submit.SubmitToService"
c.ExchangeFactory.list = "hub.student.exchange_to_read.ListToRead"
c.ExchangeFactory.fetch_assignment = "hub.student.exchange_to_read.FetchAssignmentToRead"
c.ExchangeFactory.fetch_feedback = "hub.student.exchange_to_read.FetchFeedbackToRead"
