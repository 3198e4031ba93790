"""One handshake between two of our own peers before the first call, so that no call pays for loading and tables."""

import asyncio
import time

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from runtime.telemetry import get_logger
from telephony.media.webrtc import BrowserLine

_log = get_logger(__name__)
_DEADLINE_S = 5.0


async def warm_up() -> bool:
    """Return whether the handshake succeeded; without a network interface it cannot, and browser lines neither."""
    started = time.monotonic()
    up = asyncio.Event()
    line = BrowserLine(on_change=lambda connected: up.set() if connected else None)
    browser = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    try:
        async with asyncio.timeout(_DEADLINE_S):
            browser.addTransceiver("audio")
            await browser.setLocalDescription(await browser.createOffer())
            answer = await line.answer(browser.localDescription.sdp)
            await browser.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))
            await up.wait()
    except TimeoutError:
        _log.warning("browser lines cannot connect: is there a network interface besides loopback?")
        return False
    finally:
        await browser.close()
        await line.close()
    _log.info("warmed up", seconds=round(time.monotonic() - started, 2))
    return True
