"""The browser lines of all seats."""

import time
from collections.abc import Callable

from telephony.media.media_state import MediaState
from telephony.media.mixer import Slot
from telephony.media.webrtc import BrowserLine
from telephony.media_protocol import LineState
from vocabulary.errors import Refused
from vocabulary.ids import SeatNo


class Lines:
    """Lines by seat. Each has a row of its own, so that silence keeps it open between calls."""

    def __init__(self, state: MediaState, *, tell: Callable[[object], None]) -> None:
        self._state, self._tell = state, tell
        self._lines: dict[SeatNo, tuple[BrowserLine, Slot]] = {}

    @property
    def connected(self) -> int:
        """Lines on which sound can pass."""
        return sum(line.connected for line, _ in self._lines.values())

    async def open(self, seat: SeatNo, offer_sdp: str, /) -> str:
        """Return the answer to a browser's offer; a connection that the seat has is replaced, its legs stay."""
        entry = self._lines.get(seat)
        if entry is not None and entry[1].row < 0:
            await self.close(seat)
            entry = None
        line = entry[0] if entry else BrowserLine(on_change=lambda up: self._tell(LineState(line=seat, connected=up)))
        answer = await line.answer(offer_sdp)
        if entry is None:
            self._lines[seat] = (line, self._state.add_port(line))
        elif self._lines.get(seat) is entry:
            self._state.change_law(entry[1])
        return answer

    async def close(self, seat: SeatNo, /) -> None:
        """Close a seat's line with its legs; no error when there is none."""
        entry = self._lines.pop(seat, None)
        if entry is None:
            return
        line, slot = entry
        for leg in [leg for leg in self._state.legs.values() if leg.slot is slot]:
            self._state.remove_leg(leg.leg)
        self._state.remove_port(slot)
        await line.close()

    def get(self, seat: SeatNo, /) -> tuple[BrowserLine, Slot]:
        """Return a seat's line; Refused ``no-line``."""
        entry = self._lines.get(seat)
        if entry is None or entry[1].row < 0:
            raise Refused("no-line", "这个座席没有线路")
        return entry

    async def drop(self, port: object, /) -> None:
        """Close the line that a fault took away; its seat is told by ``LineState``."""
        for seat in [seat for seat, (line, _) in self._lines.items() if line is port]:
            await self.close(seat)

    def watch(self) -> None:
        """Notice lines that fell silent; called once a second."""
        now = time.monotonic()
        for line, _ in self._lines.values():
            line.watch(now)

    def announce(self) -> None:
        """Tell the state of every line, to a switch that is new."""
        for seat, (line, _) in self._lines.items():
            self._tell(LineState(line=seat, connected=line.connected))

    async def close_all(self) -> None:
        """Close every line."""
        for seat in list(self._lines):
            await self.close(seat)
