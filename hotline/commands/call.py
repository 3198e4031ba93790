"""``hotline call``: one call with a softphone of another make (pyVoIP), or by the running switch itself."""

import secrets
from pathlib import Path
from typing import Any

from hotline.commands.audit import the_key
from hotline.connections import any_database, running
from hotline.migrations import refuse_pending
from hotline.places import Places
from hotline.settings import Settings
from runtime.audit import HOUSE, AuditEntry, record
from runtime.bus import open_bus
from runtime.clock import SystemClock
from runtime.codec import to_builtins
from runtime.wav import WavError, read_wav
from telephony import TelephonyClient, testcalls
from vocabulary.desk_requests import CallOutAsked
from vocabulary.errors import Permanent
from vocabulary.personal import PhoneNumber

LISTENS_S = 30.0
CALLED_OUT = "called-out"


async def place(
    settings: Settings, places: Places, /, *, number: str, audio: Path, keep: Path | None, to: str | None
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
        record=keep.resolve() if keep else None,
        hang_up_after_s=LISTENS_S,
    )
    try:
        result = await testcalls.place_call(plan)
    except testcalls.CallFailed as error:
        return {"answered": False, "status": error.status}
    return {"answered": True, **to_builtins(result)}


async def place_by_switch(
    settings: Settings, places: Places, /, *, number: str, to: str | None, talk_s: float
) -> dict[str, Any]:
    """Let the running switch place a call by its own signalling; return what came of it. The audit holds who asked.

    NotRunning when nothing runs; Refused as in CallOutAsked.
    """
    wish = wish_for(number, to=to, talk_s=talk_s)
    instance, secret = running(places), the_key(settings).secret
    async with any_database(settings, places, audit_secret=secret) as (_, database):
        await refuse_pending(database)
        why = f"at the terminal, {masked_target(wish.to)}, {wish.talk_s:g} s"
        entry = AuditEntry(at=SystemClock().now(), account=HOUSE, what=CALLED_OUT, contact=None, why=why)
        async with database.transaction() as tx:
            await record(tx, entry, salt=secrets.token_bytes(16))
    async with open_bus(
        url=instance.bus_url, name="call", user=instance.bus_user, password=instance.bus_password
    ) as bus:
        return dict(to_builtins(await TelephonyClient(bus).call_out(wish)))


def wish_for(number: str, /, *, to: str | None, talk_s: float) -> CallOutAsked:
    """Return what the switch is asked: a URI, a number at HOST:PORT, or, only listened to, one of its own lines."""
    if number.startswith("sip:"):
        return CallOutAsked(to=number, talk_s=talk_s, greets=True)
    if to is None:
        return CallOutAsked(to=number, talk_s=talk_s)
    host, port = _address(to)
    return CallOutAsked(to=f"sip:{number}@{host}:{port}", talk_s=talk_s, greets=True)


def masked_target(to: str, /) -> str:
    """The target of a call without its number."""
    number, at, where = to.removeprefix("sip:").partition("@")
    return f"{PhoneNumber(number)}{at}{where}"


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise Permanent(f"{text!r} is no address; write HOST:PORT, e.g. 127.0.0.1:5060")
    return host, int(port)
