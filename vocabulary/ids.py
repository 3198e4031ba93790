"""Identifiers. UUIDs are version 7 (RFC 9562), drawn by ``runtime.ids.new_id``; the others are codes people read."""

from typing import NewType
from uuid import UUID

EventId = NewType("EventId", UUID)
ContactId = NewType("ContactId", UUID)
"""The thread through the house: transcript, draft, order and rating refer to it. It has calls and matters."""
CallId = NewType("CallId", UUID)
MatterId = NewType("MatterId", UUID)
"""One thing that somebody asks for in a contact: its form, and the one order that comes of it."""
LegId = NewType("LegId", UUID)
"""One party's time in one call."""
OfferId = NewType("OfferId", UUID)
CommandId = NewType("CommandId", UUID)
AccountId = NewType("AccountId", UUID)
BriefingId = NewType("BriefingId", UUID)

SeatNo = NewType("SeatNo", str)
"""What a caller hears as 工号, three digits or more."""
EntryCode = NewType("EntryCode", str)
UnitCode = NewType("UnitCode", str)
CategoryCode = NewType("CategoryCode", str)
WorkOrderNo = NewType("WorkOrderNo", str)
"""yyyymmdd, six-digit daily number, check digit."""


def entry_code(text: str, /) -> EntryCode:
    """Return ``text`` as the code of an entry (letters and digits); ValueError for what cannot be one."""
    if not text.isalnum():
        raise ValueError(f"{text!r} is no code of an entry")
    return EntryCode(text)
