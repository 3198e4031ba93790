"""CALL → AUDIO: SIP, IVR, ACD, call state (process ``switch``) and sound (process ``media``)."""

from telephony import settings
from telephony.client import TelephonyClient
from telephony.media import MediaConfig, run_media
from telephony.settings import TelephonySettings
from telephony.switch_config import SwitchConfig
from telephony.testcalls import (
    CallFailed,
    CallPlan,
    CallResult,
    PhoneLine,
    TestCallsConfig,
    open_phone,
    place_call,
    run_test_calls,
)


async def run_switch(config: SwitchConfig) -> None:
    """Serve SIP, calls and seats until cancelled; prints ``ready {json}`` to standard output once it listens."""
    from telephony.switch_process import serve  # noqa: PLC0415  another process does not load it

    await serve(config)


__all__ = [
    "CallFailed",
    "CallPlan",
    "CallResult",
    "MediaConfig",
    "PhoneLine",
    "SwitchConfig",
    "TelephonyClient",
    "TelephonySettings",
    "TestCallsConfig",
    "open_phone",
    "place_call",
    "run_media",
    "run_switch",
    "run_test_calls",
    "settings",
]
