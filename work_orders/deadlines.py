"""Deadlines (时限): hours run by the wall clock, working days by the city's calendar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum


class LimitUnit(StrEnum):
    """What a limit counts."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long the unit has, e.g. 24 hours or 7 working days."""

    amount: int
    unit: LimitUnit

    @property
    def text(self) -> str:
        """The limit in Chinese, for screens."""
        return f"{self.amount}{'小时' if self.unit is LimitUnit.HOURS else '个工作日'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """Weekends are free, except ``extra_workdays`` (调休); ``holidays`` are free on any weekday."""

    holidays: frozenset[date] = frozenset()
    extra_workdays: frozenset[date] = frozenset()

    def is_working(self, day: date, /) -> bool:
        """Tell whether offices work on ``day``."""
        return day in self.extra_workdays or (day.weekday() < 5 and day not in self.holidays)


def due_at(*, start: datetime, limit: Limit, zone: tzinfo, calendar: WorkingCalendar) -> datetime:
    """Return the instant a limit ends.

    Hours: ``start`` plus hours. Working days: the end (24:00 local) of the n-th working day after the day of ``start``.
    ``start`` must be aware; the result is in the zone of ``start``.
    """
    if limit.unit is LimitUnit.HOURS:
        return start + timedelta(hours=limit.amount)
    day, left = start.astimezone(zone).date(), limit.amount
    while left:
        day += timedelta(days=1)
        left -= calendar.is_working(day)
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1)
    return midnight.astimezone(start.tzinfo)
