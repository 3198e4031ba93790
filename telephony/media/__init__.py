"""SOUND. Legs, who hears whom, prompts, recordings and taps on one 20 ms clock, in its own process (``run_media``).

``telephony.media_protocol`` is what the switch says to it. Engines (aiortc, webrtcvad) load in ``run_media``; start it
under uvloop.
"""

from runtime.supervision import Pulse
from telephony.media.config import MediaConfig


async def run_media(config: MediaConfig, *, pulse: Pulse | None = None) -> None:
    """Serve until cancelled; prints ``ready {json}`` to standard output once it listens.

    ``pulse`` advances with the ticks and says what is wrong with the recordings.
    """
    from telephony.media.media_process import serve  # noqa: PLC0415 engines load late

    await serve(config, pulse=pulse or Pulse())


__all__ = ["MediaConfig", "run_media"]
