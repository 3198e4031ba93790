"""What is personal about a contact, where it lies, and how it is taken out while the record stays whole."""

import asyncio
import glob
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.audit import HOUSE, AuditEntry, erase_words, record
from runtime.clock import Clock
from runtime.postgres import Database, Transaction
from vocabulary.errors import Permanent
from vocabulary.ids import ContactId

NAMES = (
    "caller", "callback_phone", "caller_name", "text", "words", "matched", "why", "content", "title", "place", "reply",
    "value", "source",
)  # fmt: skip
"""Fields of facts that hold personal text, at any depth; they become empty."""
ERASED = "contact-erased"
TABLES = {
    "utterances": "update agent_desk.utterance set data = log.blanked(data, $2::text[]) where contact = any($1)",
    "drafts": "delete from agent_desk.draft where contact = any($1)",
    "contacts": "update agent_desk.contact set identity = '' where contact = any($1)",
    "calls": "update agent_desk.call set caller_phone = '', record_name = null where contact = any($1)",
    "callbacks": "update agent_desk.callback set caller_phone = '' where contact = any($1)",
    "orders": """update work_orders.work_order set title = '', content = '', place = '', occurred = '', wish = '',
        caller_name = '', callback_phone = '', identity = '', reply = left(reply, 0), said_names = '{}'
        where contact = any($1)""",
    "stages": """update work_orders.stage_entry s set text = '' from work_orders.work_order o
        where o.order_no = s.order_no and o.contact = any($1)""",
    "notes": """update work_orders.internal_note n set text = '' from work_orders.work_order o
        where o.order_no = n.order_no and o.contact = any($1)""",
    "order_facts": "update analytics.order_fact set title = '', content = '', place = '' where contact = any($1)",
    "call_facts": "update analytics.call_fact set caller_digest = '' where contact = any($1)",
    "spoken_facts": "update analytics.spoken_fact set text = '' where contact = any($1)",
}
"""Kind → SQL over contacts ($1) and, where it is named, field names ($2). Rows stay, so that counts stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What a run took out: rows by kind, and recordings whose files lie on another host."""

    contacts: int
    rows: dict[str, int]
    recordings: int
    elsewhere: tuple[str, ...]


class UnknownContact(Permanent):
    """Nobody in the record is who was to be erased."""


async def known_contact(db: Database, contact: ContactId, /) -> ContactId:
    """Return the contact when the record has it, erased before or not; UnknownContact when it never had."""
    async with db.reading() as reading:
        known = await reading.fetchval(
            "select exists (select from agent_desk.contact where contact = $1) "
            "or exists (select from log.events where contact = $1)",
            contact,
        )
    if not known:
        raise UnknownContact(f"no contact {contact} is in the record; nothing was erased")
    return contact


async def contacts_of(db: Database, phone: str, /) -> list[ContactId]:
    """Return the contacts that have this number as caller's or call-back number."""
    async with db.reading() as reading:
        rows = await reading.fetch(
            "select contact from agent_desk.contact where channel = 'phone' and identity = $1 union "
            "select contact from agent_desk.call where caller_phone = $1 union "
            "select contact from work_orders.work_order where (channel = 'phone' and identity = $1) "
            "or callback_phone = $1",
            phone,
        )
    return [ContactId(row["contact"]) for row in rows]


async def erase(db: Database, contacts: Sequence[ContactId], /, *, why: str, recordings: Path, clock: Clock) -> Erasure:
    """Take personal text, numbers and recordings of contacts out, in one transaction, as the owner; write it down.

    Facts keep their place and instants, the audit its chain, figures their counts. Files go after the commit: what a
    crash leaves is taken at the next run. Raises OSError when a file cannot be removed.
    """
    async with db.transaction() as tx:
        names = await _recordings(tx, contacts)
        rows = {"facts": int(await tx.fetchval("select log.erase_personal($1, $2)", list(contacts), list(NAMES)))}
        for kind, sql in TABLES.items():
            arguments = [list(contacts), list(NAMES)] if "$2" in sql else [list(contacts)]
            rows[kind] = int((await tx.execute(sql, *arguments)).rpartition(" ")[2])
        rows["audit_words"] = await erase_words(tx, contacts=contacts)
        counts = ", ".join(f"{kind} {count}" for kind, count in rows.items() if count)
        for contact in contacts:
            entry = AuditEntry(at=clock.now(), account=HOUSE, what=ERASED, contact=contact, why=f"{why} ({counts})")
            await record(tx, entry, salt=secrets.token_bytes(16))
    gone = [name for name in names if await asyncio.to_thread(remove_recording, recordings, name)]
    return Erasure(
        contacts=len(contacts), rows=rows, recordings=len(gone), elsewhere=tuple(sorted(set(names) - set(gone)))
    )


async def _recordings(tx: Transaction, contacts: Sequence[ContactId]) -> list[str]:
    """Return the names of the contacts' recordings; the log knows them also after the contact forgot."""
    found = await tx.fetch(
        "select distinct data->>'name' as name from log.events "
        "where contact = any($1) and type like 'telephony.call-recorded.%'",
        list(contacts),
    )
    return [row["name"] for row in found if row["name"]]


def remove_recording(folder: Path, name: str) -> bool:
    """Remove a recording with all its files; False when none lies here. OSError when one cannot be removed."""
    if Path(name).name != name or name.startswith("."):
        return False
    found = [path for path in folder.glob(f"{glob.escape(name.split('.', maxsplit=1)[0])}.*") if path.is_file()]
    for path in found:
        path.unlink(missing_ok=True)
    return bool(found)
