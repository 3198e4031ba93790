"""A seat's telephone in the browser: its offer goes to media, media's answer back (no trickle)."""

from datetime import timedelta

from telephony.media_link import MediaLink
from telephony.media_protocol import Carried, CloseLine, LineOpened, OpenLine
from vocabulary.desk_requests import SeatLine, SeatLineAnswer
from vocabulary.errors import HotlineError, Refused
from vocabulary.ids import SeatNo

_DEADLINE = timedelta(seconds=8)
_MAX_SDP = 64 * 1024


class BrowserPhones:
    """The lines of all seats. That a line came up or went is said by media (LineState)."""

    def __init__(self, link: MediaLink, /) -> None:
        """Ask media over ``link``."""
        self._link = link

    async def open(self, wish: SeatLine, /) -> SeatLineAnswer:
        """Open or replace a seat's line; Refused ``bad-sdp``, or NoAnswer while media is away."""
        if not wish.offer_sdp.startswith("v=0") or len(wish.offer_sdp) > _MAX_SDP:
            raise Refused("bad-sdp", "浏览器的语音连接请求无法读取，请刷新页面重试。")
        command = OpenLine(line=wish.seat, offer_sdp=wish.offer_sdp)
        opened = await self._link.request(command, reply=LineOpened, timeout=_DEADLINE)
        return SeatLineAnswer(answer_sdp=opened.answer_sdp)

    async def close(self, seat: SeatNo, /) -> None:
        """Close a seat's line; nothing when media is away, since then there is none."""
        try:
            await self._link.request(CloseLine(line=seat), reply=Carried)
        except HotlineError:
            return
