"""SDP offers and answers of one G.711 audio stream (RFC 4566, RFC 3264; telephone-event RFC 4733)."""

import re
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from telephony.media_protocol import Codec, Direction
from telephony.sip.addresses import ipv4

PAYLOAD_TYPES = {Codec.PCMA: 8, Codec.PCMU: 0}
OUR_EVENT_TYPE = 101
MAX_LINES, MAX_STREAMS, MAX_FORMATS = 200, 8, 64
_RTPMAP = re.compile(r"rtpmap:\s*(\d{1,3})\s+(\S+)", re.ASCII)
_LINE_END = re.compile(r"\r\n|\n|\r")
_DIRECTIONS = {direction.value: direction for direction in Direction}
MIRRORED = {
    Direction.SENDRECV: Direction.SENDRECV,
    Direction.SENDONLY: Direction.RECVONLY,
    Direction.RECVONLY: Direction.SENDONLY,
    Direction.INACTIVE: Direction.INACTIVE,
}
"""What we do when the peer says what it does (RFC 3264 §6.1)."""


class MalformedSdp(Exception):
    """A body that is no session description; the text is a countable code."""


class NotAcceptable(Exception):
    """A session description without a stream that we can speak; the text is a countable code (answer 488)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One ``m=`` section."""

    media: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    host: str
    direction: Direction
    maps: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What both sides speak: our choice from the peer's description. ``direction`` is ours."""

    codec: Codec
    host: str
    port: int
    dtmf_payload_type: int | None
    direction: Direction
    chosen: int
    """Index of the ``m=`` section."""
    streams: tuple[Stream, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OurSide:
    """What an answer or offer of ours says about us; ``version`` of ``o=`` grows with every change (RFC 3264 §8)."""

    host: str
    port: int
    session: int
    version: int = 1

    def next(self) -> "OurSide":
        """The same with the next version."""
        return replace(self, version=self.version + 1)


def _stream(value: str, host: str, direction: Direction) -> Stream:
    parts = value.split()
    port = parts[1].split("/")[0] if len(parts) >= 4 else ""
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) < 65536):
        raise MalformedSdp("bad-media-line")
    if len(parts) > 3 + MAX_FORMATS:
        raise MalformedSdp("too-many-formats")
    return Stream(media=parts[0].lower(), port=int(port), protocol=parts[2].upper(), formats=tuple(parts[3:]),
                  host=host, direction=direction)  # fmt: skip


def _connection(value: str) -> str:
    """The address of a ``c=`` line, empty when it is none of IPv4."""
    parts = value.split()
    return parts[2].split("/")[0] if len(parts) >= 3 and parts[1].upper() == "IP4" else ""


def _attribute(stream: Stream, value: str) -> Stream:
    if value in _DIRECTIONS:
        return replace(stream, direction=_DIRECTIONS[value])
    mapped = _RTPMAP.match(value)
    if mapped is None or int(mapped[1]) > 127:
        return stream
    return replace(stream, maps=(*stream.maps, (int(mapped[1]), mapped[2].lower())))


def parse_sdp(body: bytes, /) -> tuple[Stream, ...]:
    """Return the media sections of a session description; MalformedSdp when it is none.

    ``c=`` and a direction may stand before the first ``m=`` (for all) or in a section (for it alone).
    """
    text = body.decode("utf-8", "replace").replace("\0", "")
    pairs = [(line[0], line[2:].strip()) for line in _LINE_END.split(text) if line[1:2] == "="]
    if len(pairs) > MAX_LINES:
        raise MalformedSdp("too-many-lines")
    if not pairs or pairs[0] != ("v", "0"):
        raise MalformedSdp("bad-version-line")
    host, direction, streams = "", Direction.SENDRECV, list[Stream]()
    for kind, value in pairs:
        if kind == "m":
            streams.append(_stream(value, host, direction))
        elif kind == "c":
            found = _connection(value)
            if streams:
                streams[-1] = replace(streams[-1], host=found)
            else:
                host = found
        elif kind == "a" and streams:
            streams[-1] = _attribute(streams[-1], value)
        elif kind == "a":
            direction = _DIRECTIONS.get(value, direction)
    if not 0 < len(streams) <= MAX_STREAMS:
        raise MalformedSdp("too-many-streams" if streams else "no-media-line")
    return tuple(streams)


def _events(stream: Stream) -> int | None:
    """The payload type of telephone-event; None without one, or where it is a codec's (all sound would be keys)."""
    codecs = PAYLOAD_TYPES.values()
    said = {number: name for number, name in stream.maps if str(number) in stream.formats and number not in codecs}
    return next((number for number, name in said.items() if name.startswith("telephone-event/8000")), None)


def _one_host(host: str) -> bool:
    """Whether an IPv4 address names one host: no group, no broadcast, no network (RFC 1122 §3.2.1.3)."""
    address = IPv4Address(host)
    return not (address.is_multicast or address.is_reserved or address.packed[0] == 0)


def agree(streams: tuple[Stream, ...], /) -> Agreed:
    """Choose the first G.711 stream over RTP/AVP: A-law before µ-law, else NotAcceptable.

    A stream on hold by ``c=0.0.0.0`` (RFC 2543) is taken as inactive.
    """
    fault = "no-audio"
    for index, stream in enumerate(streams):
        if stream.media != "audio" or stream.port == 0:
            continue
        if stream.protocol not in {"RTP/AVP", "RTP/AVPF"}:
            fault = "secure-media-only"
            continue
        host = ipv4(stream.host)
        if host is None:
            fault = "no-ipv4-address"
            continue
        codec = next((codec for codec, number in PAYLOAD_TYPES.items() if str(number) in stream.formats), None)
        if codec is None:
            fault = "no-common-codec"
            continue
        if host != "0.0.0.0" and not _one_host(host):
            fault = "no-host-address"
            continue
        direction = Direction.INACTIVE if host == "0.0.0.0" else MIRRORED[stream.direction]
        return Agreed(codec=codec, host=host, port=stream.port, dtmf_payload_type=_events(stream),
                      direction=direction, chosen=index, streams=streams)  # fmt: skip
    raise NotAcceptable(fault)


def _head(ours: OurSide) -> list[str]:
    return [
        "v=0",
        f"o=hotline {ours.session} {ours.version} IN IP4 {ours.host}",
        "s=12345",
        f"c=IN IP4 {ours.host}",
        "t=0 0",
    ]


def _event_lines(number: int | None) -> list[str]:
    return [] if number is None else [f"a=rtpmap:{number} telephone-event/8000", f"a=fmtp:{number} 0-15"]


def answer_sdp(agreed: Agreed, ours: OurSide, /) -> bytes:
    """Return our answer: one section for each of the offer, all but the chosen one refused by port 0 (RFC 3264 §6)."""
    lines = _head(ours)
    for index, stream in enumerate(agreed.streams):
        if index != agreed.chosen:
            lines.append(f"m={stream.media} 0 {stream.protocol} {stream.formats[0]}")
            continue
        number = PAYLOAD_TYPES[agreed.codec]
        events = "" if agreed.dtmf_payload_type is None else f" {agreed.dtmf_payload_type}"
        lines += [
            f"m=audio {ours.port} {stream.protocol} {number}{events}",
            f"a=rtpmap:{number} {agreed.codec.value}/8000",
            *_event_lines(agreed.dtmf_payload_type),
            "a=ptime:20",
            f"a={agreed.direction.value}",
        ]
    return ("\r\n".join(lines) + "\r\n").encode()


def offer_sdp(ours: OurSide, direction: Direction = Direction.SENDRECV, /) -> bytes:
    """Return our offer: of a call of ours, or for an INVITE that came without one (RFC 3261 §13.2.1)."""
    lines = [
        *_head(ours),
        f"m=audio {ours.port} RTP/AVP 8 0 {OUR_EVENT_TYPE}",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:0 PCMU/8000",
        *_event_lines(OUR_EVENT_TYPE),
        "a=ptime:20",
        f"a={direction.value}",
    ]
    return ("\r\n".join(lines) + "\r\n").encode()


def sdp_part(content_type: str, body: bytes, /) -> bytes | None:
    """Return the session description in a body, also inside multipart/* (RFC 5621); None when there is none."""
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    if kind == "application/sdp":
        return body
    boundary = re.search(r'boundary="?([^";]{1,70})"?', content_type, re.IGNORECASE)  # RFC 2046 §5.1.1
    if not kind.startswith("multipart/") or boundary is None:
        return None
    for part in body.split(b"--" + boundary[1].encode("utf-8", "surrogateescape"), MAX_STREAMS):
        head, gap, inner = part.partition(b"\r\n\r\n")
        if gap and b"application/sdp" in head.lower():
            return inner
    return None
