"""A request that is not granted."""


class Denied(Exception):
    """The message says why, and the remedy.

    status: the HTTP status to answer with
    retry_after: seconds after which the same request may be granted; 0 if it will not
    """

    def __init__(self, status: int, message: str, retry_after: int = 0):
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
