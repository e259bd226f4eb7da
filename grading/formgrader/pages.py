"""Keeps formgrader's pages from running what stands in their own address."""

from tornado.web import HTTPError

_FROM_THE_ADDRESS = ("assignment_id", "notebook_id", "student_id")


def refuse_markup(handler: type) -> None:
    """Make `handler` answer 404 to names with markup in them, which no course has.

    nbgrader writes these names into its pages as they come, so that a link in a submission could run a script as the
    instructor who follows it. May be called any number of times.

    handler: nbgrader's `BaseHandler`
    """
    plain = handler.render
    if getattr(plain, "refuses_markup", False):
        return

    def render(self, name: str, **given: object) -> str:
        if any(set(str(given.get(key, ""))) & set('<>"') for key in _FROM_THE_ADDRESS):
            raise HTTPError(404)
        return plain(self, name, **given)

    render.refuses_markup = True
    handler.render = render
