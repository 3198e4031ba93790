"""What one source may take, and who may say that a call is confirmed."""

from collections import Counter

import pytest

from telephony.calls.refusals import LINES_A_SOURCE, LINES_IN_ALL, WINDOW_S, Refusals
from telephony.media_protocol import Codec
from telephony.sip.admission import ACK_S, SHARE
from telephony.sip.events import Confirmed, Gone, Invited, Output, TurnedAway
from telephony.sip.flows import Send
from telephony.sip.messages import Request, Response
from telephony.sip.parser import parse
from telephony.sip.sdp import OurSide, agree, parse_sdp
from telephony.sip.sessions import Phase
from telephony.sip.user_agent import UserAgent
from tests.telephony.sip_texts import FLOW, OFFER, PEER, flow, new_agent, request

OURS = OurSide(host="127.0.0.1", port=20_000, session=7)


def statuses(outputs: list[Output]) -> list[int]:
    sent = [parse(output.data) for output in outputs if isinstance(output, Send)]
    return [message.status for message in sent if isinstance(message, Response)]


def accepted(agent: UserAgent, call: str, *, now: float, source=FLOW) -> str:
    outputs = agent.receive(request("INVITE", body=OFFER, call=call, branch=f"z9hG4bK{call}"), flow=source, now=now)
    tag = next(output.tag for output in outputs if isinstance(output, Invited))
    agent.accept(tag, ours=OURS, now=now)
    return tag


def test_a_source_with_its_share_of_transactions_leaves_room_for_others_and_for_its_calls() -> None:
    agent = new_agent()
    tag = accepted(agent, "talk", now=0.0)
    agent.receive(request("ACK", call="talk", to_tag=tag, branch="z9hG4bKack"), flow=FLOW, now=0.0)
    broken = OFFER.replace("RTP/AVP", "RTP/SAVP")

    def invite(number: int, source: str) -> list[Output]:
        data = request("INVITE", body=broken, call=f"c{number}", branch=f"z9hG4bK{number}")
        return agent.receive(data, flow=flow(source, 5060), now=0.0)

    answers = Counter(status for number in range(SHARE + 500) for status in statuses(invite(number, PEER[0])))

    assert answers == {488: SHARE - 1, 503: 501}
    assert TurnedAway(PEER[0], "too-many-transactions") in invite(SHARE + 500, PEER[0])
    assert statuses(invite(SHARE + 501, "10.0.0.2")) == [488]
    bye = request("BYE", call="talk", cseq=2, to_tag=tag, branch="z9hG4bKbye")
    assert statuses(agent.receive(bye, flow=FLOW, now=0.0)) == [200]
    agent.tick(now=100.0)
    assert statuses(invite(SHARE + 502, PEER[0])) == [488]


def test_a_hundred_calls_of_one_exchange_at_one_moment_are_all_taken() -> None:
    agent = new_agent()

    tags = {accepted(agent, f"c{number}", now=0.0) for number in range(100)}

    assert len(tags) == 100


def test_a_stranger_cannot_confirm_a_call_or_draw_its_requests_to_himself() -> None:
    agent = new_agent()
    tag = accepted(agent, "call-1", now=0.0)
    ack = request("ACK", to_tag=tag, branch="z9hG4bKack")

    assert agent.receive(ack, flow=flow("198.51.100.9", 5060), now=0.1) == []
    assert agent.receive(ack.replace(b"tag=peer", b"tag=other"), flow=FLOW, now=0.1) == []
    assert agent.sessions.all[tag].dialog.flow == FLOW
    assert agent.receive(ack, flow=FLOW, now=0.2) == [Confirmed(tag, None)]


def test_a_stranger_is_told_of_with_each_request() -> None:
    outputs = new_agent().receive(request("INVITE", body=OFFER), flow=flow("198.51.100.9", 5060), now=0.0)

    assert [output for output in outputs if not isinstance(output, Send)] == [TurnedAway("198.51.100.9", "stranger")]


def test_the_call_whose_ack_is_overdue_for_longest_gives_its_place_back() -> None:
    agent = new_agent()
    first, second = accepted(agent, "a", now=0.0), accepted(agent, "b", now=1.0)
    confirmed = accepted(agent, "c", now=0.0)
    agent.receive(request("ACK", call="c", to_tag=confirmed, branch="z9hG4bKack"), flow=FLOW, now=0.1)

    assert agent.make_room(now=ACK_S - 0.1) == []
    outputs = agent.make_room(now=ACK_S + 0.1)

    sent = [parse(output.data) for output in outputs if isinstance(output, Send)]
    assert [message.method for message in sent if isinstance(message, Request)] == ["BYE"]
    assert Gone(first, "no-ack") in outputs
    assert (agent.sessions.all[first].phase, agent.sessions.all[second].phase) == (Phase.LEAVING, Phase.ACCEPTED)
    assert agent.make_room(now=ACK_S + 0.2) == []


@pytest.mark.parametrize("gap", [" ", "\t", "  ", " \t "])
def test_the_number_of_cseq_is_read_as_it_was_checked(gap: str) -> None:
    message = parse(request("INVITE", cseq=77).replace(b"CSeq: 77 INVITE", f"CSeq: 77{gap}INVITE".encode()))

    assert isinstance(message, Request)
    assert message.cseq == 77


@pytest.mark.parametrize("number", [0, 8])
def test_the_payload_type_of_a_codec_is_never_taken_for_keys(number: int) -> None:
    offer = OFFER.replace("a=rtpmap:101", f"a=rtpmap:{number}").replace("8 0 101", "8 0")

    agreed = agree(parse_sdp(offer.encode()))

    assert (agreed.codec, agreed.dtmf_payload_type) == (Codec.PCMA, None)


# Lines of the log ----------------------------------------------------------------------------------------------------


def test_each_source_has_a_few_lines_a_minute_and_the_sum_says_what_was_left_out() -> None:
    refusals, counters = Refusals(), Counter({"malformed-bad-via": 4, "request-INVITE": 9})
    refusals.minute_over(Counter(), now=WINDOW_S)

    lines = [refusals.worth_a_line("stranger", source=f"10.0.0.{number % 2}") for number in range(100)]

    assert sum(lines) == 2 * LINES_A_SOURCE
    assert refusals.minute_over(counters, now=1.5 * WINDOW_S) == {}
    assert refusals.minute_over(counters, now=2 * WINDOW_S) == {"malformed-bad-via": 4, "unlogged-stranger": 94}
    assert refusals.minute_over(counters, now=3 * WINDOW_S) == {}
    assert refusals.worth_a_line("stranger", source="10.0.0.1")
    assert refusals.counts["stranger"] == 101


def test_a_thousand_sources_together_have_a_bounded_number_of_lines() -> None:
    refusals = Refusals()

    lines = [refusals.worth_a_line("stranger", source=f"10.0.{number // 250}.{number % 250}") for number in range(1000)]

    assert sum(lines) == LINES_IN_ALL
