"""URIs, name-addr and Via (RFC 3261 §19.1, §20.10, §20.42; tel: RFC 3966; received and rport: RFC 3581)."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from urllib.parse import unquote_to_bytes

from telephony.sip.flows import Address
from vocabulary.text import taken_line

_SIP_URI = re.compile(
    r"(sips?):(?:([^@\s<>]*)@)?(\[[0-9a-f:.]*\]|[\w.-]+)(?::(\d{1,5}))?([;?][^\s<>]*)?", re.IGNORECASE
)
_TAG = re.compile(r"; ?tag ?= ?([^; ]+)", re.IGNORECASE)
_VIA = re.compile(
    r"SIP ?/ ?\d{1,3}\.\d{1,3} ?/ ?([^\s;]+) (\[[^\]\s]*\]|[^\s:;]+) ?(?:: ?(\d{1,5}))? ?((?:;.*)?)", re.IGNORECASE
)
_STAMPS = re.compile(r"; ?(?:received|rport) ?(?:=[^;]*)?(?=;|$)", re.IGNORECASE)
_USER_LONGEST = 64
"""Expressions run on text whose white space is single blanks (``_plain``), so that each takes linear time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uri:
    """A sip:, sips: or tel: URI. ``port`` is None where it is not said."""

    scheme: str
    user: str
    host: str
    port: int | None = None
    parameters: str = ""

    @property
    def loose(self) -> bool:
        """Whether it has ``lr`` (RFC 3261 §19.1.1), as a loose router's has."""
        return re.search(r";lr(=[^;]*)?(;|$)", self.parameters, re.IGNORECASE) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Via:
    """One Via value; parameter names are lower-case, a flag has an empty value."""

    transport: str
    host: str
    port: int | None
    parameters: tuple[tuple[str, str], ...]

    def parameter(self, name: str, /) -> str | None:
        """The value of a parameter, None when it is absent."""
        return next((value for key, value in self.parameters if key == name), None)

    @property
    def sent_by(self) -> str:
        """``host:port`` with the default port written out."""
        return f"{self.host.lower()}:{self.port or 5060}"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _user(text: str) -> str:
    """The user part as text that can be kept: escapes resolved (RFC 3261 §19.1.2), no controls, bounded."""
    return taken_line(unquote_to_bytes(text.encode("utf-8", "surrogateescape")), longest=_USER_LONGEST)


def scheme_of(text: str, /) -> str:
    """The scheme of a URI in lower case, empty when it has none (RFC 3986 §3.1)."""
    head, colon, _ = text.strip().partition(":")
    fits = head[:1].isascii() and head[:1].isalpha() and all(c.isascii() and (c.isalnum() or c in "+-.") for c in head)
    return head.lower() if colon and fits else ""


def parse_uri(text: str, /) -> Uri | None:
    """Return a URI without angle brackets, or None when it is none of the three schemes. ``user`` may be kept."""
    text = text.strip()
    if text[:4].lower() == "tel:":
        return Uri(scheme="tel", user=_user(text[4:].split(";")[0]), host="")
    match = _SIP_URI.fullmatch(text)
    if match is None:
        return None
    user = _user((match[2] or "").split(":")[0].split(";")[0])
    port = int(match[4]) if match[4] else None
    if port is not None and not 0 < port < 65536:
        return None
    return Uri(scheme=match[1].lower(), user=user, host=match[3], port=port, parameters=match[5] or "")


def _after_name(value: str) -> str:
    """What follows a quoted display name (RFC 3261 §25.1 quoted-string); the whole value when it begins with none."""
    text = value.lstrip()
    if not text.startswith('"'):
        return value
    at = 1
    while at < len(text) and text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    return text[at + 1 :]


def uri_of(value: str, /) -> str:
    """The URI text inside a name-addr or addr-spec: what stands in ``<>``, else all before the first ``;``."""
    bare = _after_name(value)
    begin = bare.find("<")
    end = bare.find(">", begin)
    return bare[begin + 1 : end].strip() if -1 < begin < end else bare.split(";", 1)[0].strip()


def parameters_of(value: str, /) -> str:
    """What follows the URI of a name-addr or addr-spec: empty, or parameters with the ``;`` before them."""
    bare = _after_name(value)
    end = bare.rfind(">")
    if end >= 0:
        return bare[end + 1 :].strip()
    _, semicolon, rest = bare.partition(";")
    return f"{semicolon}{rest}".strip()


def tag_of(value: str, /) -> str:
    """The tag of a From or To value, empty when it has none."""
    match = _TAG.search(_plain(parameters_of(value)))
    return match[1] if match else ""


def well_formed(value: str, /) -> bool:
    """Tell whether a name-addr or addr-spec has its quotes and brackets in pairs and no empty parameter."""
    text = value.strip()
    if text.startswith('"') and not _closed(text):
        return False
    bare = _after_name(value)
    if bare.count("<") > 1 or ("<" in bare) != (">" in bare):
        return False
    return no_empty_parameter(parameters_of(value))


def _closed(text: str) -> bool:
    at = 1
    while at < len(text) and text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    return at < len(text)


def no_empty_parameter(parameters: str, /) -> bool:
    """Tell whether a list ``;a;b=c`` has a name between any two semicolons outside quotes (RFC 3261 §25.1)."""
    empty, quoted, escaped = False, False, False
    for char in parameters:
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = char == "\\", char != '"'
        elif char == ";":
            if empty:
                return False
            empty = True
        elif char == '"':
            quoted, empty = True, False
        elif not char.isspace():
            empty = False
    return not empty and not quoted


def parse_via(value: str, /) -> Via | None:
    """Return a Via value, or None when it is malformed."""
    match = _VIA.fullmatch(_plain(value))
    if match is None:
        return None
    port = int(match[3]) if match[3] else None
    if port is not None and not 0 < port < 65536:
        return None
    pairs = [part.partition("=") for part in match[4].split(";") if part.strip()]
    parameters = tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)
    return Via(transport=match[1].upper(), host=match[2], port=port, parameters=parameters)


def stamped_via(value: str, source: Address, /) -> str:
    """Return a Via value with ``received`` and a filled ``rport`` as RFC 3581 §4 and RFC 3261 §18.2.1 ask."""
    via = parse_via(value)
    if via is None:
        return value
    asked = via.parameter("rport") is not None
    kept = _STAMPS.sub("", _plain(value))
    if asked:
        return f"{kept};received={source[0]};rport={source[1]}"
    return f"{kept};received={source[0]}" if via.host != source[0] else kept


def answer_address(via: Via, source: Address, /) -> Address:
    """Where the response to a request goes that came from ``source`` (RFC 3581 §4, RFC 3261 §18.2.2)."""
    return source if via.parameter("rport") is not None else (source[0], via.port or 5060)


def ipv4(host: str, /) -> str | None:
    """``host`` when it is an IPv4 literal, else None: names are not looked up in a call."""
    try:
        return str(IPv4Address(host))
    except AddressValueError:
        return None
