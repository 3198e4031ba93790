"""A SIP user agent server without I/O: datagrams in, effects out. Time is monotonic seconds, handed in."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from telephony.sip import in_dialog, transactions
from telephony.sip.addresses import Address, parse_uri, tag_of, uri_of
from telephony.sip.dialogs import Dialog, Phase, bye, dialog_of, next_hop
from telephony.sip.effects import Confirmed, Effect, Gone, Invited, Renegotiated, Send, Withdrawn
from telephony.sip.messages import Request, Response, to_wire
from telephony.sip.parser import MalformedSip, parse
from telephony.sip.responses import ALLOW, KNOWN_ELSEWHERE, Extra, refusal_extra, response_to
from telephony.sip.sdp import OurSide, answer_sdp, offer_sdp
from telephony.sip.transactions import Key, Resending, ServerTransaction, key_of
from vocabulary.personal import PhoneNumber

MAX_TRANSACTIONS = 20_000
_HERE = "127.0.0.1"


class UserAgent:
    """Serves inbound calls. Every method returns what is to be done, in order; none raises on what a peer sent."""

    def __init__(self, *, contact: Address, new_token: Callable[[], str]) -> None:
        """``contact`` is where peers reach us; ``new_token`` draws tags and branches."""
        self.contact = contact
        self.available = True
        """Whether OPTIONS is answered 200, or 503 because new calls would be refused."""
        self.counters: Counter[str] = Counter()
        self.dialogs: dict[str, Dialog] = {}
        self._new_token = new_token
        self._transactions: dict[Key, ServerTransaction] = {}
        self._leaving: dict[str, tuple[str, Resending]] = {}

    # From the wire --------------------------------------------------------------------------------------------------

    def receive(self, data: bytes, /, *, source: Address, now: float) -> list[Effect]:
        """Take one datagram. What cannot be read is counted, and answered where it says to whom."""
        try:
            message = parse(data)
        except MalformedSip as fault:
            return self._malformed(fault, source)
        if message is None:
            self.counters["keep-alive"] += 1
            return []
        if isinstance(message, Response):
            return self._response(message)
        return self._request(message, source, now)

    def _malformed(self, fault: MalformedSip, source: Address) -> list[Effect]:
        self.counters[f"malformed-{fault.reason}"] += 1
        if fault.request is None or fault.request.method == "ACK":
            return []
        reason = (("Warning", f'399 hotline "{fault.reason}"'),)
        response, where = response_to(
            fault.request, status=fault.status, source=source, tag=self._new_token(), extra=reason
        )
        return [Send(to_wire(response), where)]

    def _response(self, response: Response) -> list[Effect]:
        branch = response.headers.first("Via").partition("branch=")[2].split(";")[0].strip()
        if branch not in self._leaving:
            self.counters["stray-response"] += 1
        elif response.status >= 200:
            tag, _ = self._leaving.pop(branch)
            self.dialogs.pop(tag, None)
        return []

    def _request(self, request: Request, source: Address, now: float) -> list[Effect]:
        key = key_of(request)
        known = self._transactions.get(key)
        if request.method == "ACK":
            return self._ack(request, known, now)
        if known is not None:
            self.counters["repeated"] += 1
            again = transactions.repeated(known)
            return [Send(again, known.destination)] if again else []
        if len(self._transactions) >= MAX_TRANSACTIONS:
            response, where = response_to(request, status=503, source=source, extra=(("Retry-After", "10"),))
            return [Send(to_wire(response), where)]
        self._transactions[key] = ServerTransaction(key=key, source=source, destination=source)
        self.counters[f"request-{request.method if request.method.isalpha() else 'other'}"[:24]] += 1
        return self._dispatched(request, source, now)

    def _dispatched(self, request: Request, source: Address, now: float) -> list[Effect]:
        method, within = request.method, bool(tag_of(request.headers.first("To")))
        if method == "CANCEL":
            return self._cancel(request, now)
        if method not in ALLOW.split(", "):
            return self.answer(request, status=405 if method in KNOWN_ELSEWHERE else 501, now=now)
        if within:
            return self._within(request, now)
        if method == "INVITE":
            return self._invite(request, source, now)
        return self._options(request, now) if method == "OPTIONS" else self.answer(request, status=481, now=now)

    def _within(self, request: Request, now: float) -> list[Effect]:
        dialog = self.dialogs.get(tag_of(request.headers.first("To")))
        remote = tag_of(request.headers.first("From"))
        if dialog is None or dialog.call_id != request.call_id or dialog.remote_tag != remote:
            return self.answer(request, status=481, now=now)
        return in_dialog.handle(self, dialog, request=request, now=now)

    def _options(self, request: Request, now: float) -> list[Effect]:
        if not self.available:
            return self.answer(request, status=503, now=now, extra=(("Retry-After", "10"),))
        extra = (("Allow", ALLOW), ("Accept", "application/sdp"), ("Accept-Encoding", "identity"), ("Supported", ""))
        return self.answer(request, status=200, now=now, extra=extra)

    def _invite(self, request: Request, source: Address, now: float) -> list[Effect]:
        for dialog in self.dialogs.values():
            same = dialog.call_id == request.call_id and dialog.remote_tag == tag_of(request.headers.first("From"))
            if same and dialog.invite.cseq == request.cseq and dialog.phase is not Phase.OVER:
                return self.answer(request, status=482, now=now)
        uri = parse_uri(request.uri)
        if uri is None:
            return self.answer(request, status=416, now=now)
        agreed, status = in_dialog.offered(request)
        if status:
            return self.answer(request, status=status, now=now)
        tag = self._new_token()
        self.dialogs[tag] = dialog = replace(
            dialog_of(request, tag=tag, source=source, key=key_of(request)), agreed=agreed
        )
        trying, where = response_to(request, status=100, source=source)
        self._remember(dialog.invite_key, where, to_wire(trying))
        caller = parse_uri(uri_of(request.headers.first("From")))
        to = parse_uri(uri_of(request.headers.first("To")))
        user = caller.user if caller is not None else ""
        return [
            Send(to_wire(trying), where),
            Invited(
                tag=tag,
                caller=PhoneNumber("" if user.lower() in {"anonymous", "unknown"} else user[:64]),
                dialled=(uri.user or (to.user if to else ""))[:64],
                user_agent=request.headers.first("User-Agent").encode("utf-8", "replace").decode()[:128],
                agreed=agreed,
                wanted_seat=request.headers.first("X-Hotline-Seat")[:16] if source[0] == _HERE else "",
            ),
        ]

    def _remember(self, key: Key, where: Address, response: bytes) -> None:
        transaction = replace(self._transactions[key], destination=where)
        self._transactions[key] = transactions.provisional(transaction, response)

    def _cancel(self, request: Request, now: float) -> list[Effect]:
        key = key_of(request, method="INVITE")
        if key not in self._transactions:
            return self.answer(request, status=481, now=now)
        dialog = next((d for d in self.dialogs.values() if d.invite_key == key and d.early), None)
        if dialog is None:
            return self.answer(request, status=200, now=now)
        effects = self.answer(request, status=200, now=now, tag=dialog.tag)
        return [*effects, *self.refuse(dialog.tag, status=487, now=now), Withdrawn(dialog.tag)]

    def _ack(self, request: Request, known: ServerTransaction | None, now: float) -> list[Effect]:
        if known is not None and known.state is not transactions.State.ACCEPTED:
            self._transactions[known.key] = transactions.acknowledged(known, now=now)
            return []
        for dialog in self.dialogs.values():
            waits = dialog.awaiting_ack is not None and dialog.awaiting_ack_cseq == request.cseq
            if waits and dialog.call_id == request.call_id:
                return self._confirmed(dialog, request, now)
        self.counters["stray-ack"] += 1
        return []

    def _confirmed(self, dialog: Dialog, ack: Request, now: float) -> list[Effect]:
        first = dialog.phase is Phase.ACCEPTED
        phase = Phase.CONFIRMED if first else dialog.phase
        answer, status = in_dialog.offered(ack)
        late = dialog.agreed is None and dialog.leave_cause is None
        dialog = self.keep(replace(dialog, awaiting_ack=None, phase=phase, agreed=answer or dialog.agreed))
        if dialog.leave_cause is not None:
            return self.hang_up(dialog.tag, cause=dialog.leave_cause, now=now)
        if late and answer is None:
            self.counters[f"late-answer-{status or 'missing'}"] += 1
            return [*self.hang_up(dialog.tag, cause=88, now=now), Gone(dialog.tag, "no-codec")]
        if first:
            return [Confirmed(dialog.tag, answer)]
        return [Renegotiated(dialog.tag, answer)] if answer is not None else []

    # From our side --------------------------------------------------------------------------------------------------

    def keep(self, dialog: Dialog, /) -> Dialog:
        """Store the new value of a dialog."""
        self.dialogs[dialog.tag] = dialog
        return dialog

    def answer(self, request: Request, /, *, status: int, now: float, tag: str = "", extra: Extra = (),
               body: bytes = b"") -> list[Effect]:  # fmt: skip
        """Send the final response of a request's transaction and keep it for repeats."""
        key = key_of(request)
        transaction = self._transactions[key]
        extra = extra or refusal_extra(status, request=request)
        response, where = response_to(
            request, status=status, source=transaction.source, tag=tag or self._new_token(), extra=extra, body=body
        )
        data = to_wire(response)
        transaction = replace(transaction, destination=where)
        self._transactions[key] = transactions.final(transaction, data, status=status, now=now)
        self.counters[f"answer-{status}"] += 1
        return [Send(data, where)]

    def refuse(self, tag: str, /, *, status: int, now: float, retry_after: int = 0) -> list[Effect]:
        """Turn an INVITE down that has not been accepted; nothing when its dialog is gone or accepted."""
        dialog = self.dialogs.get(tag)
        if dialog is None or not dialog.early:
            return []
        del self.dialogs[tag]
        extra = (("Retry-After", str(retry_after)),) if retry_after else ()
        return self.answer(dialog.invite, status=status, now=now, tag=tag, extra=extra)

    def accept(self, tag: str, /, *, ours: OurSide, now: float) -> list[Effect]:
        """Send 200 with our answer (our offer for a late one), again and again until ACK; nothing when it is gone."""
        dialog = self.dialogs.get(tag)
        if dialog is None or not dialog.early:
            return []
        dialog = replace(dialog, ours=ours, phase=Phase.ACCEPTED)
        return self.agree_on(dialog, request=dialog.invite, now=now)

    def agree_on(self, dialog: Dialog, /, *, request: Request, now: float) -> list[Effect]:
        """Answer INVITE or UPDATE with 200 and SDP as ``dialog`` says; an INVITE's is repeated until ACK."""
        if dialog.ours is None:
            return self.answer(request, status=500, now=now, tag=dialog.tag)
        body = answer_sdp(dialog.agreed, dialog.ours) if dialog.agreed is not None else offer_sdp(dialog.ours)
        extra = (*self.contact_line(), ("Allow", ALLOW), ("Content-Type", "application/sdp"))
        effects = self.answer(request, status=200, now=now, tag=dialog.tag, extra=extra, body=body)
        if request.method == "INVITE":
            sent = effects[0]
            if isinstance(sent, Send):
                again = transactions.resending(sent.data, destination=sent.destination, now=now)
                dialog = replace(dialog, awaiting_ack=again, awaiting_ack_cseq=request.cseq)
        self.keep(dialog)
        return effects

    def contact_line(self) -> Extra:
        """Our bare Contact."""
        return (("Contact", f"<sip:{self.contact[0]}:{self.contact[1]}>"),)

    def hang_up(self, tag: str, /, *, cause: int, now: float) -> list[Effect]:
        """Send BYE with the Q.850 ``cause``, or once the ACK has come (RFC 3261 §15)."""
        dialog = self.dialogs.get(tag)
        if dialog is None or dialog.phase in {Phase.EARLY, Phase.LEAVING, Phase.OVER}:
            return []
        if dialog.phase is Phase.ACCEPTED and dialog.awaiting_ack is not None:
            self.keep(replace(dialog, leave_cause=cause))
            return []
        branch = f"z9hG4bK{self._new_token()}"
        request = bye(dialog, branch=branch, sent_by=f"{self.contact[0]}:{self.contact[1]}", cause=cause)
        data, where = to_wire(request), next_hop(dialog)
        self._leaving[branch] = (tag, transactions.resending(data, destination=where, now=now))
        self.keep(replace(dialog, phase=Phase.LEAVING, awaiting_ack=None, local_cseq=dialog.local_cseq + 1))
        return [Send(data, where)]

    def tick(self, *, now: float) -> list[Effect]:
        """Send again what is due, forget what is over, give up on what was never acknowledged."""
        effects: list[Effect] = []
        for key, transaction in list(self._transactions.items()):
            left, data = transactions.ticked(transaction, now=now)
            if left is None:
                del self._transactions[key]
            elif left is not transaction:
                self._transactions[key] = left
                effects.append(Send(data, left.destination))
        for branch, (tag, item) in list(self._leaving.items()):
            more, data = transactions.resent(item, now=now)
            if more is None:
                del self._leaving[branch]
                self.dialogs.pop(tag, None)
            elif data:
                self._leaving[branch] = (tag, more)
                effects.append(Send(data, item.destination))
        for dialog in list(self.dialogs.values()):
            effects += self._tick_dialog(dialog, now)
        return effects

    def _tick_dialog(self, dialog: Dialog, now: float) -> list[Effect]:
        if dialog.awaiting_ack is None:
            return []
        more, data = transactions.resent(dialog.awaiting_ack, now=now)
        dialog = self.keep(replace(dialog, awaiting_ack=more))
        if more is None:
            self.counters["never-acknowledged"] += 1
            leave = dialog.leave_cause or 102
            return [*self.hang_up(dialog.tag, cause=leave, now=now), Gone(dialog.tag, "no-ack")]
        return [Send(data, more.destination)] if data else []
