"""Questions that cross to the switch (``ask.telephony.<verb>.v1``) and their answers."""

from dataclasses import dataclass, field

from vocabulary.calls import CallOutEnd, CallSnapshot, LegPackets, SeatSnapshot
from vocabulary.ids import AccountId, CallId, OfferId, SeatNo


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatSignIn:
    """An agent takes a seat (``seat-sign-in``); skills name queues. Answer: SeatDone."""

    seat: SeatNo
    agent: AccountId
    agent_name: str
    skills: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatSignOut:
    """The agent leaves (``seat-sign-out``); Refused ``in-call`` while talking."""

    seat: SeatNo
    agent: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatReady:
    """Wish to be Ready or NotReady with a reason (``seat-ready``)."""

    seat: SeatNo
    agent: AccountId
    ready: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatAnswer:
    """Take the offered call (``seat-answer``); late ones are Refused ``offer-over``. The answer has the call."""

    seat: SeatNo
    agent: AccountId
    offer: OfferId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatDecline:
    """Turn the offered call down (``seat-decline``)."""

    seat: SeatNo
    agent: AccountId
    offer: OfferId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatHangUp:
    """End the call one talks in (``seat-hang-up``); Refused ``not-in-call`` for another."""

    seat: SeatNo
    agent: AccountId
    call: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatHold:
    """Put the caller on hold (``seat-hold``); Refused ``not-in-call``, ``not-talking`` while nobody hears the other."""

    seat: SeatNo
    agent: AccountId
    call: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatResume:
    """Take the caller back from hold (``seat-resume``); Refused ``not-in-call``."""

    seat: SeatNo
    agent: AccountId
    call: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatWrapUpDone:
    """After-call work is finished (``seat-wrap-up-done``)."""

    seat: SeatNo
    agent: AccountId


SeatVerbInCall = SeatHangUp | SeatHold | SeatResume
"""What an agent can do with the call one talks in."""
SeatVerb = SeatSignIn | SeatSignOut | SeatReady | SeatAnswer | SeatDecline | SeatVerbInCall | SeatWrapUpDone
"""What an agent can do at a seat. Answer to each: SeatDone; Refused ``not-signed-in`` but for the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatDone:
    """The seat after a verb, and the call it is in."""

    seat: SeatSnapshot
    call: CallSnapshot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLine:
    """Open the seat's browser line with an SDP offer (``seat-line``, 10 s). Answer: SeatLineAnswer."""

    seat: SeatNo
    agent: AccountId
    offer_sdp: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLineAnswer:
    """The SDP answer of media."""

    answer_sdp: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatsSnapshotAsked:
    """All seats (``seats-snapshot``). Answer: SeatsSnapshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatsSnapshot:
    """All seats that are not Offline."""

    seats: tuple[SeatSnapshot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsSnapshotAsked:
    """All live calls (``calls-snapshot``). Answer: CallsSnapshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsSnapshot:
    """All live calls."""

    calls: tuple[CallSnapshot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingAsked:
    """A stretch of a recording on ``host`` (``recording-read.v1.<host>``): at most 65,536 samples a channel."""

    name: str
    first_sample: int
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStretch:
    """Two channels interleaved, s16le 8 kHz; shorter than asked at the end of the recording."""

    first_sample: int
    pcm: bytes = field(repr=False)
    total_samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCallAsked:
    """Let a simulated caller dial with a dialogue of the city (``test-call``). Answer: Done."""

    __test__ = False
    dialogue: str
    seat: SeatNo | None = None
    """Ring this seat first when given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutAsked:
    """Let a telephone host call a line to try it (``call-out``). Answer: CallOutDone, once the call is over.

    ``to`` is a number of the host's own lines, or ``sip:NUMBER@IPV4:PORT`` of a named trunk or this machine. Refused
    ``bad-uri``, ``no-trunk``, ``bad-limit`` (seconds above 60), ``busy`` (two are under way).
    """

    to: str = field(repr=False)
    caller: str = "12345"
    """User part of our From."""
    greets: bool = False
    """Play the running city's greeting to the peer."""
    ring_s: float = 30.0
    talk_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutDone:
    """What came of a call; ms count from our INVITE, None: it did not come to that."""

    answered: bool
    status: int
    """Final SIP response; 408 nobody answered in time, 488 no common codec, 503 no media here."""
    end: CallOutEnd
    rang_ms: int | None
    answered_ms: int | None
    sound_ms: int | None
    """The first packet of sound."""
    speech_ms: int | None
    """A voice was heard first."""
    ended_ms: int | None
    heard: LegPackets | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """It was carried out."""
