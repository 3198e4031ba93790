"""All transactions of a user agent (RFC 3261 §17): its users ask and answer, it sends again and forgets."""

from dataclasses import dataclass, field

from telephony.sip.flows import Flow, Send
from telephony.sip.messages import Request, Response
from telephony.sip.transactions import client, server
from telephony.sip.transactions.client import ClientKey, ClientTransaction
from telephony.sip.transactions.machine import Got
from telephony.sip.transactions.server import ServerKey, ServerTransaction


@dataclass(slots=True, kw_only=True)
class Passed:
    """What came of time."""

    sends: list[Send] = field(default_factory=list)
    unanswered: list[ClientKey] = field(default_factory=list)
    """Requests of ours that nobody answered (timers B and F)."""
    over: list[ClientKey] = field(default_factory=list)
    """Requests of ours of which no response can come any more, the unanswered ones among them."""
    forgotten: list[Flow] = field(default_factory=list)
    """Whence the requests came that are forgotten."""


class Transactions:
    """Server transactions by the request's key, client transactions by ours."""

    def __init__(self) -> None:
        self.servers: dict[ServerKey, ServerTransaction] = {}
        self.clients: dict[ClientKey, ClientTransaction] = {}

    # Requests of peers ----------------------------------------------------------------------------------------------

    def begin(self, key: ServerKey, /, *, flow: Flow, now: float) -> None:
        """A request came for the first time."""
        self.servers[key] = server.begun(key, flow=flow, now=now)

    def answer(self, key: ServerKey, response: bytes, /, *, status: int, answers: Flow, now: float) -> list[Send]:
        """Send a response and keep it for repeats."""
        found, sends = server.answered(self.servers[key], response, status=status, answers=answers, now=now)
        self.servers[key] = found
        return sends

    def repeated(self, key: ServerKey, /, *, now: float) -> list[Send]:
        """The request came again."""
        self.servers[key], sends = server.heard(self.servers[key], Got.REPEATED, now=now)
        return sends

    def acknowledged(self, key: ServerKey, /, *, now: float) -> bool:
        """Take the ACK of a refused INVITE; False when it is none: it is the dialog's, or nobody's."""
        found = self.servers.get(key)
        if found is None or found.accepted:
            return False
        self.servers[key], _ = server.heard(found, Got.ACK, now=now)
        return True

    # Requests of ours -----------------------------------------------------------------------------------------------

    def ask(self, request: Request, /, *, flow: Flow, now: float) -> list[Send]:
        """Send a request of ours, again and again until it is answered; not for an ACK."""
        made = client.asked(request, flow=flow, now=now)
        self.clients[made.key] = made
        return [Send(made.data, flow)]

    def responded(self, response: Response, /, *, now: float) -> tuple[ClientKey | None, list[Send], bool]:
        """Return (the transaction or None for a stray response, what to send, whether its user is told)."""
        key = client.key_of_response(response)
        found = self.clients.get(key) if key is not None else None
        if found is None:
            return None, [], False
        made, sends, tells = client.received(found, response, now=now)
        self.clients[made.key] = made
        return made.key, sends, tells

    def abandon(self, key: ClientKey, /) -> None:
        """Wait for no response any more."""
        self.clients.pop(key, None)

    # Time -----------------------------------------------------------------------------------------------------------

    def tick(self, *, now: float) -> Passed:
        """Send again what is due, forget what is over."""
        passed = Passed()
        for key, transaction in [row for row in self.servers.items() if row[1].running.first <= now]:
            left, sends = server.ticked(transaction, now=now)
            passed.sends += sends
            if left.over:
                del self.servers[key]
                passed.forgotten.append(transaction.flow)
            else:
                self.servers[key] = left
        for asked, request in [row for row in self.clients.items() if row[1].running.first <= now]:
            waiting, sends, unanswered = client.ticked(request, now=now)
            passed.sends += sends
            passed.unanswered += [asked] if unanswered else []
            if waiting.over:
                del self.clients[asked]
                passed.over.append(asked)
            else:
                self.clients[asked] = waiting
        return passed
