from datetime import datetime
from zoneinfo import ZoneInfo

from hub.trial.course import due_in_a_week


def test_the_day_ends_in_the_courses_zone_also_after_the_clocks_change():
    berlin = ZoneInfo("Europe/Berlin")
    assert due_in_a_week(datetime(2026, 3, 26, 10, tzinfo=berlin)) == datetime(2026, 4, 2, 21, 59)
    assert due_in_a_week(datetime(2026, 11, 27, 10, tzinfo=berlin)) == datetime(2026, 12, 4, 22, 59)
    assert due_in_a_week(datetime(2026, 11, 27, 10, tzinfo=ZoneInfo("UTC"))) == datetime(2026, 12, 4, 23, 59)
