"""The course's time zone: deadlines are typed in it, and pages show times in it. What is stored is in UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from dateutil.tz import gettz
from traitlets.config import Config

from course.checkout import CourseError

_TYPED = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) *(\S.*)?", re.ASCII)
_OFFSET = re.compile(r"[+-]([01]\d|2[0-3])(:?[0-5]\d)?", re.ASCII)


@dataclass(frozen=True)
class CourseZone:
    """A time zone by its name, such as "Europe/Berlin". Raises CourseError for a name that is none."""

    name: str = "UTC"

    def __post_init__(self):
        if not self.name or gettz(self.name) is None:
            raise CourseError(
                f"{self.name!r} is no time zone. Set c.NbGraderAPI.timezone in nbgrader_config.py (or the environment "
                'variable ATTENTION101_TIMEZONE) to a name such as "Europe/Berlin" or "UTC".'
            )

    def local(self, time: datetime) -> datetime:
        """The same instant in this zone. A time without a zone is taken as UTC, as nbgrader's are."""
        aware = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
        return aware.astimezone(gettz(self.name))

    def utc(self, typed: datetime) -> datetime:
        """What a clock of this zone shows, as UTC without a zone.

        In the night of a change, a time that comes twice is the second one, and one that is left out lies behind the
        gap: whoever reads such a deadline in good faith is on time.
        """
        return max(
            typed.replace(tzinfo=gettz(self.name), fold=fold).astimezone(UTC).replace(tzinfo=None) for fold in (0, 1)
        )

    def parse(self, text: str) -> datetime:
        """A time as people and nbgrader write it, as UTC without a zone.

        text: "2026-07-10 23:59", also with T, seconds, and at the end an offset, a zone's name or its short name; in
            this zone if it says nothing
        Raises ValueError, in a sentence, for anything else.
        """
        try:
            time = self._parsed(text)
            # At the ends of the calendar a time may lie beyond it in this zone.
            self.local(time)
            return time
        except OverflowError:
            raise ValueError(f"{text[:80]!r} is no time that can be told") from None

    def _parsed(self, text: str) -> datetime:
        found = _TYPED.fullmatch(text.strip())
        try:
            typed = datetime.fromisoformat(f"{found[1]} {found[2]}")
        except (TypeError, ValueError):
            raise ValueError(f"{text[:80]!r} is no time; write it as 2026-07-10 23:59") from None
        said = (found[3] or "").strip()
        if not said:
            return self.utc(typed)
        if _OFFSET.fullmatch(said):
            return datetime.fromisoformat(f"{found[1]} {found[2]}{said}").astimezone(UTC).replace(tzinfo=None)
        for fold in (0, 1):
            here = typed.replace(tzinfo=gettz(self.name), fold=fold)
            if here.tzname() == said:
                return here.astimezone(UTC).replace(tzinfo=None)
        if said in ("Z", "UTC", "GMT"):
            return typed
        if re.fullmatch(r"[A-Za-z]+(/[A-Za-z0-9_+-]+)+", said) and gettz(said) is not None:
            return CourseZone(said).utc(typed)
        raise ValueError(
            f"{said[:80]!r} in {text[:80]!r} is no time zone; write a name such as Europe/Berlin, or an offset such as "
            "+0100"
        )

    def words(self, time: datetime) -> str:
        """Such as "Friday, 10 July 2026, 23:59 CEST (Europe/Berlin)"."""
        local = self.local(time)
        return f"{local:%A}, {local.day} {local:%B %Y, %H:%M} {self.called(time)}"

    def called(self, time: datetime) -> str:
        """The zone's name as it is said at this time: "CEST (Europe/Berlin)", or "UTC"."""
        local = self.local(time)
        short = local.tzname() or ""
        if short[:1] in "+-":
            short = f"UTC{local:%z}"
        return short if short == self.name else f"{short} ({self.name})"


def course_zone(config: Config | None) -> CourseZone:
    """The zone that `c.NbGraderAPI.timezone` names, UTC if it names none. Raises CourseError, see `CourseZone`."""
    name = (config or {}).get("NbGraderAPI", {}).get("timezone")
    return CourseZone(name) if isinstance(name, str) else CourseZone()
