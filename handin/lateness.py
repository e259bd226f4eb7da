"""How late a submission is: one reading of it, for the class's record, the late penalty and the feedback page."""

from datetime import datetime, timedelta


def deadline(due: datetime | None, extension: timedelta | None) -> datetime | None:
    """When a student has to hand in; None where the assignment has no due date."""
    return due + extension if due and extension else due


def lateness(submitted: datetime | None, due: datetime | None, extension: timedelta | None = None) -> float:
    """Seconds from the student's deadline to the submission; 0.0 if it is not late, or one of the times is not known.

    submitted, due: both with a time zone or both without
    extension: what the student was granted
    """
    until = deadline(due, extension)
    return max(0.0, (submitted - until).total_seconds()) if submitted and until else 0.0


def in_words(seconds: float) -> str:
    """A delay, such as "2 days 3 hours"; empty if there is none."""
    if seconds <= 0:
        return ""
    minutes = int(-(-seconds // 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    amounts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    words = [f"{amount} {unit}{'s' if amount != 1 else ''}" for amount, unit in amounts if amount]
    return " ".join(words[:2])
