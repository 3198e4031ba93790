"""The user agent server, datagram by datagram."""

import pytest

from telephony.calls.reception import wanted_seat
from telephony.sip.events import Confirmed, DigitSignalled, Gone, Invited, Output, Renegotiated, Withdrawn
from telephony.sip.flows import Send
from telephony.sip.messages import Request
from telephony.sip.parser import parse
from telephony.sip.sdp import OurSide
from telephony.sip.user_agent import UserAgent
from tests.telephony.sip_texts import FLOW, OFFER, PEER, flow, new_agent, request, response

OURS = OurSide(host="127.0.0.1", port=20000, session=7)


def statuses(outputs: list[Output]) -> list[int]:
    return [response(output.data).status for output in outputs if isinstance(output, Send)]


def others(outputs: list[Output]) -> list[Output]:
    return [output for output in outputs if not isinstance(output, Send)]


def told(agent: UserAgent, data: bytes, now: float = 0.0, source=FLOW) -> list[Output]:
    return agent.receive(data, flow=source, now=now)


def invited(agent: UserAgent, **options) -> Invited:
    found = [e for e in told(agent, request("INVITE", body=OFFER, **options)) if isinstance(e, Invited)]
    return found[0]


def accepted(agent: UserAgent, **options) -> tuple[str, str]:
    """Return (our tag, SDP answer) of a call whose ACK came."""
    tag = invited(agent, **options).tag
    answer = next(e for e in agent.accept(tag, ours=OURS, now=0.0) if isinstance(e, Send))
    assert others(told(agent, request("ACK", to_tag=tag, branch="z9hG4bKack"))) == [Confirmed(tag, None)]
    return tag, response(answer.data).body.decode()


def test_an_invite_is_answered_100_at_once_and_200_with_our_tag_contact_and_sdp() -> None:
    agent = new_agent()

    outputs = told(agent, request("INVITE", body=OFFER, extra="User-Agent: tester\r\n"))
    call = outputs[1]
    assert isinstance(call, Invited)
    assert statuses(outputs) == [100]
    assert (call.caller.reveal(), call.dialled, call.user_agent) == ("13900001234", "12345", "tester")
    answer = next(e for e in agent.accept(call.tag, ours=OURS, now=0.1) if isinstance(e, Send))
    ok = response(answer.data)

    assert (ok.status, answer.flow.remote) == (200, PEER)
    assert ok.headers.first("To").endswith(f";tag={call.tag}")
    assert ok.headers.first("Contact") == "<sip:127.0.0.1:5060>"
    assert b"m=audio 20000 RTP/AVP 8 101" in ok.body


def test_a_repeated_invite_gets_the_last_response_and_makes_no_second_call() -> None:
    agent = new_agent()
    call = invited(agent)

    assert (statuses(again := told(agent, request("INVITE", body=OFFER))), others(again)) == ([100], [])
    agent.accept(call.tag, ours=OURS, now=0.1)
    assert (statuses(again := told(agent, request("INVITE", body=OFFER))), others(again)) == ([200], [])


def test_our_200_is_repeated_until_the_ack() -> None:
    agent = new_agent()
    tag = invited(agent).tag
    agent.accept(tag, ours=OURS, now=0.0)

    assert statuses(agent.tick(now=0.4)) == []
    assert statuses(agent.tick(now=0.5)) == [200]
    assert statuses(agent.tick(now=1.5)) == [200]
    told(agent, request("ACK", to_tag="a-wrong-tag", branch="z9hG4bKelse"), now=1.6)
    assert statuses(agent.tick(now=5.6)) == []


def test_without_an_ack_in_64_t1_we_hang_up() -> None:
    agent = new_agent()
    tag = invited(agent).tag
    agent.accept(tag, ours=OURS, now=0.0)

    outputs = agent.tick(now=32.0)

    assert others(outputs) == [Gone(tag, "no-ack")]
    assert [e.data.split()[0] for e in outputs if isinstance(e, Send)] == [b"BYE"]


def test_cancel_before_the_answer_gets_200_and_the_invite_487_until_its_ack() -> None:
    agent = new_agent()
    tag = invited(agent).tag

    outputs = told(agent, request("CANCEL"))

    assert statuses(outputs) == [200, 487]
    assert others(outputs) == [Withdrawn(tag)]
    assert statuses(agent.tick(now=0.5)) == [487]
    assert told(agent, request("ACK", to_tag=tag)) == []
    assert agent.tick(now=1.5) == []
    assert agent.accept(tag, ours=OURS, now=2.0) == []


def test_cancel_after_the_answer_is_harmless() -> None:
    agent = new_agent()
    tag = invited(agent).tag
    agent.accept(tag, ours=OURS, now=0.0)

    outputs = told(agent, request("CANCEL"))

    assert (statuses(outputs), others(outputs)) == ([200], [])
    assert tag in agent.sessions.all


def test_cancel_of_nothing_is_481() -> None:
    assert statuses(told(new_agent(), request("CANCEL"))) == [481]


def test_bye_ends_the_dialog_and_is_answered_again_when_repeated() -> None:
    agent = new_agent()
    tag, _ = accepted(agent)
    bye = request("BYE", cseq=2, to_tag=tag)

    outputs = told(agent, bye)

    assert (statuses(outputs), others(outputs)) == ([200], [Gone(tag, "bye")])
    assert (statuses(again := told(agent, bye)), others(again)) == ([200], [])
    assert statuses(told(agent, request("BYE", cseq=3, to_tag=tag, branch="z9hG4bKlater"))) == [481]


@pytest.mark.parametrize("method", ["BYE", "INVITE", "UPDATE", "INFO", "OPTIONS"])
def test_requests_of_an_unknown_dialog_are_481(method: str) -> None:
    agent = new_agent()
    accepted(agent)

    assert statuses(told(agent, request(method, cseq=2, to_tag="unknown", branch="z9hG4bKtwo"))) == [481]


def test_a_re_invite_is_answered_on_the_same_port_with_the_next_version_and_the_mirrored_direction() -> None:
    agent = new_agent()
    tag, first = accepted(agent)
    hold = OFFER.replace("sendrecv", "sendonly")

    outputs = told(agent, request("INVITE", cseq=2, to_tag=tag, branch="z9hG4bKtwo", body=hold))
    ok = next(response(e.data) for e in outputs if isinstance(e, Send))
    body = ok.body.decode()

    assert ok.headers.first("To").count("tag=") == 1
    assert ("7 1 IN" in first, "7 2 IN" in body, "audio 20000" in body, "recvonly" in body) == (True,) * 4
    assert [type(e) for e in others(outputs)] == [Renegotiated]
    assert statuses(agent.tick(now=0.5)) == [200]
    told(agent, request("ACK", cseq=2, to_tag=tag, branch="z9hG4bKack2"))
    assert statuses(agent.tick(now=1.6)) == []


def test_a_re_invite_we_cannot_speak_is_488_and_the_call_stays() -> None:
    agent = new_agent()
    tag, _ = accepted(agent)
    secure = OFFER.replace("RTP/AVP", "RTP/SAVP")

    assert statuses(told(agent, request("INVITE", cseq=2, to_tag=tag, branch="z9hG4bKtwo", body=secure))) == [488]
    assert tag in agent.sessions.all


def test_a_re_invite_with_an_old_cseq_is_500() -> None:
    agent = new_agent()
    tag, _ = accepted(agent)

    assert statuses(told(agent, request("INVITE", cseq=1, to_tag=tag, branch="z9hG4bKtwo", body=OFFER))) == [500]


def test_a_merged_invite_is_482() -> None:
    agent = new_agent()
    invited(agent)

    assert statuses(told(agent, request("INVITE", branch="z9hG4bKother", body=OFFER))) == [482]


def test_a_late_offer_is_ours_and_the_answer_comes_in_the_ack() -> None:
    agent = new_agent()
    call = next(e for e in told(agent, request("INVITE")) if isinstance(e, Invited))
    assert call.agreed is None
    ok = next(response(e.data) for e in agent.accept(call.tag, ours=OURS, now=0.0) if isinstance(e, Send))
    assert b"RTP/AVP 8 0 101" in ok.body

    outputs = told(agent, request("ACK", to_tag=call.tag, body=OFFER.replace("8 0 101", "0 101"), branch="z9hG4bKa"))

    confirmed = outputs[0]
    assert isinstance(confirmed, Confirmed)
    assert confirmed.agreed is not None
    assert confirmed.agreed.codec == "PCMU"


def test_a_late_offer_without_an_answer_ends_the_call() -> None:
    agent = new_agent()
    tag = next(e for e in told(agent, request("INVITE")) if isinstance(e, Invited)).tag
    agent.accept(tag, ours=OURS, now=0.0)

    outputs = told(agent, request("ACK", to_tag=tag, branch="z9hG4bKa"))

    assert others(outputs) == [Gone(tag, "no-codec")]


def test_options_says_what_we_allow_or_503_while_new_calls_are_refused() -> None:
    agent = new_agent()
    ok = response(told(agent, request("OPTIONS"))[0].data)
    assert (ok.status, "INVITE" in ok.headers.first("Allow")) == (200, True)

    agent.uas.available = False

    busy = response(told(agent, request("OPTIONS", branch="z9hG4bKtwo"))[0].data)
    assert (busy.status, busy.headers.first("Retry-After")) == (503, "10")


@pytest.mark.parametrize(
    ("data", "status", "header"),
    [
        (request("REGISTER"), 405, "Allow"),
        (request("DANCE"), 501, "Allow"),
        (request("INVITE", body=OFFER, extra="Require: 100rel, nothing\r\n"), 420, "Unsupported"),
        (request("INVITE", body="hello", extra="Content-Type: text/plain\r\n"), 415, "Accept"),
        (request("INVITE", body=OFFER, extra="Content-Encoding: gzip\r\n"), 415, "Accept"),
        (request("INVITE", body="v=7\r\n"), 400, "To"),
        (request("INVITE", body=OFFER.replace("RTP/AVP", "RTP/SAVP")), 488, "Accept"),
        (request("INVITE", body=OFFER.replace("8 0 101", "111")), 488, "Accept"),
        (request("INVITE", body=OFFER).replace(b"INVITE sip:", b"INVITE nope:"), 416, "To"),
        (request("INVITE", body=OFFER).replace(b"Content-Length: ", b"Content-Length: 9"), 400, "Warning"),
    ],
)
def test_what_we_cannot_do_is_refused_by_its_code(data: bytes, status: int, header: str) -> None:
    refusal = response(told(new_agent(), data)[0].data)

    assert refusal.status == status
    assert refusal.headers.first(header)
    assert "tag=" in refusal.headers.first("To")


def test_malformed_datagrams_are_counted_by_reason() -> None:
    agent = new_agent()

    assert told(agent, b"hello") == []
    assert told(agent, b"\xff" * 900) == []

    assert agent.counters["malformed-bad-start-line"] == 2


def test_our_bye_follows_the_route_set_and_is_repeated_until_answered() -> None:
    agent = new_agent()
    routes = "Record-Route: <sip:10.0.0.1;lr>, <sip:10.0.0.2:5070;lr>\r\n"
    tag, _ = accepted(agent, extra=routes)

    sent = agent.hang_up(tag, cause=16, now=1.0)[0]
    assert isinstance(sent, Send)
    bye = parse(sent.data)
    assert isinstance(bye, Request)

    assert sent.flow.remote == ("10.0.0.1", 5060)
    assert bye.headers.all("Route") == ["<sip:10.0.0.1;lr>", "<sip:10.0.0.2:5070;lr>"]
    assert (bye.uri, bye.headers.first("Reason")) == ("sip:13900001234@127.0.0.1:5062", "Q.850;cause=16")
    assert bye.headers.first("From").endswith(f"tag={tag}")
    assert len(agent.tick(now=1.5)) == 1
    via = bye.headers.first("Via").encode()
    told(agent, b"SIP/2.0 200 OK\r\nVia: " + via + b"\r\nTo: <sip:x@y>;tag=random\r\nCSeq: 1 BYE\r\n\r\n", now=1.6)
    assert agent.tick(now=3.0) == []
    assert agent.sessions.all == {}


def test_record_route_comes_back_in_the_200() -> None:
    agent = new_agent()
    tag = invited(agent, extra="Record-Route: <sip:10.0.0.1;lr>\r\n").tag

    ok = next(response(e.data) for e in agent.accept(tag, ours=OURS, now=0.0) if isinstance(e, Send))

    assert ok.headers.all("Record-Route") == ["<sip:10.0.0.1;lr>"]


def test_a_hang_up_before_the_ack_waits_for_it() -> None:
    agent = new_agent()
    tag = invited(agent).tag
    agent.accept(tag, ours=OURS, now=0.0)

    assert agent.hang_up(tag, cause=16, now=0.1) == []
    outputs = told(agent, request("ACK", to_tag=tag, branch="z9hG4bKa"), now=0.2)

    assert [e.data.split()[0] for e in outputs if isinstance(e, Send)] == [b"BYE"]


def test_info_with_a_digit_is_answered_and_told() -> None:
    agent = new_agent()
    tag, _ = accepted(agent)
    info = request("INFO", cseq=2, to_tag=tag, branch="z9hG4bKi", body="Signal=5\r\nDuration=160\r\n",
                   extra="Content-Type: application/dtmf-relay\r\n")  # fmt: skip

    outputs = told(agent, info)

    assert (statuses(outputs), others(outputs)) == ([200], [DigitSignalled(tag, "5")])


def test_update_with_sdp_is_answered_and_needs_no_ack() -> None:
    agent = new_agent()
    tag, _ = accepted(agent)

    outputs = told(agent, request("UPDATE", cseq=2, to_tag=tag, branch="z9hG4bKu", body=OFFER))

    assert (statuses(outputs), [type(e) for e in others(outputs)]) == ([200], [Renegotiated])
    assert agent.tick(now=0.6) == []


def test_only_this_machine_may_ask_for_a_seat() -> None:
    asked = {"extra": "X-Hotline-Seat: 007\r\n"}

    here = invited(new_agent(), **asked)
    stranger = told(new_agent(), request("INVITE", body=OFFER, **asked), source=flow("192.0.2.4", 5062))[1]

    assert wanted_seat(here) == "007"
    assert isinstance(stranger, Invited)
    assert wanted_seat(stranger) == ""


def test_responses_go_where_rport_says() -> None:
    data = request("OPTIONS", branch="z9hG4bKone;rport")

    sent = told(new_agent(), data, source=flow("127.0.0.1", 40001))[0]

    assert sent.flow.remote == ("127.0.0.1", 40001)
    assert b"received=127.0.0.1;rport=40001" in sent.data


def test_everything_is_forgotten_at_the_end() -> None:
    agent = new_agent()
    tag, _ = accepted(agent)
    told(agent, request("BYE", cseq=2, to_tag=tag), now=1.0)
    told(agent, request("OPTIONS", branch="z9hG4bKo"), now=1.0)

    agent.tick(now=40.0)

    assert (agent.sessions.all, agent.core.transactions.servers) == ({}, {})
