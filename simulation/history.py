"""Made-up history for a demonstration: thirty days with a daily and weekly shape and one planted burst.

Every row carries ``origin = 'demo'``; no live figure ever counts one. The same seed gives the same days.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from random import Random

from analytics import MadeUp, Matter, Spot

HOURS = (2, 1, 1, 1, 1, 2, 4, 9, 18, 22, 21, 17, 12, 14, 18, 19, 17, 14, 10, 9, 8, 6, 4, 3)
"""Relative volume of each local hour."""
WEEKDAYS = (1.25, 1.1, 1.05, 1.0, 1.05, 0.8, 0.75)
SEED = 12345
A_DAY = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """What was planted: ``n`` orders of one matter at one spot within the last ``days`` days."""

    matter: Matter
    spot: Spot
    n: int = 34
    days: int = 3


def made_up_days(
    *, end: datetime, zone: tzinfo, matters: Sequence[Matter], spots: Sequence[Spot], lines: Sequence[str], burst: Burst
) -> Iterator[MadeUp]:
    """Yield thirty days of contacts that end at ``end``, in no particular order."""
    random = Random(SEED)  # noqa: S311 - made-up days, not secrets
    today = end.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(30):
        day = today - timedelta(days=back)
        for _ in range(round(A_DAY * WEEKDAYS[day.weekday()] * random.uniform(0.92, 1.08))):
            at = day + timedelta(hours=random.choices(range(24), HOURS)[0], seconds=random.uniform(0, 3600))
            if at < end:
                yield _until(end, _contact(random, at, random.choice(matters), random.choice(spots), lines))
    for _ in range(burst.n):
        at = end - timedelta(seconds=random.uniform(3600, burst.days * 86_400))
        yield _until(end, _contact(random, at, burst.matter, burst.spot, lines, answered=True))


def _until(end: datetime, row: MadeUp) -> MadeUp:
    """Return the contact as it stands at ``end``: an answer that would come later has not come yet."""
    hours = row.handled_after_h
    talked = timedelta(seconds=row.wait_s + (row.talk_s or 0))
    if hours is None or row.at + talked + timedelta(hours=hours) <= end:
        return row
    return replace(row, handled_after_h=None, satisfied=None)


def _contact(
    random: Random, at: datetime, matter: Matter, spot: Spot, lines: Sequence[str], *, answered: bool = False
) -> MadeUp:
    wait = max(4.0, random.gauss(9.5, 2.2)) if random.random() < 0.955 else random.uniform(15.5, 70)
    connected = answered or random.random() > (0.02 if wait < 15 else 0.35)
    handled = random.random() < 0.9
    return MadeUp(
        at=at,
        wait_s=round(wait, 2),
        talk_s=round(max(25.0, random.gauss(165, 60)), 1) if connected else None,
        line_name=lines[0] if random.random() < 0.7 else random.choice(lines),
        caller=f"{random.randrange(10**11):011d}",
        matter=matter if connected else None,
        spot=spot if connected else None,
        kind=random.choice(matter.kinds),
        phrase=random.choice(matter.phrases),
        handled_after_h=round(random.uniform(0.1, 1.04) * matter.limit_hours, 2) if handled else None,
        satisfied=random.random() < 0.93 if handled and random.random() < 0.6 else None,
    )
