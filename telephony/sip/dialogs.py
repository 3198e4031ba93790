"""Dialogs (RFC 3261 §12): the same value whether the peer called us or we called the peer."""

from dataclasses import dataclass, replace

from telephony.sip.addresses import ipv4, parse_uri, parse_via, tag_of, uri_of
from telephony.sip.flows import Flow, host_port
from telephony.sip.messages import Headers, Request, Response

DialogId = tuple[str, str, str]
"""(Call-ID, local tag, remote tag)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """What both ends of a dialog know (RFC 3261 §12.1)."""

    call_id: str
    local_tag: str
    remote_tag: str
    local: str
    """Our From or To value, with our tag."""
    remote: str
    """The peer's."""
    target: str
    """The URI of the peer's Contact."""
    routes: tuple[str, ...]
    flow: Flow
    """By which the peer was heard last."""
    behind_nat: bool
    """The peer names another address than it sends from."""
    local_cseq: int
    """Of our newest request, 0 before the first."""
    remote_cseq: int
    """Of the peer's newest request, -1 before the first."""

    @property
    def id(self) -> DialogId:
        """What tells it from others (RFC 3261 §12)."""
        return self.call_id, self.local_tag, self.remote_tag


def id_of(request: Request, /) -> DialogId:
    """Return the dialog that a peer's request is within."""
    headers = request.headers
    return request.call_id, tag_of(headers.first("To")), tag_of(headers.first("From"))


def dialog_of_invite(invite: Request, /, *, tag: str, flow: Flow) -> Dialog:
    """Return the dialog that a peer's INVITE begins; routes are Record-Route in its order (RFC 3261 §12.1.1)."""
    headers = invite.headers
    via = parse_via(headers.all("Via")[0])
    return Dialog(
        call_id=invite.call_id,
        local_tag=tag,
        remote_tag=tag_of(headers.first("From")),
        local=f"{headers.first('To')};tag={tag}",
        remote=headers.first("From"),
        target=_target(headers) or f"sip:{host_port(flow.remote)}",
        routes=tuple(headers.all("Record-Route")),
        flow=flow,
        behind_nat=via is not None and via.host != flow.remote[0],
        local_cseq=0,
        remote_cseq=invite.cseq,
    )


def dialog_of_response(invite: Request, response: Response, /, *, flow: Flow) -> Dialog:
    """Return the dialog that a response to our INVITE begins; routes are Record-Route reversed (RFC 3261 §12.1.2)."""
    headers = response.headers
    return Dialog(
        call_id=invite.call_id,
        local_tag=tag_of(invite.headers.first("From")),
        remote_tag=tag_of(headers.first("To")),
        local=invite.headers.first("From"),
        remote=headers.first("To"),
        target=_target(headers) or invite.uri,
        routes=tuple(reversed(headers.all("Record-Route"))),
        flow=flow,
        behind_nat=False,
        local_cseq=invite.cseq,
        remote_cseq=-1,
    )


def _target(headers: Headers) -> str:
    """The first Contact's URI, empty when it is none we can call."""
    contacts = headers.all("Contact")
    uri = uri_of(contacts[0]) if contacts else ""
    return uri if parse_uri(uri) is not None else ""


def refreshed(dialog: Dialog, request: Request, /) -> Dialog:
    """Take over CSeq, and the target that a re-INVITE or UPDATE may move (RFC 3261 §12.2.2)."""
    moved = _target(request.headers) if request.method in {"INVITE", "UPDATE"} else ""
    return replace(dialog, remote_cseq=request.cseq, target=moved or dialog.target)


def moved_by(dialog: Dialog, response: Response, /) -> Dialog:
    """Take over the target that the 2xx to our re-INVITE may move (RFC 3261 §12.2.1.2)."""
    return replace(dialog, target=_target(response.headers) or dialog.target)


def next_hop(dialog: Dialog, /) -> Flow:
    """Where our requests go: the first route, else the target; back whence it came where that is no usable address."""
    uri = parse_uri(uri_of(dialog.routes[0]) if dialog.routes else dialog.target)
    host = ipv4(uri.host) if uri is not None else None
    if uri is None or host is None or (dialog.behind_nat and not dialog.routes):
        return dialog.flow
    return dialog.flow.to((host, uri.port or 5060))


def request_within(dialog: Dialog, /, *, method: str, cseq: int, via: str, body: bytes = b"",
                   extra: tuple[tuple[str, str], ...] = ()) -> Request:  # fmt: skip
    """Return a request of ours with the route set (RFC 3261 §12.2.1.1); the ACK of a 2xx has its INVITE's ``cseq``."""
    routes, uri = list(dialog.routes), dialog.target
    first = parse_uri(uri_of(routes[0])) if routes else None
    if first is not None and not first.loose:
        uri, routes = uri_of(routes[0]), [*routes[1:], f"<{dialog.target}>"]
    fields = (
        ("Via", via),
        ("Max-Forwards", "70"),
        *(("Route", route) for route in routes),
        ("From", dialog.local),
        ("To", dialog.remote),
        ("Call-ID", dialog.call_id),
        ("CSeq", f"{cseq} {method}"),
        *extra,
    )
    return Request(method=method, uri=uri, headers=Headers(fields), body=body)
