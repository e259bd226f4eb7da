"""Due dates as nbgrader takes and shows them: in the course's time zone, with the summer time of the date itself."""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from nbgrader.api import SubmittedAssignment

from course.zone import CourseZone
from grading.in_place_of import in_place_of
from handin.deadline import read_due
from handin.exchange.published_deadline import publish_deadline
from handin.lateness import deadline

_FORMGRADER = "nbgrader.server_extensions.formgrader"


def take_due_dates_in(zone: CourseZone, modules: Mapping[str, ModuleType]) -> None:
    """Make "due 23:59", in formgrader and in `nbgrader db assignment add`, mean 23:59 in `zone` on that day.

    nbgrader adds the offset that the zone has today, so that in winter a deadline in July was typed, and with each
    later change in the dialog saved again, an hour off. Without an offset it took the time as UTC, and on the command
    line an offset such as +0200 as 200 seconds. In the nights of a change it showed wrong times. May be called any
    number of times.

    And an extension of an assignment without a due date is no error, as it is to nbgrader.

    modules: those that are loaded, by name; what of nbgrader is not among them is left alone
    """
    SubmittedAssignment.duedate = property(lambda self: deadline(self.assignment.duedate, self.extension))
    for name in ("nbgrader.apps.api", f"{_FORMGRADER}.handlers"):
        if module := modules.get(name):
            # The dialog's field for the zone shows the zone's name, and sends it back.
            module.to_numeric_tz = lambda name: name or "UTC"
            module.as_timezone = lambda time, name: CourseZone(name).local(time) if name else time
    if module := modules.get(f"{_FORMGRADER}.apihandlers"):
        _take_typed(zone, module.AssignmentHandler)
    if module := modules.get("nbgrader.apps.dbapp"):
        _take_option(zone, module.DbAssignmentAddApp)


def _take_typed(zone: CourseZone, handler: type) -> None:
    from tornado.web import HTTPError

    @in_place_of(handler, "get_json_body")
    def get_json_body(plain, self) -> dict:
        given = plain(self)
        typed = (given or {}).get("duedate_notimezone")
        if not typed:
            return given
        try:
            due = zone.parse(f"{typed} {given.get('duedate_timezone') or ''}")
        except ValueError as error:
            raise HTTPError(400, f"The due date was not changed: {error}.") from None
        return given | {"duedate_notimezone": due.isoformat(), "duedate_timezone": "+0000"}

    @in_place_of(handler, "put")
    def put(plain, self, assignment_id: str) -> None:
        plain(self, assignment_id)
        _tell_students(zone, self, assignment_id.strip())


def _tell_students(zone: CourseZone, handler, assignment: str) -> None:
    """Keep what the exchange says of the deadline as it is now, once the assignment is released there."""
    api = handler.api
    course = Path(api.exchange_root) / api.course_id
    if not api.exchange_root or not (course / "outbound" / assignment).is_dir():
        return
    try:
        publish_deadline(course, assignment, read_due(handler.gradebook.db, assignment, zone))
    except OSError as error:
        handler.log.warning("Students' receipts show an older deadline until the next collect: %s", error)


def _take_option(zone: CourseZone, app: type) -> None:
    @in_place_of(app, "start")
    def start(plain, self) -> None:
        if self.duedate:
            try:
                self.duedate = f"{zone.parse(self.duedate).isoformat(' ')} UTC"
            except ValueError as error:
                self.fail(f"The due date was not changed: {error}.")
        plain(self)
