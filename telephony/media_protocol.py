"""What switch and media say to each other over ``runtime.wire``: commands with their replies, and notifies.

Media listens, the switch connects and asks for Orphans: with that it is media's switch, and no other connection is
while it lives (Refused ``switch-connected``; commands of others are Refused ``not-the-switch``). Every command is
idempotent by leg, line or call; an unknown leg, line, call or prompt is Refused with reason ``no-leg``, ``no-line``,
``no-call``. ``at_ms`` is call time: milliseconds since ``StartCall`` was carried out, 0 before it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from vocabulary.audio import Party
from vocabulary.ids import CallId, ContactId, LegId, SeatNo


class Codec(StrEnum):
    """Payload formats of an RTP leg (RFC 3551 §4.5.14); the static payload types 8 and 0 are used."""

    PCMA = "PCMA"
    PCMU = "PCMU"


class Direction(StrEnum):
    """Our side of RFC 3264 §6.1: whether we send to and listen to the peer."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"


# Commands, each followed by its reply -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The command was carried out, or had been before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRtpLeg:
    """Bind an even UDP port for one party and begin to send. Answer: RtpLegOpened. Repeated: the same port.

    Until ``ConfirmRtpLeg`` only a second of packets is sent, so that a forged INVITE cannot aim a stream at a third
    party. Sound is taken from the signalled address, from another port of its host, or from ``media_networks`` (CIDR,
    those of the trunk the call came by). An address of one of our own legs is Refused ``own-port``, but for that of
    ``own_peer``: the other end of a call that this host placed to itself.
    """

    leg: LegId
    call: CallId
    contact: ContactId
    party: Party
    codec: Codec
    remote_host: str
    remote_port: int
    dtmf_payload_type: int | None
    bind_host: str
    direction: Direction = Direction.SENDRECV
    media_networks: tuple[str, ...] = ()
    own_peer: LegId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RtpLegOpened:
    """Where the leg listens; goes into our SDP."""

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRtpLeg:
    """The peer acknowledged (ACK): what the leg sends has no bound any more. Answer: Carried."""

    leg: LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRtpLeg:
    """What a re-INVITE changed; never a second sender. Answer: Carried. Refused ``own-port`` as for OpenRtpLeg."""

    leg: LegId
    codec: Codec
    remote_host: str
    remote_port: int
    dtmf_payload_type: int | None
    direction: Direction
    own_peer: LegId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCall:
    """CallAccepted: the next tick is call time 0, taps and recording begin. Answer: CallStarted.

    ``recording_name`` is one of ``telephony.tracks``; empty means that nothing is recorded.
    """

    call: CallId
    contact: ContactId
    caller_leg: LegId
    recording_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted:
    """Wall-clock instant of call time 0."""

    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLine:
    """A browser's offer for the seat's line; another one replaces it, legs stay. Answer: LineOpened."""

    line: SeatNo
    offer_sdp: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOpened:
    """The answer; ``LineState(connected=True)`` follows when DTLS is up."""

    answer_sdp: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseLine:
    """Close the browser connection; no error when there is none. Answer: Carried."""

    line: SeatNo


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachLine:
    """Begin a leg of a started call on an open line. Answer: LegAttached."""

    leg: LegId
    line: SeatNo
    call: CallId
    contact: ContactId
    party: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class LegAttached:
    """The leg's first sample in call time."""

    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """``listener`` hears ``speaker``; two of them make a talk."""

    listener: LegId
    speaker: LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """Prompts back to back to ``leg`` instead of what it hears; ``loop`` repeats the list.

    ``play_id`` is this play for good: named again it goes on, and one that has come to its end does not begin anew.
    Names are those of the prompt folder without ``.wav``.
    """

    leg: LegId
    prompts: tuple[str, ...]
    play_id: UUID
    loop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSound:
    """All that sounds in a call from the next tick: who hears whom, and what is played to whom. Answer: SoundSet.

    It replaces what was set before: a play that is not named any more ends with ``cut``. A leg that hears several hears
    their sum. Refused, and nothing is changed: ``no-call`` (it has no leg), ``no-leg``, ``other-call``.
    """

    call: CallId
    hearing: tuple[Hearing, ...] = ()
    playing: tuple[Playing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundSet:
    """Call time of the first tick of this hearing; plays of which a prompt is missing, which are silence."""

    at_ms: int
    unplayed: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseLeg:
    """End a leg (a line stays open); no error when it is gone. Answer: Carried."""

    leg: LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCall:
    """Close all legs and the recording of a call. Answer: EndedCall, the same when repeated within an hour."""

    call: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedRecording:
    """A finished recording of ``samples`` in call time; ``sha256`` is of the file that names its tracks."""

    recording_name: str
    sha256: str
    samples: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedCall:
    """What is left of a call; ``recording`` is None when it was never started, not recorded, or is unknown."""

    recording: ClosedRecording | None
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLegs:
    """Ask for all legs. Answer: Legs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegState:
    """One leg; ``line`` is set for a browser's, ``host``/``port`` for RTP. Counters are packets since it opened."""

    leg: LegId
    call: CallId
    party: Party
    line: SeatNo | None
    host: str
    port: int
    sent: int
    received: int
    lost: int
    dropped: int
    """Malformed, from a stranger, or too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """All legs that live."""

    legs: tuple[LegState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphans:
    """First request of a switch: end calls not in ``known``, name those that lost theirs. Answer: OrphanCalls."""

    known: tuple[CallId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanCall:
    """A call that lost its switch or its media process. ``duration_ms`` is what was recorded."""

    call: CallId
    contact: ContactId
    started_at: datetime
    duration_ms: int
    recording: ClosedRecording | None
    media_lost: bool
    """The media process was killed in the call; otherwise the switch went away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanCalls:
    """Named again at every request until ``ForgetOrphans``."""

    calls: tuple[OrphanCall, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetOrphans:
    """The facts about these calls are stored. Answer: Carried."""

    calls: tuple[CallId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStatsAsked:
    """Ask for figures since the last asking. Answer: MediaStats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStats:
    """Figures of all legs since the last asking; intervals are between two packets of one leg, in ms."""

    legs: int
    lines: int
    seconds: float
    packets_per_second: float
    """Mean of a leg."""
    send_interval_p50: float
    send_interval_p99: float
    send_interval_max: float
    tick_late_p99: float
    cpu_percent: float
    """Of one core, the whole process."""
    realtime: bool
    """SCHED_RR was granted."""
    disk_free_bytes: int = 0
    recordings_failed: int = 0
    """Recordings that could not be written whole since the start."""
    accepting: bool = True
    """Whether there is room to record another call; without it new legs are Refused ``disk-full``."""


# Notifies, media → switch --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """A browser line came up or went away."""

    line: SeatNo
    connected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptsEnded:
    """A play came to its end, or was ``cut`` by another SetSound or the leg's end."""

    leg: LegId
    play_id: UUID
    cut: bool
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digit:
    """A key (RFC 4733 event 0-15 as ``0``-``9``, ``*``, ``#``, ``A``-``D``), once a press."""

    leg: LegId
    digit: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A caller began or ceased to speak, by voice activity; for the IVR."""

    leg: LegId
    speaking: bool
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAudio:
    """The first sound packet of a leg was played out."""

    leg: LegId
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RtpTimeout:
    """Neither RTP nor RTCP came for 30 s (never said while the peer holds). Said again after each further 30 s."""

    leg: LegId
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFailed:
    """A fault in a leg's part of the tick: the leg was closed, all others go on. ``reason`` is a countable code."""

    leg: LegId
    reason: str
