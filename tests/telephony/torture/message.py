"""How the messages of these tests are made: a plain request, with lines changed, taken out or put in."""

from dataclasses import dataclass

SDP = (
    "v=0\r\no=tester 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\n"
    "m=audio 49216 RTP/AVP 8 0\r\na=rtpmap:8 PCMA/8000\r\n"
)
SILENCE = frozenset[int]()
"""No answer is right: a response that belongs to nothing, or what nobody can be asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``right`` are the statuses that the RFC allows a user agent server that is no registrar; empty: no answer."""

    name: str
    section: str
    right: frozenset[int]
    data: bytes


def request(
    method: str,
    *,
    line: str = "",
    lines: dict[str, str | None] | None = None,
    more: tuple[str, ...] = (),
    body: str | bytes = "",
) -> bytes:
    """Return a request; ``line`` replaces the start line, ``lines`` values (None takes one out), ``more`` is added."""
    octets = body if isinstance(body, bytes) else body.encode("utf-8")
    fields: dict[str, str | None] = {
        "Via": "SIP/2.0/UDP 192.0.2.2:5062;branch=z9hG4bKtorture",
        "Max-Forwards": "70",
        "From": "<sip:caller@example.net>;tag=torture",
        "To": "<sip:12345@example.com>",
        "Call-ID": "torture@192.0.2.2",
        "CSeq": f"1 {method}",
        "Contact": "<sip:caller@192.0.2.2:5062>",
        **({"Content-Type": "application/sdp"} if octets else {}),
        "Content-Length": str(len(octets)),
    }
    fields |= lines or {}
    head = [line or f"{method} sip:12345@example.com SIP/2.0"]
    head += [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join((*head, *more)).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + octets


def response(line: str, *, lines: dict[str, str] | None = None) -> bytes:
    """Return a response that belongs to no transaction of ours."""
    fields = {
        "Via": "SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923",
        "From": "<sip:12345@example.com>;tag=ours",
        "To": "<sip:caller@example.net>;tag=theirs",
        "Call-ID": "torture@192.0.2.2",
        "CSeq": "35 INVITE",
        "Content-Length": "0",
    }
    fields |= lines or {}
    head = [line, *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(head).encode() + b"\r\n\r\n"
