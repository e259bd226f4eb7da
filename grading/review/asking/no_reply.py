"""Why there is no reply."""


class NoReply(Exception):
    """A question without a usable reply; the message is a clause that says why, with the remedy where there is one.

    of_server: whether the next question would fare no better, so that nobody should wait for it now
    """

    def __init__(self, why: str, of_server: bool = False):
        super().__init__(why)
        self.of_server = of_server
