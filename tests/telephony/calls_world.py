"""A made-up city's settings, and time that tests move by hand, for the pure parts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from telephony.moments import Moment
from telephony.settings import Destination, DialledLine, Limits, Menu, Queue, TelephonySettings
from vocabulary.ids import AccountId, SeatNo

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ADA, BO = AccountId(UUID(int=0xA)), AccountId(UUID(int=0xB))
S7, S8, S9 = SeatNo("007"), SeatNo("008"), SeatNo("009")

SETTINGS = TelephonySettings(
    version=1,
    lines=(
        DialledLine(number="12345", name="政务服务便民热线", queue="general"),
        DialledLine(number="8100", name="一号答专席", queue="one-number"),
    ),
    queues=(
        Queue(name="general", title="综合受理"),
        Queue(name="one-number", title="一号答", overflow=("general",), overflow_after_s=5.0),
    ),
    menu=Menu(
        keys={"0": Destination(queue="general"), "1": Destination(queue="one-number")},
    ),
    limits=Limits(),
)


class Time:
    """Draws moments; identifiers count up."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._numbers = count(1)

    def new_id(self) -> UUID:
        return UUID(int=next(self._numbers))

    def __call__(self, after: float = 0.0) -> Moment:
        """Let ``after`` seconds pass, and return now."""
        self.passed += after
        return Moment(wall=START + timedelta(seconds=self.passed), mono=100.0 + self.passed, new_id=self.new_id)


def limits(**changed: float) -> TelephonySettings:
    return replace(SETTINGS, limits=replace(SETTINGS.limits, **changed))
