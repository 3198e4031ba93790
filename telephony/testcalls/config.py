"""Settings of the test-call process."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCallsConfig:
    """Where to dial, whom to ask, what to say."""

    __test__ = False
    nats_url: str
    nats_user: str = ""
    nats_password: str = ""
    sip_host: str
    sip_port: int
    dialogues: str
    """Folder of ``city/dialogues``."""
    voices: str
    """Folder of ``city/voices``; the turns' files lie below it."""
    at_once: int = 2
    """More calls at the same time are refused: the recogniser of a small machine follows two."""
