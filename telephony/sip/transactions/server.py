"""Server transactions: a request of a peer and our responses (RFC 3261 §17.2, RFC 6026 §7.1)."""

from dataclasses import dataclass, replace

from telephony.sip.addresses import parse_via, tag_of
from telephony.sip.flows import Flow, Send
from telephony.sip.messages import Request
from telephony.sip.transactions.machine import Got, Rules, Running, Sends, State, TransactionStep, due, started, stepped
from telephony.sip.transactions.timers import Timer

ServerKey = tuple[str, str, int, str]
"""(branch and Call-ID, sent-by, CSeq number, method); ACK counts as INVITE."""

INVITE = Rules(
    transitions={
        (State.PROCEEDING, Got.REPEATED): TransactionStep(State.PROCEEDING, Sends.MESSAGE),
        (State.PROCEEDING, Got.PROVISIONAL): TransactionStep(State.PROCEEDING, Sends.MESSAGE),
        (State.PROCEEDING, Got.SUCCESS): TransactionStep(State.ACCEPTED, Sends.MESSAGE),
        (State.PROCEEDING, Got.FAILURE): TransactionStep(State.COMPLETED, Sends.MESSAGE),
        (State.COMPLETED, Got.REPEATED): TransactionStep(State.COMPLETED, Sends.MESSAGE),
        (State.COMPLETED, Got.ACK): TransactionStep(State.CONFIRMED),
        (State.COMPLETED, Timer.G): TransactionStep(State.COMPLETED, Sends.MESSAGE),
        (State.COMPLETED, Timer.H): TransactionStep(State.TERMINATED),
        (State.CONFIRMED, Timer.I): TransactionStep(State.TERMINATED),
        (State.ACCEPTED, Got.REPEATED): TransactionStep(State.ACCEPTED, Sends.MESSAGE),  # helps where our 2xx was lost
        (State.ACCEPTED, Timer.L): TransactionStep(State.TERMINATED),
    },
    timers={
        State.COMPLETED: (Timer.G, Timer.H),
        State.CONFIRMED: (Timer.I,),
        State.ACCEPTED: (Timer.L,),
    },
)
OTHER = Rules(
    transitions={
        (State.TRYING, Got.SUCCESS): TransactionStep(State.COMPLETED, Sends.MESSAGE),
        (State.TRYING, Got.FAILURE): TransactionStep(State.COMPLETED, Sends.MESSAGE),
        (State.COMPLETED, Got.REPEATED): TransactionStep(State.COMPLETED, Sends.MESSAGE),
        (State.COMPLETED, Timer.J): TransactionStep(State.TERMINATED),
    },
    timers={State.COMPLETED: (Timer.J,)},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTransaction:
    """A request of a peer and our newest response."""

    key: ServerKey
    flow: Flow
    """Whence it came."""
    answers: Flow
    """Where responses go: not always whence it came, see ``addresses.answer_address``."""
    running: Running
    response: bytes = b""

    @property
    def rules(self) -> Rules:
        """Those of its method."""
        return INVITE if self.key[3] == "INVITE" else OTHER

    @property
    def over(self) -> bool:
        """Whether nothing comes of it any more."""
        return self.running.state is State.TERMINATED

    @property
    def accepted(self) -> bool:
        """Whether its INVITE got a 2xx: an ACK is then the dialog's."""
        return self.running.state is State.ACCEPTED


def key_of(request: Request, /, *, method: str = "") -> ServerKey:
    """Return the transaction a request belongs to; ``method`` asks for another one's, as CANCEL does.

    Call-ID and CSeq number are part of the key beside RFC 3261 §17.2.3: some telephones use a branch again, in the same
    call or the next. A branch without the magic cookie (RFC 2543) gets the From tag too.
    """
    vias = request.headers.all("Via")
    via = parse_via(vias[0]) if vias else None
    branch = (via.parameter("branch") if via else None) or ""
    if not branch.lower().startswith("z9hg4bk"):
        branch = f"{branch}|{tag_of(request.headers.first('From'))}"
    name = method or ("INVITE" if request.method == "ACK" else request.method)
    return (f"{branch}|{request.call_id}", via.sent_by if via else "", request.cseq, name)


def begun(key: ServerKey, /, *, flow: Flow, now: float) -> ServerTransaction:
    """A request came for the first time."""
    rules, state = (INVITE, State.PROCEEDING) if key[3] == "INVITE" else (OTHER, State.TRYING)
    return ServerTransaction(key=key, flow=flow, answers=flow, running=started(rules, state, now=now))


def answered(
    transaction: ServerTransaction, response: bytes, /, *, status: int, answers: Flow, now: float
) -> tuple[ServerTransaction, list[Send]]:
    """Take a response of the transaction's user; a second final one changes nothing (RFC 3261 §17.2.2)."""
    what = Got.PROVISIONAL if status < 200 else Got.SUCCESS if status < 300 else Got.FAILURE
    running, row = stepped(transaction.rules, transaction.running, what, now=now)
    if row.sends is Sends.NOTHING:
        return transaction, []
    transaction = replace(transaction, running=running, response=response, answers=answers)
    return transaction, _sent(transaction, row.sends)


def heard(transaction: ServerTransaction, what: Got, /, *, now: float) -> tuple[ServerTransaction, list[Send]]:
    """Take the request again, or the ACK of a refusal."""
    running, row = stepped(transaction.rules, transaction.running, what, now=now)
    return replace(transaction, running=running), _sent(transaction, row.sends)


def ticked(transaction: ServerTransaction, /, *, now: float) -> tuple[ServerTransaction, list[Send]]:
    """Return (the transaction, what to send now)."""
    sends = list[Send]()
    for timer in due(transaction.running, now=now):
        if transaction.over:
            break
        running, row = stepped(transaction.rules, transaction.running, timer, now=now)
        transaction = replace(transaction, running=running)
        sends += _sent(transaction, row.sends)
    return transaction, sends


def _sent(transaction: ServerTransaction, what: Sends) -> list[Send]:
    return [Send(transaction.response, transaction.answers)] if what is Sends.MESSAGE and transaction.response else []
