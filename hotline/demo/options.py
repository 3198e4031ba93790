"""What ``hotline demo`` was asked for."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """Flags of the command."""

    once: bool
    json: bool
    browser: bool
    caller_audio: Path | None
    expect_text: Path | None
    data: Path | None
    reset: bool
