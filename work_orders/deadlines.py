"""Deadlines (时限): hours run by the wall clock, working days by the city's calendar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import assert_never


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
        match self.unit:
            case LimitUnit.HOURS:
                return f"{self.amount}小时"
            case LimitUnit.WORKING_DAYS:
                return f"{self.amount}个工作日"
            case _:
                assert_never(self.unit)


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
    match limit.unit:
        case LimitUnit.HOURS:
            return start + timedelta(hours=limit.amount)
        case LimitUnit.WORKING_DAYS:
            return _end_of_working_days(start.astimezone(zone).date(), limit.amount, calendar, zone).astimezone(
                start.tzinfo
            )
        case _:
            assert_never(limit.unit)


def _end_of_working_days(day: date, left: int, calendar: WorkingCalendar, zone: tzinfo) -> datetime:
    while left:
        day += timedelta(days=1)
        left -= calendar.is_working(day)
    return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1)
