"""Octets → SIP message. Generous in form (RFC 3261 §7.3, RFC 4475 §3.1.1), strict in what an answer depends on."""

import re

from telephony.sip.addresses import no_empty_parameter, parse_via, well_formed
from telephony.sip.messages import Headers, Request, Response, spelled

MAX_DATAGRAM, MAX_HEAD, MAX_HEADERS = 16_384, 12_288, 200
"""Octets of a message and of its head, and header lines, of which folded ones count each."""
_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_REQUEST_LINE = re.compile(r"(\S+) (.+) (SIP/\d+\.\d+)\s*", re.IGNORECASE)
_STATUS_LINE = re.compile(r"SIP/2\.0 (\d{3})(?: (.*))?", re.IGNORECASE)
_CSEQ = re.compile(r"(\d{1,10})\s+(\S+)", re.ASCII)
_LINE_END = re.compile(r"\r\n|\n|\r")
_HEAD_END = re.compile(rb"\r\n\r\n|\n\n|\r\n\n|\n\r\n")
_ONCE = ("Call-ID", "CSeq", "From", "To")


class MalformedSip(Exception):
    """A datagram that is no SIP message. ``reason`` can be counted; ``request`` is set where it can be answered."""

    def __init__(self, reason: str, *, status: int = 400, request: Request | None = None) -> None:
        """Keep what to count, and what to answer with and to."""
        super().__init__(reason)
        self.reason, self.status, self.request = reason, status, request


def _lines(head: str) -> list[str]:
    """Header lines with folded ones joined (RFC 3261 §7.3.1)."""
    lines: list[list[str]] = []
    for line in _LINE_END.split(head):
        if line[:1] in {" ", "\t"} and lines:
            lines[-1].append(line.strip())
        else:
            lines.append([line.rstrip()])
    return [" ".join(parts).rstrip() for parts in lines]


def _headers(lines: list[str]) -> Headers:
    fields: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if colon and _TOKEN.fullmatch(name.strip()):
            fields.append((spelled(name), value.strip()))
        elif line.strip():
            fields.append(("", line))
    return Headers(tuple(fields))


def _split(data: bytes) -> tuple[str, Headers, bytes]:
    data = data.lstrip(b"\r\n")
    match = _HEAD_END.search(data)
    head, body = (data[: match.start()], data[match.end() :]) if match else (data.rstrip(b"\r\n"), b"")
    if len(head) > MAX_HEAD:
        raise MalformedSip("head-too-long")
    lines = _lines(head.decode("utf-8", "surrogateescape"))
    if len(lines) > MAX_HEADERS:
        raise MalformedSip("too-many-headers")
    return lines[0], _headers(lines[1:]), body


def _body(headers: Headers, body: bytes) -> bytes | None:
    """The body cut to Content-Length; None when it is shorter, or the length is no number."""
    lengths = set(headers.each("Content-Length"))
    if len(lengths) > 1:
        return None
    said = headers.first("Content-Length")
    if not said:
        return body
    if not (said.isascii() and said.isdigit()) or len(said) > 9 or int(said) > len(body):
        return None
    return body[: int(said)]


def _fault(request: Request) -> str:
    """The first thing that makes a request unfit, as a countable code; empty when there is none."""
    checks = (_fault_of_counts, _fault_of_numbers, _fault_of_lines)
    return next((fault for check in checks if (fault := check(request.headers, request.method))), "")


def _fault_of_counts(headers: Headers, _: str) -> str:
    for name in _ONCE:
        if headers.count(name) != 1 or not headers.first(name):
            return f"{'missing' if not headers.first(name) else 'repeated'}-{name.lower()}"
    return ""


def _fault_of_numbers(headers: Headers, method: str) -> str:
    cseq = _CSEQ.fullmatch(headers.first("CSeq"))
    if cseq is None or int(cseq[1]) >= 2**31:
        return "bad-cseq"
    if cseq[2].upper() != method:
        return "cseq-method-differs"
    forwards = headers.first("Max-Forwards")
    if forwards and not (forwards.isascii() and forwards.isdigit() and len(forwards) <= 4 and int(forwards) <= 255):
        return "bad-max-forwards"
    return ""


def _fault_of_lines(headers: Headers, _: str) -> str:
    if any(name == "" for name, _ in headers):
        return "bad-header-line"
    if not all(well_formed(value) for name in ("From", "To", "Contact") for value in headers.all(name)):
        return "bad-address"
    if not all(no_empty_parameter(";" + via.partition(";")[2]) for via in headers.all("Via") if ";" in via):
        return "bad-via-parameter"
    return ""


def _request(start: str, headers: Headers, body: bytes) -> Request:
    match = _REQUEST_LINE.fullmatch(start)
    if match is None:
        raise MalformedSip("bad-start-line")
    method, uri, version = match[1], match[2].strip(), match[3].upper()
    cut = _body(headers, body)
    request = Request(method=method.upper(), uri=uri, headers=headers, body=cut or b"")
    vias = headers.all("Via")
    if not vias or parse_via(vias[0]) is None:
        raise MalformedSip("bad-via")
    if version != "SIP/2.0":
        raise MalformedSip("bad-version", status=505, request=request)
    if not _TOKEN.fullmatch(method) or " " in uri or uri.startswith("<"):
        raise MalformedSip("bad-request-line", request=request)
    if fault := _fault(request):
        raise MalformedSip(fault, request=request)
    if cut is None:
        raise MalformedSip("bad-content-length", request=request)
    return request


def _head_of(data: bytes) -> Request | None:
    """The request of a datagram that is too long, without its body, so that it can be answered; None if unreadable."""
    end = _HEAD_END.search(data[:MAX_HEAD])
    if end is None:
        return None
    start, headers, _ = _split(data[: end.start()])
    match = _REQUEST_LINE.fullmatch(start)
    vias = headers.all("Via")
    if match is None or not vias or parse_via(vias[0]) is None:
        return None
    return Request(method=match[1].upper(), uri=match[2].strip(), headers=headers)


def parse(data: bytes, /) -> Request | Response | None:
    """Return the message in a datagram, None for a keep-alive (RFC 5626 §3.5.1: only line ends).

    Raises MalformedSip, nothing else, whatever the octets are.
    """
    if not data.strip(b"\r\n\0 \t"):
        return None
    if len(data) > MAX_DATAGRAM:
        raise MalformedSip("too-long", status=513, request=_head_of(data))
    start, headers, body = _split(data)
    status = _STATUS_LINE.fullmatch(start)
    if status is None:
        return _request(start, headers, body)
    cut = _body(headers, body)
    if cut is None or not 100 <= int(status[1]) <= 699:
        raise MalformedSip("bad-response")
    return Response(status=int(status[1]), reason=status[2] or "", headers=headers, body=cut)
