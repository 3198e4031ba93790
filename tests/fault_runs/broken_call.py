"""One call in which a process may be killed, and what was measured of it."""

import asyncio
import signal
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from asr import character_error_rate
from runtime.codec import decode
from runtime.wav import read_sound, read_wav
from telephony.tracks import Manifest, track_name
from tests.fault_runs.caller import MeasuringCaller, calling, longest_gap_ms
from tests.fault_runs.whole_house import WholeHouse
from vocabulary.audio import Party
from vocabulary.events import Event
from vocabulary.events.asr import TranscriptClosed, UtteranceFinalised
from vocabulary.events.telephony import CallAccepted, CallConnected, CallEnded, CallRecorded
from vocabulary.ids import ContactId

CALLER = "19900004321"
KILL_AFTER_S = 4.0
"""Into the caller's first words: the kill comes while the caller speaks."""
PAUSE_S = 1.5
AFTERWARDS_S = 12.0
CLOSES_S = 75.0
LOUD = 400


@dataclass(slots=True, kw_only=True)
class Observation:
    """What one call showed. Instants are seconds since the epoch."""

    contact: ContactId | None = None
    killed_at: float | None = None
    gap_ms: float = 0.0
    accepted_at: float = 0.0
    spoke_until: float = 0.0
    final_after_s: float | None = None
    """From the end of what was said after the kill to its final on the bus."""
    ended_by_us: bool = False
    replaced_after_s: float | None = None
    """From the harm until another process stands in the victim's place."""
    logged: list[Event] = field(default_factory=list)
    heard: list[Event] = field(default_factory=list)
    complaint: str = ""

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.logged if isinstance(event, kind)]

    def said(self, party: Party = Party.CALLER) -> str:
        """All finals of a party that the log holds, in call time."""
        finals = [
            event.utterance
            for event in self.logged
            if isinstance(event, UtteranceFinalised) and event.utterance.party is party
        ]
        return "".join(final.text for final in sorted(finals, key=lambda final: final.start_ms))


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What the caller says before and after the kill, s16le."""

    first: bytes
    second: bytes

    @classmethod
    def of(cls, voices: Path) -> "Script":
        return cls(
            first=read_wav(voices / "water-outage" / "02-caller.wav"),
            second=read_wav(voices / "water-outage" / "04-caller.wav"),
        )


def loud_ms(pcm: bytes) -> int:
    """Ms until the last 20 ms of s16le sound that are loud."""
    view = memoryview(pcm).cast("h")
    last = max((at for at in range(0, len(view), 160) if max(map(abs, view[at : at + 160])) > LOUD), default=0)
    return (last + 160) // 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What is done to whom: SIGKILL ends, SIGSTOP lets hang. ``goes_on`` is whether the call is to survive."""

    victim: str | None
    goes_on: bool
    sent: signal.Signals = signal.SIGKILL


class BrokenCall:
    """Places the call, harms the victim in the middle of a word, and watches."""

    def __init__(self, house: WholeHouse, script: Script, *, fault: Harm) -> None:
        self.seen = Observation()
        self._house, self._script = house, script
        self._victim, self._goes_on, self._sent = fault.victim, fault.goes_on, fault.sent

    async def run(self) -> Observation:
        """Return what was seen; ``complaint`` says why the call did not come about."""
        house = self._house
        if not await house.seat_ready():
            self.seen.complaint = "no seat became Ready within 90 s"
            return self.seen
        async with calling(house.sip, number="12345", caller=CALLER) as phone:
            if not await self._connected():
                self.seen.complaint = "the call was not connected within 40 s"
                return self.seen
            await asyncio.sleep(0.5)
            await self._talk(phone)
        await self._closed()
        return self.seen

    async def _connected(self) -> bool:
        bus_events, since = self._house.bus_events, time.time() - 2.0

        def accepted() -> list[CallAccepted]:
            return [
                event for at, event in bus_events.of(CallAccepted) if at > since and event.caller.reveal() == CALLER
            ]

        if not await bus_events.until(accepted, seconds=10):
            return False
        first = accepted()[-1]
        self.seen.contact, self.seen.accepted_at = first.contact, _seconds(first.occurred_at)
        return await bus_events.until(lambda: bus_events.of(CallConnected, first.contact), seconds=40)

    async def _talk(self, phone: MeasuringCaller) -> None:
        since = time.time()
        killing = asyncio.create_task(self._kill())
        await phone.say(self._script.first)
        await asyncio.sleep(PAUSE_S)
        began = time.time()
        if self._goes_on:
            await phone.say(self._script.second)
            self.seen.spoke_until = began + loud_ms(self._script.second) / 1000
            await self._final()
        else:
            try:
                async with asyncio.timeout(AFTERWARDS_S):
                    await phone.over.wait()
            except TimeoutError:
                self.seen.ended_by_us = True
        await killing
        self.seen.gap_ms = longest_gap_ms(phone.arrivals, since=since, until=time.time() - 0.1)

    async def _kill(self) -> None:
        if self._victim is None:
            return
        await asyncio.sleep(KILL_AFTER_S)
        self.seen.killed_at, pid = self._house.harm(self._victim, sent=self._sent)
        self.seen.replaced_after_s = await self._house.replaced(self._victim, pid=pid)

    async def _final(self) -> None:
        """Wait for the last final of what was said after the kill, at most ``AFTERWARDS_S``."""
        bus_events, contact, accepted = self._house.bus_events, self.seen.contact, self.seen.accepted_at
        wanted_ms = (self.seen.spoke_until - accepted) * 1000 - 1200

        def last() -> float | None:
            return next(
                (
                    at
                    for at, event in bus_events.of(UtteranceFinalised, contact)
                    if event.utterance.party is Party.CALLER and event.utterance.end_ms >= wanted_ms
                ),
                None,
            )

        if await bus_events.until(last, seconds=max(1.0, self.seen.spoke_until + AFTERWARDS_S - time.time())):
            self.seen.final_after_s = (last() or 0.0) - self.seen.spoke_until

    async def _closed(self) -> None:
        """Wait until the log holds the call's end and both closed transcripts, or the deadline is over."""
        assert self.seen.contact is not None
        end = time.monotonic() + CLOSES_S
        while time.monotonic() < end:
            self.seen.logged = await self._house.logged(self.seen.contact)
            closed = {event.party for event in self.seen.logged if isinstance(event, TranscriptClosed)}
            if closed >= {Party.CALLER, Party.AGENT} and self.seen.of(CallEnded) and self.seen.of(CallRecorded):
                break
            await asyncio.sleep(0.5)
        self.seen.heard = [event for _, event in self._house.bus_events.of(Event, self.seen.contact)]


def likeness(one: Observation, other: Observation) -> float:
    """Character error rate of the caller's words in ``other`` against those in ``one``."""
    return character_error_rate(one.said(), other.said())


def recording_of(seen: Observation, folder: Path) -> tuple[float, int] | None:
    """Seconds of the call's recording and of how many parties it has whole tracks, None when there is none."""
    recorded = [event for event in seen.logged if isinstance(event, CallRecorded)]
    if not recorded or not (folder / recorded[-1].name).is_file():
        return None
    manifest = decode((folder / recorded[-1].name).read_bytes(), Manifest)
    sounds = [read_sound(folder / track_name(recorded[-1].name, track.number)) for track in manifest.tracks]
    whole = all(len(sound.pcm) == 2 * track.samples for sound, track in zip(sounds, manifest.tracks, strict=True))
    return manifest.samples / 8000, len({track.party for track in manifest.tracks}) if whole else 0


def _seconds(at: datetime) -> float:
    return at.timestamp()
