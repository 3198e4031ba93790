"""The matters of a contact: opens them and keeps the form of each."""

from dataclasses import dataclass, field

from agent_desk.drafting.draft import DraftPatch, DraftValue, KeptDraft, SavedDraft, merge
from runtime.clock import Clock
from runtime.codec import MalformedMessage, encode, from_builtins
from runtime.ids import new_id
from runtime.postgres import Database, Row, Transaction
from runtime.telemetry import get_logger
from vocabulary.errors import Refused
from vocabulary.events.agent_desk import ContactConfidential
from vocabulary.ids import AccountId, ContactId, EventId, MatterId
from vocabulary.orders import Draftable, Way, first_matter

MOST_MATTERS = 20
NO_MATTER = "没有这件诉求，请重新打开这次来电"
UNTOUCHED = SavedDraft(revision=0, values={})
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterDraft:
    """The form of a matter, untouched at revision 0."""

    matter: MatterId
    draft: SavedDraft = field(default=UNTOUCHED, repr=False)


class Matters:
    """Forms by matter. The first matter of a contact needs no opening, the others are opened one by one."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def drafts(self, contact: ContactId, /) -> tuple[MatterDraft, ...]:
        """Return the forms of a contact in the order in which they were opened; the first is always there."""
        async with self._database.reading() as reading:
            rows = await reading.fetch(
                "select * from agent_desk.draft where contact = $1 order by opened_at, matter", contact
            )
        return _with_first(contact, rows)

    async def open(self, contact: ContactId, /, *, sent: frozenset[MatterId], account: AccountId) -> MatterDraft:
        """Open a matter beside those there are; ``sent`` have their order.

        Whoever has an untouched form gets that one, so that to ask twice opens one. Refused ``too-many-matters``.
        """
        async with self._database.transaction() as tx:
            await tx.execute(
                "select pg_advisory_xact_lock(hashtextextended('agent_desk.matters:' || $1, 0))", str(contact)
            )
            rows = await tx.fetch(
                "select * from agent_desk.draft where contact = $1 order by opened_at, matter", contact
            )
            known = _with_first(contact, rows)
            for one in known:
                if one.draft.revision == 0 and one.matter not in sent:
                    return one
            if len(known) >= MOST_MATTERS:
                raise Refused("too-many-matters", f"一次来电最多登记{MOST_MATTERS}件诉求")
            opened = MatterDraft(matter=MatterId(new_id()))
            await self._begin(tx, contact, opened.matter, account)
        return opened

    async def save(
        self, contact: ContactId, matter: MatterId, patch: DraftPatch, /, *, account: AccountId
    ) -> SavedDraft:
        """Merge a page's changes into a form; ChangedMeanwhile names the fields that somebody else changed.

        Refused ``no-matter`` when it is none of the contact's.
        """
        async with self._database.transaction() as tx:
            if matter == first_matter(contact):
                await self._begin(tx, contact, matter, account)
            row = await tx.fetchrow(
                "select * from agent_desk.draft where matter = $1 and contact = $2 for update", matter, contact
            )
            if row is None:
                raise Refused("no-matter", NO_MATTER)
            kept = _kept(row)
            merged = merge(kept, patch)
            if merged is not kept:
                await self._keep(tx, matter, merged, account)
            if merged.draft.confidential != kept.draft.confidential:
                tx.emit(self._said(contact, matter, merged.draft, account))
        return merged.draft

    async def demand(self, contact: ContactId, matter: MatterId, /) -> None:
        """Raise Refused ``no-matter`` unless it is one of the contact's."""
        if all(one.matter != matter for one in await self.drafts(contact)):
            raise Refused("no-matter", NO_MATTER)

    async def say_confidential(
        self, contact: ContactId, matter: MatterId, /, *, confidential: bool, account: AccountId
    ) -> None:
        """Keep the agent's last word on the confidence of a matter; nothing happens when it is the word already."""
        draft = next((one.draft for one in await self.drafts(contact) if one.matter == matter), UNTOUCHED)
        if draft.confidential != confidential:
            patch = DraftPatch(revision=draft.revision, confidential=confidential)
            await self.save(contact, matter, patch, account=account)

    async def _begin(self, tx: Transaction, contact: ContactId, matter: MatterId, account: AccountId) -> None:
        now = self._clock.now()
        row = {
            "matter": matter, "contact": contact, "revision": 0, "fields": {}, "account": account, "saved_at": now,
            "opened_at": now,
        }  # fmt: skip
        await tx.insert_into("agent_desk.draft", row, on_conflict="(matter) do nothing")

    async def _keep(self, tx: Transaction, matter: MatterId, merged: KeptDraft, account: AccountId) -> None:
        draft = merged.draft
        row = {
            "revision": draft.revision, "fields": encode(draft.values), "confidential": draft.confidential,
            "reply": draft.reply, "way": draft.way.value, "changed": encode(merged.changed), "account": account,
            "saved_at": self._clock.now(),
        }  # fmt: skip
        await tx.update("agent_desk.draft", row, where={"matter": matter})

    def _said(self, contact: ContactId, matter: MatterId, draft: SavedDraft, account: AccountId) -> ContactConfidential:
        return ContactConfidential(
            event_id=EventId(new_id()),
            occurred_at=self._clock.now(),
            contact=contact,
            matter=matter,
            confidential=draft.confidential,
            account=account,
        )


def _with_first(contact: ContactId, rows: list[Row]) -> tuple[MatterDraft, ...]:
    first = first_matter(contact)
    known = {MatterId(row["matter"]): _kept(row).draft for row in rows}
    order = [first, *(matter for matter in known if matter != first)]
    return tuple(MatterDraft(matter=matter, draft=known.get(matter, UNTOUCHED)) for matter in order)


def _kept(row: Row) -> KeptDraft:
    """Return a draft; one that cannot be read is told in the process's log, and the form begins anew over it."""
    try:
        draft = SavedDraft(
            revision=row["revision"],
            values=from_builtins(row["fields"], dict[Draftable, DraftValue]),
            confidential=row["confidential"],
            reply=row["reply"],
            way=Way(row["way"]),
        )
        return KeptDraft(draft=draft, changed=from_builtins(row["changed"], dict[str, int]))
    except (MalformedMessage, ValueError) as error:
        _log.warning("a draft cannot be read", matter=str(row["matter"]), reason=type(error).__name__)
        return KeptDraft(draft=SavedDraft(revision=row["revision"], values={}, confidential=row["confidential"]))
