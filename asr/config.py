"""Settings of the recogniser process."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class RecogniserConfig:
    """Everything the recogniser process needs to know; paths are absolute."""

    host: str
    """Name of this telephony host, in RecogniserStatus."""
    tap_socket: str
    """Unix socket of media's tap server."""
    checkpoint: str
    """File that says how far each leg was heard, for the successor of a killed process."""
    models: str
    """Folder of installed models; the joined Whisper file is kept here too."""
    bus_url: str
    bus_user: str = ""
    bus_password: str = field(default="", repr=False)
    engine: str = "auto"
    """``auto``, ``vosk``, ``whisper`` or the name of one model; ``scripted`` in tests only."""
    allow_scripted: bool = False
    """Set by tests; without it the scripted engine is refused."""
    threads: int = 0
    """Worker threads; 0 means cores - 1, at least 1, at most what the engine can use."""
    max_legs: int = 0
    """Legs heard at once; 0 means the engine's own figure for this machine. Others wait."""
    status_every_s: float = 2.0
    json_logs: bool = True
