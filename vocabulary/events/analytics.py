"""Events of room analytics."""

from dataclasses import dataclass
from datetime import datetime

from vocabulary.events.base import Event, event
from vocabulary.ids import AccountId, BriefingId


@event("analytics.briefing-issued.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingIssued(Event):
    """A briefing (舆情专报) was compiled over facts up to log position ``position``."""

    briefing: BriefingId
    title: str
    period_from: datetime
    period_to: datetime
    position: int
    account: AccountId | None
