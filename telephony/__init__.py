"""CALL → AUDIO: SIP, IVR, ACD, call state (process ``switch``) and sound (process ``media``)."""

from pathlib import Path

from runtime.supervision import Pulse
from telephony import publications, settings, testcalls
from telephony.client import TelephonyClient
from telephony.media import MediaConfig, run_media
from telephony.publications import Published
from telephony.settings import TelephonySettings
from telephony.sip.trunks import Trunk
from telephony.switch_config import SwitchConfig

MIGRATIONS = ("telephony", Path(__file__).parent / "migrations")


async def run_switch(config: SwitchConfig, *, pulse: Pulse | None = None) -> None:
    """Serve SIP, calls and seats until cancelled; prints ``ready {json}`` to standard output once it listens.

    ``pulse`` advances while the SIP socket is read and the clock of calls turns.
    """
    from telephony.switch_process import serve  # noqa: PLC0415  another process does not load it

    await serve(config, pulse=pulse or Pulse())


__all__ = [
    "MIGRATIONS",
    "MediaConfig",
    "Published",
    "SwitchConfig",
    "TelephonyClient",
    "TelephonySettings",
    "Trunk",
    "publications",
    "run_media",
    "run_switch",
    "settings",
    "testcalls",
]
