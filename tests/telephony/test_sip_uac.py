"""Calls of ours, datagram by datagram: ringing, answers, forks, CANCEL and its races."""

from dataclasses import replace

import pytest

from telephony.media_protocol import Direction
from telephony.sip.events import Alive, Gone, Output, PeerAnswered, PeerDeclined, PeerRang, Renegotiated
from telephony.sip.flows import Send
from telephony.sip.messages import Request, Response
from telephony.sip.parser import parse
from telephony.sip.sdp import OurSide
from telephony.sip.sessions import Phase
from telephony.sip.transactions.timers import LIFE
from telephony.sip.uac import MOST_FORKS, Outbound
from telephony.sip.user_agent import UserAgent
from tests.telephony.sip_texts import FLOW, OFFER, PEER, new_agent, request

OURS = OurSide(host="127.0.0.1", port=20_000, session=7)
WISH = Outbound(uri="sip:13900001234@127.0.0.1:5062", flow=FLOW, caller="12345", ours=OURS)


def requests(outputs: list[Output]) -> list[Request]:
    sent = [parse(output.data) for output in outputs if isinstance(output, Send)]
    return [message for message in sent if isinstance(message, Request)]


def methods(outputs: list[Output]) -> list[str]:
    return [message.method for message in requests(outputs)]


def events(outputs: list[Output]) -> list[Output]:
    return [output for output in outputs if not isinstance(output, Send)]


def reply(to: Request, status: int, *, tag: str = "them", body: str = "", extra: str = "") -> bytes:
    """What the peer answers to a request of ours."""
    headers = to.headers
    suffix = f";tag={tag}" if status > 100 and "tag=" not in headers.first("To") else ""
    kind = "Content-Type: application/sdp\r\n" if body else ""
    return (
        f"SIP/2.0 {status} Whatever\r\nVia: {headers.first('Via')}\r\nFrom: {headers.first('From')}\r\n"
        f"To: {headers.first('To')}{suffix}\r\nCall-ID: {to.call_id}\r\nCSeq: {headers.first('CSeq')}\r\n"
        f"Contact: <sip:them@127.0.0.1:5062>\r\n{extra}{kind}Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode("utf-8", "surrogateescape")


class Call:
    """A call of ours that a test answers."""

    def __init__(self, agent: UserAgent, **options) -> None:
        self.agent = agent
        placed = agent.call(replace(WISH, **options), now=0.0)
        self.tag, self.invite = placed.tag, requests(placed.outputs)[0]

    def gets(self, status: int, *, now: float = 0.1, to: Request | None = None, **options) -> list[Output]:
        return self.agent.receive(reply(to or self.invite, status, **options), flow=FLOW, now=now)

    def up(self) -> Request:
        """Answer it; return the ACK."""
        outputs = self.gets(200, body=OFFER)
        assert [type(event) for event in events(outputs)] == [PeerAnswered]
        return requests(outputs)[0]

    def theirs(self, method: str, *, cseq: int = 1, tag: str = "them", body: str = "") -> bytes:
        """A request of the peer within the dialog."""
        data = request(
            method, cseq=cseq, to_tag=self.tag, branch=f"z9hG4bK{method}{cseq}", call=self.invite.call_id, body=body
        )
        return data.replace(b";tag=peer", f";tag={tag}".encode())


def test_an_invite_names_us_the_peer_our_offer_and_leaves_by_the_flow_asked_for() -> None:
    agent = new_agent()

    placed = agent.call(WISH, now=0.0)
    tag, invite, sent = placed.tag, requests(placed.outputs)[0], placed.outputs[0]

    assert isinstance(sent, Send)
    assert (invite.method, invite.uri, sent.flow) == ("INVITE", WISH.uri, FLOW)
    assert invite.headers.first("From") == f"<sip:12345@127.0.0.1:5060>;tag={tag}"
    assert (invite.headers.first("To"), invite.headers.first("Contact")) == (f"<{WISH.uri}>", "<sip:127.0.0.1:5060>")
    assert invite.headers.first("Via").startswith("SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK")
    assert b"m=audio 20000 RTP/AVP 8 0 101" in invite.body


def test_ringing_is_told_and_the_answer_is_acknowledged_within_the_dialog() -> None:
    call = Call(new_agent())

    assert events(call.gets(100)) == []
    assert events(call.gets(180)) == [PeerRang(call.tag, 180)]
    outputs = call.gets(200, body=OFFER, extra="Record-Route: <sip:10.0.0.2;lr>, <sip:10.0.0.1;lr>\r\n")
    ack = requests(outputs)[0]

    assert [(type(event), event.tag) for event in events(outputs)] == [(PeerAnswered, call.tag)]
    assert (ack.method, ack.uri, ack.headers.first("CSeq")) == ("ACK", "sip:them@127.0.0.1:5062", "1 ACK")
    assert ack.headers.all("Route") == ["<sip:10.0.0.1;lr>", "<sip:10.0.0.2;lr>"]
    assert ack.headers.first("To").endswith(";tag=them")
    assert ack.headers.first("Via") != call.invite.headers.first("Via")
    assert outputs[0].flow.remote == ("10.0.0.1", 5060)


def test_a_repeated_2xx_gets_the_same_ack_and_nothing_else() -> None:
    call = Call(new_agent())
    ack = call.up()

    again = call.gets(200, now=5.0, body=OFFER)

    assert (requests(again), events(again)) == ([ack], [])


def test_of_two_forks_that_answer_the_second_is_acknowledged_and_hung_up() -> None:
    call = Call(new_agent())
    call.gets(180, tag="one")
    call.gets(180, tag="two")
    call.gets(200, tag="two", body=OFFER)

    outputs = call.gets(200, now=1.0, tag="one", body=OFFER)

    assert (methods(outputs), events(outputs)) == (["ACK", "BYE"], [])
    bye = requests(outputs)[1]
    assert bye.headers.first("To").endswith(";tag=one")
    assert bye.headers.first("Reason") == "Q.850;cause=26"
    assert call.gets(200, now=1.1, to=bye) == []
    assert methods(call.gets(200, now=1.2, tag="one", body=OFFER)) == ["ACK"]
    session = call.agent.session(call.tag)
    assert session is not None
    assert (session.dialog.remote_tag, session.phase) == ("two", Phase.CONFIRMED)
    call.agent.tick(now=40.0)
    assert list(call.agent.sessions.all) == [call.tag]


def test_of_very_many_forks_only_the_first_few_are_kept() -> None:
    call = Call(new_agent())
    for number in range(100):
        call.gets(183, tag=f"f{number}")

    assert len(call.agent.sessions.all) == MOST_FORKS
    call.gets(486)
    assert call.agent.sessions.all == {}


def test_a_refusal_is_acknowledged_and_told_once() -> None:
    call = Call(new_agent())

    outputs = call.gets(486)

    assert (methods(outputs), events(outputs)) == (["ACK"], [PeerDeclined(call.tag, 486, "Whatever")])
    assert events(call.gets(486, now=1.0)) == []
    call.agent.tick(now=LIFE + 1)
    assert (call.agent.uac.attempts, call.agent.core.transactions.clients) == ({}, {})


def test_a_peer_that_says_nothing_is_given_up_after_64_t1() -> None:
    call = Call(new_agent())
    heard = [output for tenth in range(330) for output in call.agent.tick(now=tenth / 10)]

    assert methods(heard) == ["INVITE"] * 6
    assert events(heard) == [PeerDeclined(call.tag, 408, "")]
    assert call.agent.uac.attempts == {}


@pytest.mark.parametrize("body", ["", OFFER.replace("RTP/AVP", "RTP/SAVP"), "v=7\r\n"])
def test_an_answer_we_cannot_speak_is_acknowledged_and_hung_up(body: str) -> None:
    call = Call(new_agent())

    outputs = call.gets(200, body=body)

    assert methods(outputs) == ["ACK", "BYE"]
    assert events(outputs) == [PeerDeclined(call.tag, 488, "")]


# CANCEL --------------------------------------------------------------------------------------------------------------


def test_a_cancel_waits_for_a_provisional_response_and_uses_the_branch_of_its_invite() -> None:
    call = Call(new_agent())

    assert call.agent.hang_up(call.tag, cause=16, now=0.1) == []
    outputs = call.gets(100, now=0.2)
    cancel = requests(outputs)[0]

    assert (cancel.method, cancel.uri, cancel.headers.first("CSeq")) == ("CANCEL", WISH.uri, "1 CANCEL")
    assert cancel.headers.first("Via") == call.invite.headers.first("Via")
    assert cancel.headers.first("To") == call.invite.headers.first("To")
    assert methods(call.gets(180, now=0.3)) == []
    assert call.gets(200, now=0.4, to=cancel) == []
    assert events(call.gets(487, now=0.5)) == [PeerDeclined(call.tag, 487, "Whatever")]


def test_a_2xx_that_crosses_our_cancel_is_acknowledged_and_hung_up() -> None:
    call = Call(new_agent())
    call.gets(180)
    assert methods(call.agent.hang_up(call.tag, cause=16, now=0.2)) == ["CANCEL"]

    outputs = call.gets(200, now=0.3, body=OFFER)

    assert methods(outputs) == ["ACK", "BYE"]
    assert events(outputs) == [PeerDeclined(call.tag, 487, "")]
    call.gets(200, now=0.4, to=requests(outputs)[1])
    assert call.agent.sessions.all == {}


def test_a_2xx_before_our_cancel_could_leave_is_acknowledged_and_hung_up_without_one() -> None:
    call = Call(new_agent())
    call.agent.hang_up(call.tag, cause=16, now=0.1)

    assert methods(call.gets(200, now=0.3, body=OFFER)) == ["ACK", "BYE"]


def test_a_cancelled_invite_without_a_final_response_is_given_up_after_64_t1() -> None:
    call = Call(new_agent())
    call.gets(180)
    cancel = requests(call.agent.hang_up(call.tag, cause=16, now=1.0))[0]
    call.gets(200, now=1.1, to=cancel)

    assert events(call.agent.tick(now=LIFE + 0.9)) == []
    assert events(call.agent.tick(now=LIFE + 1.1)) == [PeerDeclined(call.tag, 487, "")]
    assert (call.agent.uac.attempts, call.agent.sessions.all) == ({}, {})


def test_a_call_that_is_answered_is_hung_up_by_bye() -> None:
    call = Call(new_agent())
    call.up()

    bye = requests(call.agent.hang_up(call.tag, cause=16, now=2.0))[0]

    assert (bye.method, bye.headers.first("CSeq"), bye.uri) == ("BYE", "2 BYE", "sip:them@127.0.0.1:5062")
    assert call.agent.hang_up(call.tag, cause=16, now=2.1) == []


# Within the dialog ---------------------------------------------------------------------------------------------------


def test_the_peer_may_hang_up_renegotiate_and_ask_within_a_dialog_that_we_began() -> None:
    call = Call(new_agent())
    call.up()
    hold = OFFER.replace("sendrecv", "sendonly")

    moved = call.agent.receive(call.theirs("UPDATE", body=hold), flow=FLOW, now=1.0)
    asked = call.agent.receive(call.theirs("OPTIONS", cseq=2), flow=FLOW, now=1.1)
    left = call.agent.receive(call.theirs("BYE", cseq=3), flow=FLOW, now=1.2)

    assert [type(event) for event in events(moved)] == [Renegotiated]
    assert b"a=recvonly" in moved[0].data
    assert b"SIP/2.0 200" in asked[0].data
    assert events(left) == [Gone(call.tag, "bye")]


def test_a_request_within_an_early_dialog_of_ours_is_put_off() -> None:
    call = Call(new_agent())
    call.gets(183)

    sent = call.agent.receive(call.theirs("UPDATE", body=OFFER), flow=FLOW, now=1.0)[0]

    assert (b"SIP/2.0 500" in sent.data, b"Retry-After" in sent.data) == (True, True)


def test_a_peer_that_we_called_answers_a_probe() -> None:
    call = Call(new_agent())
    call.up()

    probe = requests(call.agent.probe(call.tag, now=1.0))[0]

    assert call.gets(200, now=1.1, to=probe) == [Alive(call.tag)]


def offer_of_ours(call: Call, *, now: float = 1.0) -> Request:
    return requests(call.agent.offer(call.tag, direction=Direction.SENDONLY, now=now))[0]


def test_our_re_invite_is_a_transaction_and_its_answer_is_acknowledged_each_time() -> None:
    call = Call(new_agent())
    call.up()

    hold = offer_of_ours(call)
    assert (hold.headers.first("CSeq"), b"7 2 IN" in hold.body, b"a=sendonly" in hold.body) == ("2 INVITE", True, True)
    assert methods(call.agent.tick(now=1.5)) == ["INVITE"]
    answer = {
        "to": hold,
        "body": OFFER.replace("sendrecv", "recvonly"),
        "extra": "Contact: <sip:moved@127.0.0.1:5066>\r\n",
    }
    outputs = call.gets(200, now=1.6, **answer)
    ack = requests(outputs)[0]

    assert [(event.tag, event.agreed.direction) for event in events(outputs)] == [(call.tag, Direction.SENDONLY)]
    assert (ack.method, ack.headers.first("CSeq")) == ("ACK", "2 ACK")
    assert requests(call.gets(200, now=2.0, **answer)) == [ack]
    assert methods(call.agent.hang_up(call.tag, cause=16, now=3.0)) == ["BYE"]


def test_a_re_invite_that_the_peer_refuses_changes_nothing() -> None:
    call = Call(new_agent())
    call.up()

    assert methods(outputs := call.gets(488, now=1.1, to=offer_of_ours(call))) == ["ACK"]
    assert events(outputs) == []
    session = call.agent.session(call.tag)
    assert session is not None
    assert session.phase is Phase.CONFIRMED


@pytest.mark.parametrize("status", [408, 481])
def test_a_re_invite_to_a_peer_without_the_call_ends_it(status: int) -> None:
    call = Call(new_agent())
    call.up()

    assert events(call.gets(status, now=1.1, to=offer_of_ours(call))) == [Gone(call.tag, "dead")]


def test_a_re_invite_that_is_never_answered_for_good_ends_the_call() -> None:
    call = Call(new_agent())
    call.up()
    call.gets(100, now=1.1, to=offer_of_ours(call))

    assert events(call.agent.tick(now=LIFE + 0.9)) == []
    assert events(call.agent.tick(now=LIFE + 1.0)) == [Gone(call.tag, "dead")]
    call.agent.tick(now=LIFE + 2.0)
    assert call.agent.core.transactions.clients == {}


def test_re_invites_of_both_sides_at_once_are_refused_with_491_and_ours_waits_for_theirs() -> None:
    call = Call(new_agent())
    call.up()
    offer_of_ours(call)

    theirs = call.agent.receive(call.theirs("INVITE", body=OFFER), flow=FLOW, now=1.1)

    assert b"SIP/2.0 491" in theirs[0].data
    assert call.agent.offer(call.tag, direction=Direction.SENDRECV, now=1.2) == []


@pytest.mark.parametrize("to", [b"", b"To: <sip:x@y\r\n", b"To: <sip:x@y>\r\nTo: <sip:z@y>\r\n"])
def test_an_answer_whose_ack_could_not_be_written_is_dropped_and_counted(to: bytes) -> None:
    call = Call(new_agent())
    whole = reply(call.invite, 486)
    line = next(row for row in whole.split(b"\r\n") if row.startswith(b"To: "))

    assert call.agent.receive(whole.replace(line + b"\r\n", to), flow=FLOW, now=0.1) == []
    assert call.agent.counters["malformed-response"] == 1
    assert events(call.agent.receive(whole, flow=FLOW, now=0.2)) == [PeerDeclined(call.tag, 486, "Whatever")]


def test_a_stranger_who_guesses_no_branch_answers_nothing_for_the_peer() -> None:
    call = Call(new_agent())
    forged = reply(call.invite, 200, body=OFFER).replace(b"branch=z9hG4bK", b"branch=z9hG4bKx")

    assert call.agent.receive(forged, flow=FLOW, now=0.1) == []
    assert call.agent.counters["stray-response"] == 1
    assert FLOW.remote == PEER
    assert isinstance(parse(forged), Response)
