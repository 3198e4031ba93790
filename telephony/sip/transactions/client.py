"""Client transactions: a request of ours and what comes back (RFC 3261 §17.1, RFC 6026 §7.2)."""

from dataclasses import dataclass, replace

from telephony.sip.addresses import parse_via, uri_of, well_formed
from telephony.sip.flows import Flow, Send
from telephony.sip.messages import Headers, Request, Response, to_wire
from telephony.sip.transactions.machine import Got, Rules, Running, Sends, State, TransactionStep, due, started, stepped
from telephony.sip.transactions.timers import Timer

ClientKey = tuple[str, str]
"""(branch of our Via, method): RFC 3261 §17.1.3."""

INVITE = Rules(
    transitions={
        (State.CALLING, Timer.A): TransactionStep(State.CALLING, Sends.MESSAGE),
        (State.CALLING, Timer.B): TransactionStep(State.TERMINATED, tells=True),
        (State.CALLING, Got.PROVISIONAL): TransactionStep(State.PROCEEDING, tells=True),
        (State.CALLING, Got.SUCCESS): TransactionStep(State.ACCEPTED, tells=True),
        (State.CALLING, Got.FAILURE): TransactionStep(State.COMPLETED, Sends.ACK, tells=True),
        (State.PROCEEDING, Got.PROVISIONAL): TransactionStep(State.PROCEEDING, tells=True),
        (State.PROCEEDING, Got.SUCCESS): TransactionStep(State.ACCEPTED, tells=True),
        (State.PROCEEDING, Got.FAILURE): TransactionStep(State.COMPLETED, Sends.ACK, tells=True),
        (State.COMPLETED, Got.FAILURE): TransactionStep(State.COMPLETED, Sends.ACK),
        (State.COMPLETED, Timer.D): TransactionStep(State.TERMINATED),
        (State.ACCEPTED, Got.SUCCESS): TransactionStep(State.ACCEPTED, tells=True),
        (State.ACCEPTED, Timer.M): TransactionStep(State.TERMINATED),
    },
    timers={
        State.CALLING: (Timer.A, Timer.B),
        State.COMPLETED: (Timer.D,),
        State.ACCEPTED: (Timer.M,),
    },
)
OTHER = Rules(
    transitions={
        (State.TRYING, Timer.E): TransactionStep(State.TRYING, Sends.MESSAGE),
        (State.TRYING, Timer.F): TransactionStep(State.TERMINATED, tells=True),
        (State.TRYING, Got.PROVISIONAL): TransactionStep(State.PROCEEDING, tells=True),
        (State.TRYING, Got.SUCCESS): TransactionStep(State.COMPLETED, tells=True),
        (State.TRYING, Got.FAILURE): TransactionStep(State.COMPLETED, tells=True),
        (State.PROCEEDING, Timer.E): TransactionStep(State.PROCEEDING, Sends.MESSAGE),
        (State.PROCEEDING, Timer.F): TransactionStep(State.TERMINATED, tells=True),
        (State.PROCEEDING, Got.PROVISIONAL): TransactionStep(State.PROCEEDING, tells=True),
        (State.PROCEEDING, Got.SUCCESS): TransactionStep(State.COMPLETED, tells=True),
        (State.PROCEEDING, Got.FAILURE): TransactionStep(State.COMPLETED, tells=True),
        (State.COMPLETED, Timer.K): TransactionStep(State.TERMINATED),
    },
    timers={
        State.TRYING: (Timer.E, Timer.F),
        State.PROCEEDING: (Timer.E, Timer.F),
        State.COMPLETED: (Timer.K,),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTransaction:
    """A request of ours. ``ack`` is what acknowledges the refusal of an INVITE."""

    key: ClientKey
    request: Request
    flow: Flow
    running: Running
    data: bytes
    ack: bytes = b""

    @property
    def rules(self) -> Rules:
        """Those of its method."""
        return INVITE if self.key[1] == "INVITE" else OTHER

    @property
    def over(self) -> bool:
        """Whether nothing comes of it any more."""
        return self.running.state is State.TERMINATED


def key_of_response(response: Response, /) -> ClientKey | None:
    """Return the transaction a response belongs to, None when it says none."""
    via = parse_via(next(iter(response.headers.all("Via")), ""))
    branch = via.parameter("branch") if via is not None else None
    method = next(iter(response.headers.first("CSeq").split()[1:]), "")
    return (branch, method.upper()) if branch and method else None


def is_whole(response: Response, /) -> bool:
    """Tell whether a response to an INVITE says what its ACK needs: one To, and Record-Route and Contact as they are.

    Of other requests only the status is used.
    """
    headers = response.headers
    if not headers.first("CSeq").upper().endswith("INVITE"):
        return True
    values = [*headers.all("To"), *headers.all("Record-Route"), *headers.all("Contact")]
    return headers.count("To") == 1 and all(well_formed(value) and uri_of(value) for value in values)


def key_of_own(request: Request, /) -> ClientKey:
    """Return the transaction of a request of ours, which has a Via of ours with a branch."""
    via = parse_via(request.headers.first("Via"))
    branch = via.parameter("branch") if via is not None else None
    if not branch:
        raise ValueError("a request of ours needs a branch")
    return branch, request.method


def asked(request: Request, /, *, flow: Flow, now: float) -> ClientTransaction:
    """Begin: the request leaves now."""
    key = key_of_own(request)
    rules, state = (INVITE, State.CALLING) if request.method == "INVITE" else (OTHER, State.TRYING)
    running = started(rules, state, now=now)
    return ClientTransaction(key=key, request=request, flow=flow, running=running, data=to_wire(request))


def received(
    transaction: ClientTransaction, response: Response, /, *, now: float
) -> tuple[ClientTransaction, list[Send], bool]:
    """Return (the transaction, what to send, whether its user is told of the response)."""
    what = Got.PROVISIONAL if response.status < 200 else Got.SUCCESS if response.status < 300 else Got.FAILURE
    running, row = stepped(transaction.rules, transaction.running, what, now=now)
    transaction = replace(transaction, running=running)
    if row.sends is Sends.ACK and not transaction.ack:
        transaction = replace(transaction, ack=to_wire(ack_of(transaction.request, response)))
    return transaction, _sent(transaction, row.sends), row.tells


def ticked(transaction: ClientTransaction, /, *, now: float) -> tuple[ClientTransaction, list[Send], bool]:
    """Return (the transaction, what to send, whether its user is told that nobody answered)."""
    sends, tells = list[Send](), False
    for timer in due(transaction.running, now=now):
        if transaction.over:
            break
        running, row = stepped(transaction.rules, transaction.running, timer, now=now)
        transaction = replace(transaction, running=running)
        sends += _sent(transaction, row.sends)
        tells = tells or row.tells
    return transaction, sends, tells


def _sent(transaction: ClientTransaction, what: Sends) -> list[Send]:
    data = {Sends.NOTHING: b"", Sends.MESSAGE: transaction.data, Sends.ACK: transaction.ack}[what]
    return [Send(data, transaction.flow)] if data else []


def ack_of(invite: Request, response: Response, /) -> Request:
    """Return the ACK of a refused INVITE: its Via, its routes, the To of the refusal (RFC 3261 §17.1.1.3)."""
    fields = (
        ("Via", invite.headers.first("Via")),
        ("Max-Forwards", "70"),
        *(("Route", route) for route in invite.headers.all("Route")),
        ("From", invite.headers.first("From")),
        ("To", response.headers.first("To")),
        ("Call-ID", invite.call_id),
        ("CSeq", f"{invite.cseq} ACK"),
    )
    return Request(method="ACK", uri=invite.uri, headers=Headers(fields))


def cancel_of(invite: Request, /) -> Request:
    """Return the CANCEL of an INVITE of ours that has no final response yet (RFC 3261 §9.1)."""
    fields = (
        ("Via", invite.headers.first("Via")),
        ("Max-Forwards", "70"),
        *(("Route", route) for route in invite.headers.all("Route")),
        ("From", invite.headers.first("From")),
        ("To", invite.headers.first("To")),
        ("Call-ID", invite.call_id),
        ("CSeq", f"{invite.cseq} CANCEL"),
    )
    return Request(method="CANCEL", uri=invite.uri, headers=Headers(fields))
