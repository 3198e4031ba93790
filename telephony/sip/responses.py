"""Responses of a user agent server (RFC 3261 §8.2.6)."""

from telephony.sip.addresses import answer_address, parse_via, stamped_via, tag_of
from telephony.sip.flows import Flow
from telephony.sip.messages import REASONS, Headers, Request, Response

ALLOW = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE"
KNOWN_ELSEWHERE = frozenset({"REGISTER", "SUBSCRIBE", "NOTIFY", "REFER", "MESSAGE", "PUBLISH", "PRACK"})
"""Methods that exist but that we do not allow: 405; any other unknown one gets 501."""

Extra = tuple[tuple[str, str], ...]


def response_to(request: Request, /, *, status: int, flow: Flow, tag: str = "", extra: Extra = (),
                body: bytes = b"") -> tuple[Response, Flow]:  # fmt: skip
    """Return (response, where it goes) to a request that came by ``flow``.

    Via is as it came with received/rport; From, To with our tag, Call-ID and CSeq are the request's.
    2xx to INVITE and 18x carry Record-Route back (RFC 3261 §12.1.1).
    """
    headers = request.headers
    vias = headers.all("Via")
    to = headers.first("To")
    if status > 100 and tag and not tag_of(to):
        to = f"{to};tag={tag}"
    fields = [("Via", stamped_via(vias[0], flow.remote)), *(("Via", via) for via in vias[1:])]
    if request.method == "INVITE" and 100 < status < 300:
        fields += [("Record-Route", route) for route in headers.all("Record-Route")]
    fields += [("From", headers.first("From")), ("To", to), ("Call-ID", request.call_id)]
    fields += [("CSeq", headers.first("CSeq")), ("Server", "hotline-12345"), *extra]
    top = parse_via(vias[0])
    where = flow.to(answer_address(top, flow.remote)) if top is not None else flow
    kept = tuple((name, value) for name, value in fields if value)
    return Response(status=status, reason=REASONS.get(status, "Status"), headers=Headers(kept), body=body), where


def refusal_extra(status: int, /, *, request: Request) -> Extra:
    """Header fields that a refusal needs: Allow, Accept, Unsupported."""
    if status in {405, 501}:
        return (("Allow", ALLOW),)
    if status in {415, 488}:
        return (("Accept", "application/sdp"),)
    if status == 420:
        return (("Unsupported", ", ".join(request.headers.all("Require"))),)
    return ()
