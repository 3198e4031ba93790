"""A dialog begun by a peer's INVITE (RFC 3261 §12), and the requests we send within it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from telephony.sip.addresses import ipv4, parse_uri, parse_via, tag_of, uri_of
from telephony.sip.flows import Flow, host_port
from telephony.sip.messages import Headers, Request
from telephony.sip.sdp import Agreed, OurSide
from telephony.sip.transactions import Key, Resending


class Phase(StrEnum):
    """How far a dialog is."""

    EARLY = "early"
    ACCEPTED = "accepted"
    """Our 200 left, no ACK yet."""
    CONFIRMED = "confirmed"
    LEAVING = "leaving"
    """Our BYE left, no response yet."""
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """Both ends of a call's signalling; ``tag`` is our To tag and our name for the dialog."""

    tag: str
    call_id: str
    remote_tag: str
    local: str
    """Our To value with tag."""
    remote: str
    """The peer's From value."""
    target: str
    """The URI of the peer's Contact."""
    routes: tuple[str, ...]
    flow: Flow
    """Whence the last request of the peer came."""
    behind_nat: bool
    invite: Request
    invite_key: Key
    remote_cseq: int
    local_cseq: int = 1
    phase: Phase = Phase.EARLY
    agreed: Agreed | None = None
    ours: OurSide | None = None
    awaiting_ack: Resending | None = None
    awaiting_ack_cseq: int = 0
    leave_cause: int | None = None
    """A wish to hang up that waits for the ACK (RFC 3261 §15)."""

    @property
    def early(self) -> bool:
        """Whether the INVITE has no final answer yet."""
        return self.phase is Phase.EARLY


def _target(*, contacts: list[str]) -> str:
    """The first Contact's URI, empty when it is none we can call."""
    uri = uri_of(contacts[0]) if contacts else ""
    return uri if parse_uri(uri) is not None else ""


def dialog_of(invite: Request, /, *, tag: str, flow: Flow, key: Key) -> Dialog:
    """Return the dialog that an INVITE begins; the route set is Record-Route in its order (RFC 3261 §12.1.1)."""
    headers = invite.headers
    contact = headers.all("Contact")
    via = parse_via(headers.all("Via")[0])
    return Dialog(
        tag=tag,
        call_id=invite.call_id,
        remote_tag=tag_of(headers.first("From")),
        local=f"{headers.first('To')};tag={tag}",
        remote=headers.first("From"),
        target=_target(contacts=contact) or f"sip:{host_port(flow.remote)}",
        routes=tuple(headers.all("Record-Route")),
        flow=flow,
        behind_nat=via is not None and via.host != flow.remote[0],
        invite=invite,
        invite_key=key,
        remote_cseq=invite.cseq,
    )


def refreshed(dialog: Dialog, request: Request, /) -> Dialog:
    """Take over CSeq, and the target that a re-INVITE or UPDATE may move (RFC 3261 §12.2.2)."""
    contact = request.headers.all("Contact")
    moved = _target(contacts=contact) if request.method in {"INVITE", "UPDATE"} else ""
    return replace(dialog, remote_cseq=request.cseq, target=moved or dialog.target)


def acknowledges(ack: Request, dialog: Dialog, /) -> bool:
    """Tell whether an ACK is the one that ``dialog`` waits for. Our tag is not asked: some telephones send another."""
    waits = dialog.awaiting_ack is not None and dialog.awaiting_ack_cseq == ack.cseq
    return waits and dialog.call_id == ack.call_id and dialog.remote_tag == tag_of(ack.headers.first("From"))


def next_hop(dialog: Dialog, /) -> Flow:
    """Where our requests go: the first route, else the target; the INVITE's source where that is no usable address."""
    uri = parse_uri(uri_of(dialog.routes[0]) if dialog.routes else dialog.target)
    host = ipv4(uri.host) if uri is not None else None
    if uri is None or host is None or (dialog.behind_nat and not dialog.routes):
        return dialog.flow
    return dialog.flow.to((host, uri.port or 5060))


def request_within(dialog: Dialog, /, *, method: str, branch: str, sent_by: str, cause: int | None = None) -> Request:
    """Return a request of ours with the route set (RFC 3261 §12.2.1.1); ``cause`` is that of Q.850 (RFC 3326)."""
    routes, uri = list(dialog.routes), dialog.target
    first = parse_uri(uri_of(routes[0])) if routes else None
    if first is not None and not first.loose:
        uri, routes = uri_of(routes[0]), [*routes[1:], f"<{dialog.target}>"]
    fields = (
        ("Via", f"SIP/2.0/{dialog.flow.transport} {sent_by};branch={branch};rport"),
        ("Max-Forwards", "70"),
        *(("Route", route) for route in routes),
        ("From", dialog.local),
        ("To", dialog.remote),
        ("Call-ID", dialog.call_id),
        ("CSeq", f"{dialog.local_cseq} {method}"),
        *((("Reason", f"Q.850;cause={cause}"),) if cause is not None else ()),
    )
    return Request(method=method, uri=uri, headers=Headers(fields))
