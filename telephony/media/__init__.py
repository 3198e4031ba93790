"""SOUND. Legs, bridges, prompts, recordings and taps on one 20 ms clock, in a process of its own (``run_media``).

``telephony.media_protocol`` is what the switch says to it. Engines (aiortc, webrtcvad) load in ``run_media``; start it
under uvloop.
"""

from telephony.media.config import MediaConfig


async def run_media(config: MediaConfig) -> None:
    """Serve until cancelled; prints ``ready {json}`` to standard output once it listens."""
    from telephony.media.media_process import serve  # noqa: PLC0415 engines load late

    await serve(config)


__all__ = ["MediaConfig", "run_media"]
