"""Frames of the sockets between processes, with the commands of media inside."""

from pathlib import Path

from runtime.codec import MalformedMessage
from runtime.wire import frames
from runtime.wire.frames import LENGTH_BYTES, MalformedFrame
from telephony import media_protocol as words

CORPUS = Path(__file__).parent / "corpus" / "wire_frames"
_KINDS = {
    frames.message_name(kind): kind
    for kind in (words.OpenRtpLeg, words.UpdateRtpLeg, words.SetSound, words.Orphans, words.StartCall, words.EndCall)
}


def fuzz_one(data: bytes) -> None:
    """Take one frame: its length is bounded before it is read, its body is a value of its class or named as none."""
    try:
        length = frames.frame_length(data[:LENGTH_BYTES])
        payload = data[LENGTH_BYTES : LENGTH_BYTES + length]
        message = frames.read_message(payload[1:])
        kind = _KINDS.get(message.name)
        if kind is not None:
            assert isinstance(frames.body_of(message, kind), kind)
    except (MalformedFrame, MalformedMessage):
        return
