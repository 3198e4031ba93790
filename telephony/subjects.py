"""Where each request of the desk is served."""

from typing import Any

from vocabulary.desk_requests import (
    CallsSnapshotAsked,
    SeatAnswer,
    SeatDecline,
    SeatHangUp,
    SeatLine,
    SeatReady,
    SeatSignIn,
    SeatSignOut,
    SeatsSnapshotAsked,
    SeatWrapUpDone,
    TestCallAsked,
)

REQUESTS: dict[type[Any], str] = {
    kind: f"ask.telephony.{verb}.v1"
    for kind, verb in {
        SeatSignIn: "seat-sign-in",
        SeatSignOut: "seat-sign-out",
        SeatReady: "seat-ready",
        SeatAnswer: "seat-answer",
        SeatDecline: "seat-decline",
        SeatHangUp: "seat-hang-up",
        SeatWrapUpDone: "seat-wrap-up-done",
        SeatLine: "seat-line",
        SeatsSnapshotAsked: "seats-snapshot",
        CallsSnapshotAsked: "calls-snapshot",
        TestCallAsked: "test-call",
    }.items()
}
"""Request class → subject; ``test-call`` is served by the demo's caller process."""


def recording_subject(host: str, /) -> str:
    """Where the telephony host ``host`` serves stretches of its recordings."""
    return f"ask.telephony.recording-read.v1.{host}"
