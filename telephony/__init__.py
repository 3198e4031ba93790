"""CALL → AUDIO: SIP, IVR, ACD, call state (process ``switch``) and sound (process ``media``)."""

from telephony import settings, testcalls
from telephony.client import TelephonyClient
from telephony.media import MediaConfig, run_media
from telephony.settings import TelephonySettings
from telephony.sip.trunks import Trunk
from telephony.switch_config import SwitchConfig


async def run_switch(config: SwitchConfig) -> None:
    """Serve SIP, calls and seats until cancelled; prints ``ready {json}`` to standard output once it listens."""
    from telephony.switch_process import serve  # noqa: PLC0415  another process does not load it

    await serve(config)


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
