"""CALL → AUDIO: SIP, IVR, ACD, call state (process ``switch``) and sound (process ``media``)."""

from telephony.client import TelephonyClient
from telephony.media import MediaConfig, run_media
from telephony.settings import (
    BadTelephonySettings,
    Choice,
    Limits,
    Line,
    Menu,
    Prompts,
    Queue,
    TelephonySettings,
    checked,
)
from telephony.switch_config import SwitchConfig

SETTINGS_KEY = "telephony"
"""Key of TelephonySettings in the KV bucket ``config``."""


async def run_switch(config: SwitchConfig) -> None:
    """Serve SIP, calls and seats until cancelled; prints ``ready {json}`` to standard output once it listens."""
    from telephony.switch_process import serve  # noqa: PLC0415  another process does not load it

    await serve(config)


__all__ = [
    "SETTINGS_KEY",
    "BadTelephonySettings",
    "Choice",
    "Limits",
    "Line",
    "MediaConfig",
    "Menu",
    "Prompts",
    "Queue",
    "SwitchConfig",
    "TelephonyClient",
    "TelephonySettings",
    "checked",
    "run_media",
    "run_switch",
]
