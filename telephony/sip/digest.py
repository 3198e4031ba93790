"""Digest authentication, the client's side (RFC 7616, RFC 8760): the answer to a 401 or 407. No I/O."""

import hashlib
import re
from dataclasses import dataclass, field

from telephony.sip.messages import Request, Response

ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256"}
_PARAMETER = re.compile(r'([A-Za-z-]{1,32})\s*=\s*(?:"((?:[^"\\]|\\.){0,512})"|([^\s,"]{1,512}))')
_COUNT = "00000001"
"""Each nonce is used once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who we are for a trunk."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a peer asks for; ``answers_in`` is the header field that answers it."""

    answers_in: str
    realm: str
    nonce: str
    algorithm: str
    said_algorithm: bool
    qop: bool
    opaque: str | None


def challenge_of(response: Response, /) -> Challenge | None:
    """Return the first challenge that we can answer: the peer names the strongest first (RFC 8760 §2.4)."""
    asked, answered = ("WWW-Authenticate", "Authorization")
    if response.status == 407:
        asked, answered = ("Proxy-Authenticate", "Proxy-Authorization")
    values = [value for name, value in response.headers if name.lower() == asked.lower()]
    return next((found for value in values if (found := _challenge(value, answered)) is not None), None)


def _challenge(value: str, answers_in: str) -> Challenge | None:
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "digest" or len(rest) > 2048:
        return None
    found = {
        match[1].lower(): _unescaped(match[2]) if match[3] is None else match[3] for match in _PARAMETER.finditer(rest)
    }
    algorithm = found.get("algorithm", "MD5").upper()
    qops = {part.strip().lower() for part in found["qop"].split(",")} if "qop" in found else None
    if algorithm not in ALGORITHMS or "realm" not in found or "nonce" not in found:
        return None
    if qops is not None and "auth" not in qops:
        return None
    return Challenge(
        answers_in=answers_in,
        realm=found["realm"],
        nonce=found["nonce"],
        algorithm=algorithm,
        said_algorithm="algorithm" in found,
        qop=qops is not None,
        opaque=found.get("opaque"),
    )


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def digest(credentials: Credentials, challenge: Challenge, /, *, method: str, uri: str, cnonce: str) -> str:
    """Return ``response`` of RFC 7616 §3.4.1; without qop that of RFC 2069, which old exchanges ask for."""

    def hashed(text: str) -> str:
        return hashlib.new(
            ALGORITHMS[challenge.algorithm], text.encode("utf-8", "surrogateescape"), usedforsecurity=False
        ).hexdigest()

    secret = hashed(f"{credentials.username}:{challenge.realm}:{credentials.password}")
    asked = hashed(f"{method}:{uri}")
    if challenge.qop:
        return hashed(f"{secret}:{challenge.nonce}:{_COUNT}:{cnonce}:auth:{asked}")
    return hashed(f"{secret}:{challenge.nonce}:{asked}")


def authorization(
    credentials: Credentials, challenge: Challenge, /, *, request: Request, cnonce: str
) -> tuple[str, str]:
    """Return the header field that answers ``challenge`` for ``request``."""
    answer = digest(credentials, challenge, method=request.method, uri=request.uri, cnonce=cnonce)
    fields = [
        f'username="{_quoted(credentials.username)}"',
        f'realm="{_quoted(challenge.realm)}"',
        f'nonce="{_quoted(challenge.nonce)}"',
        f'uri="{request.uri}"',
        f'response="{answer}"',
        *([f"algorithm={challenge.algorithm}"] if challenge.said_algorithm else []),
        *([f'cnonce="{cnonce}"', "qop=auth", f"nc={_COUNT}"] if challenge.qop else []),
        *([f'opaque="{_quoted(challenge.opaque)}"'] if challenge.opaque is not None else []),
    ]
    return challenge.answers_in, f"Digest {', '.join(fields)}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
