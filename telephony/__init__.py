"""CALL → AUDIO: SIP, IVR, ACD, call state (process ``switch``) and sound (process ``media``)."""

from runtime.supervision import Pulse
from telephony import settings, testcalls
from telephony.client import TelephonyClient
from telephony.media import MediaConfig, run_media
from telephony.settings import TelephonySettings
from telephony.sip.trunks import Trunk
from telephony.switch_config import SwitchConfig


async def run_switch(config: SwitchConfig, *, pulse: Pulse | None = None) -> None:
    """Serve SIP, calls and seats until cancelled; prints ``ready {json}`` to standard output once it listens.

    ``pulse`` advances while the SIP socket is read and the clock of calls turns.
    """
    from telephony.switch_process import serve  # noqa: PLC0415  another process does not load it

    await serve(config, pulse=pulse or Pulse())


__all__ = [
    "MediaConfig",
    "SwitchConfig",
    "TelephonyClient",
    "TelephonySettings",
    "Trunk",
    "run_media",
    "run_switch",
    "settings",
    "testcalls",
]
