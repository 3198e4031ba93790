"""Where each request of the desk is served."""

import re
from typing import Any, get_args

from vocabulary.desk_requests import (
    CallOutAsked,
    CallsSnapshotAsked,
    SeatLine,
    SeatsSnapshotAsked,
    SeatVerb,
    TestCallAsked,
)

SEAT_VERBS: tuple[type[Any], ...] = get_args(SeatVerb)


def _subject(kind: type[Any]) -> str:
    verb = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind.__name__.removesuffix("Asked")).lower()
    return f"ask.telephony.{verb}.v1"


REQUESTS: dict[type[Any], str] = {
    kind: _subject(kind)
    for kind in (*SEAT_VERBS, SeatLine, SeatsSnapshotAsked, CallsSnapshotAsked, TestCallAsked, CallOutAsked)
}
"""Request class → subject; ``test-call`` is served by the demo's caller process."""


def recording_subject(host: str, /) -> str:
    """Where the telephony host ``host`` serves stretches of its recordings."""
    return f"ask.telephony.recording-read.v1.{host}"
