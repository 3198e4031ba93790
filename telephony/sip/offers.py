"""The session description that a message carries, and whether we can speak it (RFC 3261 §8.2.3, §13.2.1)."""

from telephony.sip.messages import Request, Response
from telephony.sip.sdp import Agreed, MalformedSdp, NotAcceptable, agree, parse_sdp, sdp_part


def offered(message: Request | Response, /) -> tuple[Agreed | None, int]:
    """Return (what we agree to, status of the refusal or 0); both empty when the message has no body.

    415 for a body that is no SDP, 406 where no SDP is accepted, 400 for broken SDP, 488 for no stream we can speak.
    """
    headers = message.headers
    asks = isinstance(message, Request) and message.method != "ACK"
    if asks and not _accepts_sdp(headers.all("Accept")):
        return None, 406
    if not message.body.strip():
        return None, 0
    encoding = headers.first("Content-Encoding").lower()
    body = sdp_part(headers.first("Content-Type"), message.body)
    if body is None or encoding not in {"", "identity"}:
        return None, 415
    try:
        return agree(parse_sdp(body)), 0
    except MalformedSdp:
        return None, 400
    except NotAcceptable:
        return None, 488


def _accepts_sdp(accepted: list[str]) -> bool:
    """Whether an answer in SDP may be sent (RFC 3261 §20.1): nothing said means application/sdp."""
    kinds = {value.split(";", 1)[0].strip().lower() for value in accepted}
    return not kinds or bool(kinds & {"application/sdp", "application/*", "*/*"})
