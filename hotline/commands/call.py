"""``hotline call``: one call with a softphone of another make (pyVoIP)."""

from pathlib import Path
from typing import Any

from hotline.connections import running
from hotline.places import Places
from hotline.settings import Settings
from runtime.codec import to_builtins
from runtime.wav import WavError, read_wav
from telephony import testcalls
from vocabulary.errors import Permanent

LISTENS_S = 30.0


async def place(
    settings: Settings, places: Places, /, *, number: str, audio: Path, record: Path | None, to: str | None
) -> dict[str, Any]:
    """Dial, play ``audio`` once, listen, hang up; return what came of it."""
    del settings
    try:
        read_wav(audio)
    except (OSError, WavError) as error:
        raise Permanent(f"{audio} cannot be played: {error}; give an 8 kHz mono WAV") from None
    plan = testcalls.CallPlan(
        number=number,
        to=_address(to or running(places).sip),
        audio=audio.resolve(),
        record=record.resolve() if record else None,
        hang_up_after_s=LISTENS_S,
    )
    try:
        result = await testcalls.place_call(plan)
    except testcalls.CallFailed as error:
        return {"answered": False, "status": error.status}
    return {"answered": True, **to_builtins(result)}


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise Permanent(f"{text!r} is no address; write HOST:PORT, e.g. 127.0.0.1:5060")
    return host, int(port)
