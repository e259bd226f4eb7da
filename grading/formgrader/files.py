"""Makes formgrader's file view show the files of a submission without running what is in them."""

from jupyter_server.base.handlers import JupyterHandler


def run_nothing(file_handler: type[JupyterHandler]) -> None:
    """Give all that `file_handler` sends the policy of a sandbox without scripts, forms and an origin of its own.

    nbgrader sends a submission's pages and SVG pictures as such, and by a link with `..%2F` also those in `submitted/`:
    they would run as the instructor. May be called any number of times.

    file_handler: nbgrader's `SubmissionFilesHandler`
    """
    file_handler.content_security_policy = property(_policy)


def _policy(handler: JupyterHandler) -> str:
    everywhere = JupyterHandler.content_security_policy.fget(handler)
    return f"{everywhere}; sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
