"""A SIP user agent server without I/O: datagrams in, outputs out. Time is monotonic seconds, handed in."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import blake2s
from typing import assert_never

from telephony.sip import in_dialog, transactions
from telephony.sip.addresses import parse_uri, parse_via, tag_of, uri_of
from telephony.sip.admission import BUSY, Room, answered_outside, half_open, overdue, refused_by_method
from telephony.sip.dialogs import Dialog, Phase, acknowledges, dialog_of, next_hop, request_within
from telephony.sip.events import Alive, Confirmed, Gone, Invited, Output, Renegotiated, TurnedAway, Withdrawn
from telephony.sip.flows import Address, Flow, Send, host_port
from telephony.sip.messages import Request, Response, to_wire
from telephony.sip.parser import MalformedSip, parse
from telephony.sip.responses import ALLOW, Extra, refusal_extra, response_to
from telephony.sip.sdp import OurSide, answer_sdp, offer_sdp
from telephony.sip.transactions import Key, Resending, ServerTransaction, key_of
from telephony.sip.trunks import Trunk, Trunks
from vocabulary.personal import PhoneNumber
from vocabulary.text import taken_line

PROBE_S = 8.0
"""How long a peer may take to answer a probe."""
WITHHELD = frozenset({"anonymous", "unknown", "unavailable", "restricted", "private", "withheld", "invalid"})
"""User parts that networks send in place of a number (RFC 3323 §4.1.1.3 and what exchanges do)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request of ours within a dialog that waits for its response."""

    tag: str
    method: str
    item: Resending


class UserAgent:
    """Serves inbound calls. Every method returns what is to be done, in order; none raises on what a peer sent."""

    def __init__(
        self,
        *,
        contact: Address,
        new_token: Callable[[], str],
        trunks: tuple[Trunk, ...] = (),
        headers: tuple[str, ...] = (),
    ) -> None:
        """``contact`` is where peers reach us; ``new_token`` draws tags and branches; BadTrunk for unreadable rows.

        ``headers`` are names of header fields of an INVITE that are handed on with ``Invited``.
        """
        self.contact = contact
        self._headers = {name.lower(): name for name in headers}
        self.available = True
        """Whether OPTIONS is answered 200, or 503 because new calls would be refused."""
        self.counters: Counter[str] = Counter()
        self.dialogs: dict[str, Dialog] = {}
        self._new_token = new_token
        self._trunks = Trunks(trunks)
        self._transactions: dict[Key, ServerTransaction] = {}
        self._room = Room()
        self._asked: dict[str, _Asked] = {}
        self._invites: dict[tuple[str, str, int], float] = {}
        """Call-ID, From tag and CSeq of INVITEs of the last 32 s, with when they are forgotten."""

    # From the wire --------------------------------------------------------------------------------------------------

    def receive(self, data: bytes, /, *, flow: Flow, now: float) -> list[Output]:
        """Take one datagram. What cannot be read is counted, and answered where it says to whom."""
        try:
            message = parse(data)
        except MalformedSip as fault:
            return self._malformed(fault, flow)
        match message:
            case None:
                self.counters["keep-alive"] += 1
                return []
            case Response():
                return self._response(message)
            case Request():
                return self._request(message, flow, now)
            case _:
                assert_never(message)

    def _malformed(self, fault: MalformedSip, flow: Flow) -> list[Output]:
        self.counters[f"malformed-{fault.reason}"] += 1
        if fault.request is None or fault.request.method == "ACK" or self._trunks.of(flow.remote[0]) is None:
            return []
        reason = (("Warning", f'399 hotline "{fault.reason}"'),)
        response, where = response_to(
            fault.request, status=fault.status, flow=flow, tag=self._new_token(), extra=reason
        )
        return [Send(to_wire(response), where)]

    def _response(self, response: Response) -> list[Output]:
        via = parse_via(next(iter(response.headers.all("Via")), ""))
        branch = (via.parameter("branch") if via is not None else None) or ""
        asked = self._asked.get(branch)
        if asked is None:
            self.counters["stray-response"] += 1
            return []
        if response.status < 200:
            return []
        del self._asked[branch]
        if asked.method == "BYE":
            self.dialogs.pop(asked.tag, None)
            return []
        if response.status in {408, 481}:
            return self._dead(asked.tag)
        return [Alive(asked.tag)]

    def _dead(self, tag: str) -> list[Output]:
        """The peer knows nothing of the dialog, or is not there (RFC 3261 §12.2.1.2)."""
        return [Gone(tag, "dead")] if self.dialogs.pop(tag, None) is not None else []

    def _request(self, request: Request, flow: Flow, now: float) -> list[Output]:
        key = key_of(request)
        known = self._transactions.get(key)
        if request.method == "ACK":
            return self._ack(request, known, flow, now)
        if known is not None:
            self.counters["repeated"] += 1
            again = transactions.repeated(known)
            return [Send(again, known.answers)] if again else []
        trunk = self._trunks.of(flow.remote[0])
        if trunk is None:
            return [*self._stateless(request, flow, 403), TurnedAway(flow.remote[0], "stranger")]
        at_once = self._at_once(request)
        if at_once is not None:
            return self._stateless(request, flow, *at_once)
        if (why := self._no_room(request, trunk, flow, now)) is not None:
            self.counters[why] += 1
            return [*self._stateless(request, flow, *BUSY), TurnedAway(flow.remote[0], why)]
        self._room.take(flow)
        self._transactions[key] = ServerTransaction(key=key, flow=flow, answers=flow)
        self.counters[f"request-{request.method}"] += 1
        return self._dispatched(request, trunk, flow, now)

    def _stateless(self, request: Request, flow: Flow, status: int, extra: Extra = ()) -> list[Output]:
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

    def _at_once(self, request: Request) -> tuple[int, Extra] | None:
        """Return the answer to what begins and changes nothing, None when a transaction is needed."""
        if (refusal := refused_by_method(request)) is not None:
            return refusal
        if request.method == "CANCEL":
            return None if key_of(request, method="INVITE") in self._transactions else (481, ())
        if self._dialog_of(request) is not None:
            return None
        return answered_outside(request, available=self.available)

    def _no_room(self, request: Request, trunk: Trunk, flow: Flow, now: float) -> str | None:
        """Return why a source may begin no more transactions now, None when it may."""
        in_dialog = request.method == "CANCEL" or self._dialog_of(request) is not None
        if not self._room.is_left(flow, in_dialog=in_dialog):
            return "too-many-transactions"
        if not in_dialog and half_open(self.dialogs.values(), flow=flow, trunk=trunk, now=now):
            return "too-many-half-open"
        return None

    def _dialog_of(self, request: Request) -> Dialog | None:
        dialog = self.dialogs.get(tag_of(request.headers.first("To")))
        if dialog is None or dialog.call_id != request.call_id:
            return None
        return dialog if dialog.remote_tag == tag_of(request.headers.first("From")) else None

    def _dispatched(self, request: Request, trunk: Trunk, flow: Flow, now: float) -> list[Output]:
        if request.method == "CANCEL":
            return self._cancel(request, now)
        dialog = self._dialog_of(request)
        if dialog is not None:
            return in_dialog.handle(self, self.keep(replace(dialog, flow=flow)), request=request, now=now)
        return self._invite(request, trunk, flow, now)

    def _invite(self, request: Request, trunk: Trunk, flow: Flow, now: float) -> list[Output]:
        identity = (request.call_id, tag_of(request.headers.first("From")), request.cseq)
        if identity in self._invites:  # another branch of the same request (RFC 3261 §8.2.2.2)
            return self.answer(request, status=482, now=now)
        self._invites[identity] = now + transactions.LIFE
        agreed, status = in_dialog.offered(request)
        if status:
            return self.answer(request, status=status, now=now)
        tag = self._new_token()
        self.dialogs[tag] = dialog = replace(dialog_of(request, tag=tag, flow=flow, key=key_of(request)), agreed=agreed)
        trying, where = response_to(request, status=100, flow=flow)
        self._remember(dialog.invite_key, where, to_wire(trying))
        return [Send(to_wire(trying), where), self._invited(request, dialog, trunk)]

    def _invited(self, request: Request, dialog: Dialog, trunk: Trunk) -> Invited:
        """What the rooms behind learn of an INVITE: text that can be kept, and nothing else of it."""
        uri, to = parse_uri(request.uri), parse_uri(uri_of(request.headers.first("To")))
        caller = parse_uri(uri_of(request.headers.first("From")))
        user, source = caller.user if caller is not None else "", dialog.flow.remote[0]
        asked = ((self._headers.get(key.lower()), value) for key, value in request.headers)
        return Invited(
            tag=dialog.tag,
            caller=PhoneNumber("" if user.lower() in WITHHELD else user),
            dialled=(uri.user if uri is not None else "") or (to.user if to is not None else ""),
            user_agent=taken_line(request.headers.first("User-Agent"), longest=128),
            agreed=dialog.agreed,
            source=source,
            media_networks=(*trunk.media_networks, f"{source}/32"),
            headers=tuple((name, taken_line(value, longest=128)) for name, value in asked if name),
        )

    def _remember(self, key: Key, where: Flow, response: bytes) -> None:
        transaction = replace(self._transactions[key], answers=where)
        self._transactions[key] = transactions.provisional(transaction, response)

    def _cancel(self, request: Request, now: float) -> list[Output]:
        key = key_of(request, method="INVITE")
        dialog = next((d for d in self.dialogs.values() if d.invite_key == key and d.early), None)
        if dialog is None:
            return self.answer(request, status=200, now=now)
        outputs = self.answer(request, status=200, now=now, tag=dialog.tag)
        return [*outputs, *self.refuse(dialog.tag, status=487, now=now), Withdrawn(dialog.tag)]

    def _ack(self, request: Request, known: ServerTransaction | None, flow: Flow, now: float) -> list[Output]:
        if known is not None and known.state is not transactions.State.ACCEPTED:
            self._transactions[known.key] = transactions.acknowledged(known, now=now)
            return []
        if self._trunks.of(flow.remote[0]) is not None:
            for dialog in self.dialogs.values():
                if acknowledges(request, dialog):
                    return self._confirmed(replace(dialog, flow=flow), request, now)
        self.counters["stray-ack"] += 1
        return []

    def _confirmed(self, dialog: Dialog, ack: Request, now: float) -> list[Output]:
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
               body: bytes = b"") -> list[Output]:  # fmt: skip
        """Send the final response of a request's transaction and keep it for repeats."""
        key = key_of(request)
        transaction = self._transactions[key]
        extra = extra or refusal_extra(status, request=request)
        response, where = response_to(
            request, status=status, flow=transaction.flow, tag=tag or self._new_token(), extra=extra, body=body
        )
        data = to_wire(response)
        transaction = replace(transaction, answers=where)
        self._transactions[key] = transactions.final(transaction, data, status=status, now=now)
        self.counters[f"answer-{status}"] += 1
        return [Send(data, where)]

    def refuse(self, tag: str, /, *, status: int, now: float, retry_after: int = 0) -> list[Output]:
        """Turn an INVITE down that has not been accepted; nothing when its dialog is gone or accepted."""
        dialog = self.dialogs.get(tag)
        if dialog is None or not dialog.early:
            return []
        del self.dialogs[tag]
        extra = (("Retry-After", str(retry_after)),) if retry_after else ()
        return self.answer(dialog.invite, status=status, now=now, tag=tag, extra=extra)

    def accept(self, tag: str, /, *, ours: OurSide, now: float) -> list[Output]:
        """Send 200 with our answer (our offer for a late one), again and again until ACK; nothing when it is gone."""
        dialog = self.dialogs.get(tag)
        if dialog is None or not dialog.early:
            return []
        dialog = replace(dialog, ours=ours, phase=Phase.ACCEPTED)
        return self.agree_on(dialog, request=dialog.invite, now=now)

    def agree_on(self, dialog: Dialog, /, *, request: Request, now: float) -> list[Output]:
        """Answer INVITE or UPDATE with 200 and SDP as ``dialog`` says; an INVITE's is repeated until ACK."""
        if dialog.ours is None:
            return self.answer(request, status=500, now=now, tag=dialog.tag)
        body = answer_sdp(dialog.agreed, dialog.ours) if dialog.agreed is not None else offer_sdp(dialog.ours)
        extra = (*self.contact_line(), ("Allow", ALLOW), ("Content-Type", "application/sdp"))
        outputs = self.answer(request, status=200, now=now, tag=dialog.tag, extra=extra, body=body)
        if request.method == "INVITE":
            sent = outputs[0]
            if isinstance(sent, Send):
                again = transactions.resending(sent.data, flow=sent.flow, now=now)
                dialog = replace(dialog, awaiting_ack=again, awaiting_ack_cseq=request.cseq)
        self.keep(dialog)
        return outputs

    def contact_line(self) -> Extra:
        """Our bare Contact."""
        return (("Contact", f"<sip:{host_port(self.contact)}>"),)

    def hang_up(self, tag: str, /, *, cause: int, now: float) -> list[Output]:
        """Send BYE with the Q.850 ``cause``, or once the ACK has come (RFC 3261 §15)."""
        dialog = self.dialogs.get(tag)
        if dialog is None or dialog.phase in {Phase.EARLY, Phase.LEAVING, Phase.OVER}:
            return []
        if dialog.phase is Phase.ACCEPTED and dialog.awaiting_ack is not None:
            self.keep(replace(dialog, leave_cause=cause))
            return []
        outputs = self._ask(dialog, method="BYE", now=now, life=transactions.LIFE, cause=cause)
        self.keep(replace(self.dialogs[tag], phase=Phase.LEAVING, awaiting_ack=None))
        return outputs

    def probe(self, tag: str, /, *, now: float) -> list[Output]:
        """Ask the peer by OPTIONS whether it still has the dialog; Alive or Gone follows within 8 s."""
        dialog = self.dialogs.get(tag)
        under_way = any(asked.tag == tag for asked in self._asked.values())
        if dialog is None or dialog.phase is not Phase.CONFIRMED or under_way:
            return []
        return self._ask(dialog, method="OPTIONS", now=now, life=PROBE_S)

    def _ask(self, dialog: Dialog, *, method: str, now: float, life: float, cause: int | None = None) -> list[Output]:
        branch = f"z9hG4bK{self._new_token()}"
        sent_by = host_port(self.contact)
        request = request_within(dialog, method=method, branch=branch, sent_by=sent_by, cause=cause)
        data, where = to_wire(request), next_hop(dialog)
        item = transactions.resending(data, flow=where, now=now, life=life)
        self._asked[branch] = _Asked(tag=dialog.tag, method=method, item=item)
        self.keep(replace(dialog, local_cseq=dialog.local_cseq + 1))
        return [Send(data, where)]

    def tick(self, *, now: float) -> list[Output]:
        """Send again what is due, forget what is over, give up on what was never acknowledged."""
        outputs: list[Output] = []
        for key, transaction in list(self._transactions.items()):
            left, data = transactions.ticked(transaction, now=now)
            if left is None:
                del self._transactions[key]
                self._room.give_back(transaction.flow)
            elif left is not transaction:
                self._transactions[key] = left
                outputs.append(Send(data, left.answers))
        outputs += self._tick_asked(now)
        while self._invites and next(iter(self._invites.values())) <= now:
            del self._invites[next(iter(self._invites))]
        for dialog in list(self.dialogs.values()):
            outputs += self._tick_dialog(dialog, now)
        return outputs

    def _tick_asked(self, now: float) -> list[Output]:
        outputs: list[Output] = []
        for branch, asked in list(self._asked.items()):
            more, data = transactions.resent(asked.item, now=now)
            if more is None:
                del self._asked[branch]
                if asked.method != "BYE":
                    outputs += self._dead(asked.tag)
                self.dialogs.pop(asked.tag, None)
            elif data:
                self._asked[branch] = replace(asked, item=more)
                outputs.append(Send(data, asked.item.flow))
        return outputs

    def _tick_dialog(self, dialog: Dialog, now: float) -> list[Output]:
        if dialog.awaiting_ack is None:
            return []
        more, data = transactions.resent(dialog.awaiting_ack, now=now)
        dialog = self.keep(replace(dialog, awaiting_ack=more))
        if more is None:
            return self._never_acknowledged(dialog, now)
        return [Send(data, more.flow)] if data else []

    def _never_acknowledged(self, dialog: Dialog, now: float) -> list[Output]:
        self.counters["never-acknowledged"] += 1
        self.keep(replace(dialog, awaiting_ack=None))
        return [*self.hang_up(dialog.tag, cause=dialog.leave_cause or 102, now=now), Gone(dialog.tag, "no-ack")]

    def make_room(self, *, now: float) -> list[Output]:
        """Give up the call whose first ACK is overdue for longest, so that somebody else gets its place."""
        found = overdue(self.dialogs.values(), now=now)
        return self._never_acknowledged(found, now) if found is not None else []
