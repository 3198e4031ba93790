"""What all users of the transactions share: how we are reached, how a request is answered, how one of ours begins."""

from collections import Counter
from collections.abc import Callable
from hashlib import blake2s

from telephony.sip.flows import Address, Flow, Send, Transport, host_port
from telephony.sip.messages import Request, to_wire
from telephony.sip.responses import Extra, refusal_extra, response_to
from telephony.sip.transactions.layer import Transactions
from telephony.sip.transactions.server import key_of


class Core:
    """``contact`` is where peers reach us; ``new_token`` draws tags, branches and Call-IDs."""

    def __init__(self, *, contact: Address, new_token: Callable[[], str]) -> None:
        self.contact, self.new_token = contact, new_token
        self.counters: Counter[str] = Counter()
        self.transactions = Transactions()

    def answer(self, request: Request, /, *, status: int, now: float, tag: str = "", extra: Extra = (),
               body: bytes = b"") -> list[Send]:  # fmt: skip
        """Send a response of a request's transaction and keep it for repeats."""
        key = key_of(request)
        extra = extra or refusal_extra(status, request=request)
        flow = self.transactions.servers[key].flow
        tag = tag or (self.new_token() if status > 100 else "")
        response, where = response_to(request, status=status, flow=flow, tag=tag, extra=extra, body=body)
        if status >= 200:
            self.counters[f"answer-{status}"] += 1
        return self.transactions.answer(key, to_wire(response), status=status, answers=where, now=now)

    def answer_stateless(self, request: Request, /, *, status: int, flow: Flow, extra: Extra = ()) -> list[Send]:
        """Answer without keeping anything (RFC 3261 §8.2.7): a repeat gets the same answer with the same tag."""
        self.counters[f"answer-{status}"] += 1
        response, where = response_to(
            request,
            status=status,
            flow=flow,
            tag=blake2s(repr(key_of(request)).encode("utf-8", "replace"), digest_size=8).hexdigest(),
            extra=extra or refusal_extra(status, request=request),
        )
        return [Send(to_wire(response), where)]

    def contact_line(self) -> Extra:
        """Our bare Contact."""
        return (("Contact", f"<sip:{host_port(self.contact)}>"),)

    def via(self, transport: Transport, /) -> str:
        """A Via of ours with a new branch."""
        return f"SIP/2.0/{transport} {host_port(self.contact)};branch=z9hG4bK{self.new_token()};rport"
