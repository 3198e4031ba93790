"""Hearing a stretch of a recording; every play is written down before the first sample leaves."""

from dataclasses import dataclass
from typing import Annotated

from agent_desk.auditing import write_down
from agent_desk.contacts.rights import What
from agent_desk.contacts.store import ContactStore
from agent_desk.contacts.view import ContactViews
from agent_desk.pages.contacts import READERS, check_reason
from agent_desk.pages.parts import OfCall, OfContact
from agent_desk.ports import Telephony
from runtime.clock import Clock
from runtime.codec import Meta
from runtime.ids import new_id
from runtime.postgres import Database
from runtime.wav import wav_header
from runtime.web import Download, NotFound, Request, Route, get
from vocabulary.audio import SAMPLES_PER_MS
from vocabulary.errors import Refused
from vocabulary.events.agent_desk import RecordingPlayed
from vocabulary.ids import EventId

STRETCH_SAMPLES = 65_536
FRAME_BYTES = 4
"""One sample of both channels."""
LONGEST_MS = 10 * 60 * 1000


_WHY = "Why it is heard, at least four characters; written down before the first sample leaves"
_FROM, _TO = "First millisecond in call time", "End in call time, not heard itself; without it that of the recording"


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchQuery:
    """What is heard, in call time, and why."""

    why: Annotated[str, Meta(description=_WHY)] = ""
    from_ms: Annotated[int, Meta(ge=0, le=2**53, description=_FROM)] = 0
    to_ms: Annotated[int, Meta(ge=0, le=2**53, description=_TO)] | None = None


class SoundPages:
    """Handler of recordings."""

    def __init__(
        self,
        *,
        telephony: Telephony,
        store: ContactStore,
        views: ContactViews,
        database: Database,
        clock: Clock,
    ) -> None:
        self._telephony = telephony
        self._store = store
        self._views = views
        self._database = database
        self._clock = clock

    def routes(self) -> tuple[Route, ...]:
        """Return the row."""
        summary = "A stretch of the recording: channel 1 the caller, channel 2 what the caller could hear"
        return (get("/api/contacts/{contact}/calls/{call}/audio", self.stretch, READERS, summary),)

    async def stretch(
        self, request: Request[None], *, contact: OfContact, call: OfCall, query: StretchQuery
    ) -> Download:
        """Answer with two-channel WAV of [from_ms, to_ms)."""
        why = query.why.strip()
        check_reason(why)
        await self._views.demand(contact, What.SOUND, principal=request.principal)
        known = await self._store.record(contact)
        record = next((one for one in known.calls if one.call == call), None) if known else None
        if record is None or record.record_host is None or record.record_name is None or not record.samples:
            raise NotFound("这次来电的录音还没有保存完成，请在通话结束后再听")
        end_ms = record.samples // SAMPLES_PER_MS
        start = query.from_ms
        stop = min(end_ms if query.to_ms is None else query.to_ms, end_ms, start + LONGEST_MS)
        if stop <= start:
            raise Refused("empty-stretch", "这一段没有录音")
        async with self._database.transaction() as tx:
            account = request.principal.account
            at = self._clock.now()
            await write_down(tx, at=at, account=account, what="recording-played", contact=contact, why=why)
            tx.emit(
                RecordingPlayed(
                    event_id=EventId(new_id()),
                    occurred_at=at,
                    contact=contact,
                    call=call,
                    account=account,
                    from_ms=start,
                    to_ms=stop,
                    why="",
                )
            )
        pcm = await self._read(record.record_host, record.record_name, start * SAMPLES_PER_MS, stop * SAMPLES_PER_MS)
        return Download(content_type="audio/wav", body=wav_header(data_bytes=len(pcm), channels=2) + pcm)

    async def _read(self, host: str, name: str, first: int, end: int) -> bytes:
        parts: list[bytes] = []
        while first < end:
            wanted = min(STRETCH_SAMPLES, end - first)
            part = await self._telephony.recording(host=host, name=name, first_sample=first, samples=wanted)
            whole = part.pcm[: len(part.pcm) // FRAME_BYTES * FRAME_BYTES]
            if not whole:
                break
            parts.append(whole)
            first += len(whole) // FRAME_BYTES
        if not parts:
            raise NotFound("存放录音的主机上没有这段录音，请联系管理员")
        return b"".join(parts)
