"""What media says by itself, as inputs of calls and changes of lines."""

from collections.abc import Awaitable, Callable
from typing import Any

from telephony import media_protocol as media
from telephony.calls import inputs as got
from telephony.calls.ending import Q850_FAILURE
from telephony.calls.switch import Switch
from telephony.ivr.keys import KeySource
from vocabulary.calls import EndReason
from vocabulary.ids import LegId


class MediaEvents:
    """One method a notify; a leg that no call has any more is passed over."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch

    def notifies(self) -> dict[type[Any], Callable[[Any], Awaitable[object]]]:
        """Return the handlers of the wire."""
        return {
            media.LineState: self.line,
            media.RtpTimeout: self.silent,
            media.LegFailed: self.failed,
            media.Digit: self.digit,
            media.PromptsEnded: self.prompts_ended,
            media.Speech: self.speech,
            media.FirstAudio: self.first_audio,
        }

    async def line(self, said: media.LineState) -> None:
        """A browser's line came up or went away."""
        self._switch.line(said.line, connected=said.connected)

    async def silent(self, said: media.RtpTimeout) -> None:
        """Ask a silent caller's side whether it is there; a silent seat's line counts as gone."""
        live = self._switch.by_leg(said.leg)
        if live is not None and said.leg == live.call.caller_leg.id:
            live.absence.silent(now=self._switch.clock.monotonic())
        elif live is not None:
            self._switch.post(live.call.call, got.LineMoved(connected=False))

    async def failed(self, said: media.LegFailed) -> None:
        """A leg was closed by a fault: the call ends with a cause, or goes on without the seat's line."""
        live = self._switch.by_leg(said.leg)
        if live is not None:
            caller = said.leg == live.call.caller_leg.id
            lost = got.Broken(EndReason.FAILED, Q850_FAILURE) if caller else got.LineMoved(connected=False)
            self._switch.post(live.call.call, lost)

    async def digit(self, said: media.Digit) -> None:
        """A key of the caller."""
        live = self._switch.by_leg(said.leg)
        if live is not None and said.leg == live.call.caller_leg.id:
            self._switch.pressed(live, said.digit, source=KeySource.RTP, at_ms=said.at_ms)

    async def prompts_ended(self, said: media.PromptsEnded) -> None:
        """A play came to its end."""
        self._to_call(said.leg, got.PromptsOver(said.play_id))

    async def speech(self, said: media.Speech) -> None:
        """The caller began or ceased to speak."""
        self._to_call(said.leg, got.SpeechHeard(said.speaking))

    async def first_audio(self, said: media.FirstAudio) -> None:
        """The first sound of a leg."""
        self._to_call(said.leg, got.SoundHeard(said.leg, said.at_ms))

    def _to_call(self, leg: LegId, given: got.Input) -> None:
        live = self._switch.by_leg(leg)
        if live is not None:
            self._switch.post(live.call.call, given)
