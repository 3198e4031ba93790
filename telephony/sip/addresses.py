"""URIs, name-addr and Via (RFC 3261 §19.1, §20.10, §20.42; tel: RFC 3966; received and rport: RFC 3581)."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from urllib.parse import unquote

Address = tuple[str, int]
"""(host, port) of a UDP socket."""

_SIP_URI = re.compile(
    r"(sips?):(?:([^@\s<>]*)@)?(\[[0-9a-f:.]*\]|[\w.-]+)(?::(\d{1,5}))?([;?][^\s<>]*)?", re.IGNORECASE
)
_TAG = re.compile(r";\s*tag\s*=\s*([^;\s]+)", re.IGNORECASE)
_VIA = re.compile(
    r"SIP\s*/\s*2\.0\s*/\s*(\S+)\s+(\[[^\]\s]*\]|[^\s:;]+)\s*(?::\s*(\d{1,5}))?\s*((?:;.*)?)", re.IGNORECASE
)


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


def parse_uri(text: str, /) -> Uri | None:
    """Return a URI without angle brackets, or None when it is none of the three schemes."""
    text = text.strip()
    if text[:4].lower() == "tel:":
        return Uri(scheme="tel", user=unquote(text[4:].split(";")[0]), host="")
    match = _SIP_URI.fullmatch(text)
    if match is None:
        return None
    user = unquote((match[2] or "").split(":")[0].split(";")[0])
    port = int(match[4]) if match[4] else None
    if port is not None and not 0 < port < 65536:
        return None
    return Uri(scheme=match[1].lower(), user=user, host=match[3], port=port, parameters=match[5] or "")


def uri_of(value: str, /) -> str:
    """The URI text inside a name-addr or addr-spec: what stands in ``<>``, else all before the first ``;``."""
    bare = re.sub(r'^\s*"(?:[^"\\]|\\.)*"', "", value)
    match = re.search(r"<([^>]*)>", bare)
    return match[1].strip() if match else bare.split(";")[0].strip()


def tag_of(value: str, /) -> str:
    """The tag of a From or To value, empty when it has none."""
    bare = re.sub(r'^\s*"(?:[^"\\]|\\.)*"', "", value)
    match = _TAG.search(bare[bare.rfind(">") + 1 :] if ">" in bare else bare)
    return match[1] if match else ""


def parse_via(value: str, /) -> Via | None:
    """Return a Via value, or None when it is malformed."""
    match = _VIA.fullmatch(value.strip())
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
    kept = re.sub(r";\s*(received|rport)\s*(=[^;]*)?(?=;|$)", "", value.strip(), flags=re.IGNORECASE)
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
