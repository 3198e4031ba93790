"""One call of a caller, moved input by input, for tests."""

from datetime import timedelta
from uuid import UUID

from telephony.calls import actions as do
from telephony.calls import inputs as got
from telephony.calls.call import step
from telephony.calls.hearing import sound
from telephony.calls.legs import Leg, LegStage, TrunkEndpoint
from telephony.calls.record import Call
from telephony.ivr.flow import Ivr
from telephony.media_protocol import ClosedRecording
from telephony.settings import TelephonySettings
from tests.telephony.calls_world import ADA, S7, SETTINGS, START, Time
from vocabulary.audio import Party
from vocabulary.events import Event
from vocabulary.events.telephony import CallEnded
from vocabulary.ids import CallId, ContactId, LegId, OfferId
from vocabulary.personal import PhoneNumber

CALLER = Leg(
    id=LegId(UUID(int=0x1E6)), party=Party.CALLER, endpoint=TrunkEndpoint(number=PhoneNumber("13900001234")),
    stage=LegStage.JOINED,
)  # fmt: skip
OFFER, LATER = OfferId(UUID(int=0x0F)), OfferId(UUID(int=0x10F))
RECORDING = ClosedRecording(recording_name="a.wav", sha256="0" * 64, samples=8000, path="/a.wav")


class Run:
    """Drives one call; keeps what it told and what it asked for."""

    def __init__(self, config: TelephonySettings = SETTINGS) -> None:
        self.time = Time()
        self.facts: list[Event] = []
        self.asked: list[do.Action] = []
        self.call = Call(
            call=CallId(UUID(int=0xCA)), contact=ContactId(UUID(int=0xC0)), host="h1",
            legs=(CALLER,), dialled="12345", line_name="x",
            user_agent="", invite_at=START, invite_mono=100.0, accepted_at=START, settings=config,
            ivr=Ivr(menu=config.menu, queue="general"),
        )  # fmt: skip
        self(got.Begun())

    def __call__(self, given: got.Input, after: float = 0.0) -> "list[do.Action]":
        self.call, actions = step(self.call, given, moment=self.time(after))
        self.facts += [action.fact for action in actions if isinstance(action, do.Tell)]
        self.asked = [action for action in actions if not isinstance(action, do.Tell)]
        return self.asked

    def said(self, after: float = 1.0) -> "list[do.Action]":
        """What plays comes to its end."""
        assert self.call.play is not None
        return self(got.PromptsOver(self.call.play.play_id), after)

    def sounds(self, at_ms: int, after: float = 0.0) -> "list[do.Action]":
        """Media does what it was asked last."""
        return self(got.SoundSet(at_ms, sound(self.call)), after)

    def played(self) -> tuple[str, ...]:
        asked = next(action for action in self.asked if isinstance(action, do.SetSound))
        return next(play.prompts for _, play in asked.sound.playing)

    def end(self) -> CallEnded:
        """The last fact, which is the end."""
        last = self.facts[-1]
        assert isinstance(last, CallEnded)
        return last

    def told(self) -> list[str]:
        return [type(fact).__name__ for fact in self.facts]

    def offered(self) -> None:
        self(got.Offered(offer=OFFER, seat=S7, agent=ADA, expires_at=START + timedelta(seconds=10)))

    def took(self, after: float = 0.5) -> "list[do.Action]":
        return self(got.SeatTook(offer=OFFER, seat=S7, agent=ADA), after)

    def talking(self) -> "Run":
        """Bring it to the talk."""
        self.said()
        self.offered()
        self.said()
        self.took()
        self(got.SeatAttached(7900))
        self.said()
        self.sounds(8000)
        return self
