"""Messages between two processes of one host: framed values over a Unix socket, with replies and audio."""

from runtime.failures import NoAnswer
from runtime.wire.connection import Handlers, Wire, by_type
from runtime.wire.endpoints import WireServer, connect_wire, listen_wire
from runtime.wire.frames import MAX_FRAME, MalformedFrame, message_name

__all__ = [
    "MAX_FRAME",
    "Handlers",
    "MalformedFrame",
    "NoAnswer",
    "Wire",
    "WireServer",
    "by_type",
    "connect_wire",
    "listen_wire",
    "message_name",
]
