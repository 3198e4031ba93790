"""TEST CALLS (实例拨测). Citizens' telephones of another make: pyVoIP softphones in child processes, and what they say.

``place_call`` makes one call; ``run_test_calls`` serves "place a call with this dialogue" on the bus.
"""

from telephony.testcalls.config import TestCallsConfig
from telephony.testcalls.dialogues import Dialogue, Turn, read_dialogues
from telephony.testcalls.loudness import Loudness
from telephony.testcalls.phone_process import CallFailed, CallPlan, CallResult, PhoneLine, open_phone, place_call
from telephony.testcalls.talking import converse


async def run_test_calls(config: TestCallsConfig) -> None:
    """Serve until cancelled; prints ``ready {json}`` to standard output once it listens."""
    from telephony.testcalls.server import serve  # noqa: PLC0415  loads the NATS client

    await serve(config)


__all__ = [
    "CallFailed",
    "CallPlan",
    "CallResult",
    "Dialogue",
    "Loudness",
    "PhoneLine",
    "TestCallsConfig",
    "Turn",
    "converse",
    "open_phone",
    "place_call",
    "read_dialogues",
    "run_test_calls",
]
