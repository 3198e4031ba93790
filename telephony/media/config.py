"""Settings of the media process."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaConfig:
    """Everything the media process needs to know; paths are absolute."""

    host: str
    """Name of this telephony host, in sidecars."""
    media_socket: str
    tap_socket: str
    recordings: str
    prompts: str
    """Folder of 8 kHz WAV files; a prompt's name is its path below it without ``.wav``."""
    rtp_ports: tuple[int, int] | None = None
    """First and last UDP port for RTP legs (even ones are used); None lets the system choose."""
    rtp_timeout_s: float = 30.0
    orphan_grace_s: float = 30.0
    """How long calls go on without a switch."""
    keep_free_bytes: int = 64 * 1024 * 1024
    """Below this, and ten minutes of sound for each call that runs, no further call is taken on."""
    want_realtime: bool = True
