"""``hotline retention`` and ``hotline erase``: what is personal goes, by policy or by request, and the record stays."""

from uuid import UUID

from hotline.commands.audit import the_key
from hotline.connections import any_database
from hotline.erasure import Erasure, UnknownContact, contacts_of, erase, known_contact
from hotline.migrations import refuse_pending
from hotline.places import Places
from hotline.retention import Due, apply, due
from hotline.settings import Settings
from runtime.clock import SystemClock
from vocabulary.errors import FieldError
from vocabulary.ids import ContactId


async def run_retention(settings: Settings, places: Places, /, *, applied: bool) -> list[Due]:
    """Return what is due by the policy; with ``applied`` it is removed."""
    secret = the_key(settings).secret
    async with any_database(settings, places, role="owner", audit_secret=secret) as (_, database):
        await refuse_pending(database)
        if applied:
            return await apply(database, recordings=places.recordings, clock=SystemClock())
        return await due(database, clock=SystemClock())


async def run_erase(
    settings: Settings, places: Places, /, *, contact: UUID | None, phone: str | None, why: str
) -> Erasure:
    """Erase one contact, or all of a number; FieldError when not exactly one of them is named.

    UnknownContact when there is none to erase: a person who asked must not be told that it was done.
    """
    if (contact is None) == (phone is None):
        raise FieldError({"contact": "name a contact or --phone, not both"})
    secret = the_key(settings).secret
    async with any_database(settings, places, role="owner", audit_secret=secret) as (_, database):
        await refuse_pending(database)
        contacts = (
            [await known_contact(database, ContactId(contact))] if contact else await contacts_of(database, phone or "")
        )
        if not contacts:
            raise UnknownContact("no contact of this number is in the record; nothing was erased")
        return await erase(database, contacts, why=why, recordings=places.recordings, clock=SystemClock())
