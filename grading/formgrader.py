"""Keeps formgrader from running what a submission, or an address in one, brings along."""

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError

from grading.in_place_of import in_place_of

_FROM_THE_ADDRESS = ("assignment_id", "notebook_id", "student_id")


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


def refuse_markup(handler: type) -> None:
    """Make `handler` answer 404 to names with markup in them, which no course has.

    nbgrader writes these names into its pages as they come, so that a link in a submission could run a script as the
    instructor who follows it.

    handler: nbgrader's `BaseHandler`
    """

    @in_place_of(handler, "render")
    def render(plain, self, name: str, **given: object) -> str:
        if any(set(str(given.get(key, ""))) & set('<>"') for key in _FROM_THE_ADDRESS):
            raise HTTPError(404)
        return plain(self, name, **given)
