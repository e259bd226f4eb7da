"""nbgrader's list and fetch for an exchange that students only read.

nbgrader's own refuse to start unless everybody may write to the exchange's root, where it needs to write nothing.
"""

from nbgrader.exchange.default.fetch_assignment import ExchangeFetchAssignment
from nbgrader.exchange.default.fetch_feedback import ExchangeFetchFeedback
from nbgrader.exchange.default.list import ExchangeList
from nbgrader.utils import check_directory


class ReadOnly:
    """Mixed into an exchange's action: its root must be there, and that is all."""

    def ensure_root(self) -> None:
        if not check_directory(self.root, execute=True):
            self.fail(f"The exchange {self.root} cannot be entered. Tell your instructor.")


class ListToRead(ReadOnly, ExchangeList):
    """`nbgrader list`."""


class FetchAssignmentToRead(ReadOnly, ExchangeFetchAssignment):
    """`nbgrader fetch_assignment`."""


class FetchFeedbackToRead(ReadOnly, ExchangeFetchFeedback):
    """`nbgrader fetch_feedback`."""
