"""Media for tests of the switch: the real wire and protocol, no sound. Prompts end after ``prompt_s``."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from runtime.background import background
from runtime.failures import NoAnswer
from runtime.wire import WireServer, by_type, listen_wire
from telephony import media_protocol as media
from telephony.tracks import recording_name
from vocabulary.errors import Refused
from vocabulary.ids import CallId, LegId, SeatNo

T = TypeVar("T")


class ScriptedMedia:
    """Keeps what it was asked; ``lines`` are the browser lines that are up."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.lines: set[SeatNo] = set()
        self.prompt_s = 0.02
        self.orphans: tuple[media.OrphanCall, ...] = ()
        self.server: WireServer | None = None
        self.slow_s = 0.0
        self._ends: asyncio.Queue[media.Playing] = asyncio.Queue()
        self._playing: dict[LegId, media.Playing] = {}

    def of(self, kind: type[T]) -> list[T]:
        return [value for value in self.asked if isinstance(value, kind)]

    def played(self) -> list[tuple[str, ...]]:
        """What was played, each play once."""
        plays = {play.play_id: play.prompts for asked in self.of(media.SetSound) for play in asked.playing}
        return list(plays.values())

    async def tell(self, notify: object) -> None:
        assert self.server is not None
        for wire in list(self.server.wires):
            with suppress(NoAnswer):
                await wire.notify(notify)

    async def line(self, seat: SeatNo, *, connected: bool) -> None:
        (self.lines.add if connected else self.lines.discard)(seat)
        await self.tell(media.LineState(line=seat, connected=connected))

    async def open_rtp_leg(self, asked: media.OpenRtpLeg) -> media.RtpLegOpened:
        self.asked.append(asked)
        await asyncio.sleep(self.slow_s)
        return media.RtpLegOpened(host="127.0.0.1", port=20_000)

    async def start_call(self, asked: media.StartCall) -> media.CallStarted:
        self.asked.append(asked)
        return media.CallStarted(started_at=datetime.now(UTC))

    async def open_line(self, asked: media.OpenLine) -> media.LineOpened:
        self.asked.append(asked)
        self.lines.add(asked.line)
        await self.tell(media.LineState(line=asked.line, connected=True))
        return media.LineOpened(answer_sdp="v=0\r\n")

    async def attach_line(self, asked: media.AttachLine) -> media.LegAttached:
        self.asked.append(asked)
        if asked.line not in self.lines:
            raise Refused("no-line", "no such line")
        return media.LegAttached(at_ms=1)

    async def set_sound(self, asked: media.SetSound) -> media.SoundSet:
        self.asked.append(asked)
        playing = {play.leg: play for play in asked.playing}
        for play in playing.values():
            if play not in self._playing.values() and not play.loop:
                self._ends.put_nowait(play)
        for other in self.of(media.SetSound):
            if other.call == asked.call:
                for play in other.playing:
                    self._playing.pop(play.leg, None)
        self._playing |= playing
        return media.SoundSet(at_ms=4321)

    async def carried(self, asked: object) -> media.Carried:
        self.asked.append(asked)
        return media.Carried()

    async def end_call(self, asked: media.EndCall) -> media.EndedCall:
        self.asked.append(asked)
        name = recording_name(asked.call)
        return media.EndedCall(recording=closed(name), duration_ms=1000)

    async def list_legs(self, asked: media.ListLegs) -> media.Legs:
        self.asked.append(asked)
        return media.Legs(
            legs=tuple(
                media.LegState(
                    leg=one.leg,
                    call=one.call,
                    party=one.party,
                    line=None,
                    host="127.0.0.1",
                    port=20_000,
                    sent=250,
                    received=240,
                    lost=1,
                    dropped=0,
                )
                for one in self.of(media.OpenRtpLeg)
            )
        )

    async def list_orphans(self, asked: media.Orphans) -> media.OrphanCalls:
        self.asked.append(asked)
        for seat in self.lines:
            await self.tell(media.LineState(line=seat, connected=True))
        return media.OrphanCalls(calls=self.orphans)

    async def run(self) -> None:
        while True:
            play = await self._ends.get()
            await asyncio.sleep(self.prompt_s)
            cut = self._playing.get(play.leg) != play
            await self.tell(media.PromptsEnded(leg=play.leg, play_id=play.play_id, cut=cut, at_ms=1))


def closed(name: str) -> media.ClosedRecording:
    return media.ClosedRecording(recording_name=name, sha256="0" * 64, samples=8000, path=f"/x/{name}")


@asynccontextmanager
async def scripted_media(path: Path, room: ScriptedMedia | None = None) -> AsyncIterator[ScriptedMedia]:
    """Listen for the length of the block; leaving it is what a kill looks like to the switch."""
    room = room or ScriptedMedia()
    handlers = by_type(
        {
            media.OpenRtpLeg: room.open_rtp_leg, media.StartCall: room.start_call, media.OpenLine: room.open_line,
            media.AttachLine: room.attach_line, media.ListLegs: room.list_legs, media.SetSound: room.set_sound,
            media.EndCall: room.end_call, media.Orphans: room.list_orphans, media.UpdateRtpLeg: room.carried, media.CloseLine: room.carried,
            media.CloseLeg: room.carried, media.ForgetOrphans: room.carried, media.ConfirmRtpLeg: room.carried,
        }
    )  # fmt: skip
    async with listen_wire(path, handlers=handlers) as server, background(room.run()):
        room.server = server
        yield room


def orphan(call: CallId, *, contact, media_lost: bool = False) -> media.OrphanCall:
    return media.OrphanCall(call=call, contact=contact, started_at=datetime(2026, 3, 2, tzinfo=UTC), duration_ms=5000,
                            recording=closed(recording_name(call)), media_lost=media_lost)  # fmt: skip
