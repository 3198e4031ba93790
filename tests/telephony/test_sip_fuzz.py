"""Mutated conversations: whatever comes, the agent answers or drops, counts, and never raises."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.media_protocol import Direction
from telephony.sip.digest import Credentials
from telephony.sip.events import Invited
from telephony.sip.flows import Send
from telephony.sip.parser import parse
from telephony.sip.sdp import OurSide
from tests.telephony.sip_texts import FLOW, OFFER, new_agent, request
from tests.telephony.test_sip_uac import Call, reply, requests

OURS = OurSide(host="127.0.0.1", port=20000, session=7)
ODD = (
    b"\r\n", b"\n", b";", b",", b"<", b">", b'"', b"\\", b":", b"=", b"@", b"[", b"]", b"%", b"%zz", b"\0", b"\xff",
    b" ", b"\t", b"tag=", b"SIP/2.0", b"-1", b"99999999999999999999", b"z9hG4bK", b"v=0\r\n", b"m=audio ", b"c=IN IP4 ",
    "²".encode(), "٣".encode(), "王".encode("gb18030"), b"sip:", b"tel:", b"rport", b"Via: ", b"v:",
)  # fmt: skip


def conversation(to_tag: str) -> list[bytes]:
    return [
        request("INVITE", body=OFFER, extra="Record-Route: <sip:10.0.0.1;lr>\r\n"),
        request("ACK", to_tag=to_tag, branch="z9hG4bKa"),
        request("INVITE", cseq=2, to_tag=to_tag, body=OFFER, branch="z9hG4bKb"),
        request("ACK", cseq=2, to_tag=to_tag, body=OFFER, branch="z9hG4bKc"),
        request("INFO", cseq=3, to_tag=to_tag, body="Signal=1\r\n", branch="z9hG4bKd"),
        request("UPDATE", cseq=4, to_tag=to_tag, body=OFFER, branch="z9hG4bKe"),
        request("OPTIONS", cseq=5, to_tag=to_tag, branch="z9hG4bKf"),
        request("CANCEL"),
        request("BYE", cseq=6, to_tag=to_tag, branch="z9hG4bKg"),
        b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKt3\r\nCSeq: 1 BYE\r\n\r\n",
    ]


def mutated(data: bytes, dice: random.Random) -> bytes:
    octets = bytearray(data)
    for _ in range(dice.randint(0, 4)):
        at = dice.randrange(len(octets) + 1)
        match dice.randrange(5):
            case 0:
                octets[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                octets[at:at] = dice.choice(ODD)
            case 2:
                del octets[at : at + dice.randint(1, 30)]
            case 3:
                octets[at:at] = octets[at : at + dice.randint(1, 60)]
            case _:
                del octets[at:]
        if not octets:
            return b""
    return bytes(octets)


def answers(call: Call) -> list[bytes]:
    """What a peer may say to a call of ours, to its re-INVITE and to its BYE."""
    asks = 'WWW-Authenticate: Digest realm="a", nonce="b", qop="auth"\r\n'
    routes = "Record-Route: <sip:10.0.0.1;lr>\r\n"
    return [
        reply(call.invite, 100),
        reply(call.invite, 183, body=OFFER, extra=routes),
        reply(call.invite, 401, extra=asks),
        reply(call.invite, 200, body=OFFER, extra=routes),
        reply(call.invite, 200, tag="fork", body=OFFER),
        reply(call.invite, 486),
        call.theirs("UPDATE", body=OFFER),
        call.theirs("BYE", cseq=2),
    ]


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0))
def test_mutated_answers_to_a_call_of_ours_never_escape_and_leave_nothing_in_the_end(seed: int) -> None:
    dice = random.Random(seed)
    call, now = Call(new_agent(), credentials=Credentials(username="a", password="b")), 0.0
    agent, ours = call.agent, []
    for data in dice.choices(answers(call), k=10):
        now += dice.choice([0.0, 0.1, 0.6, 40.0])
        outputs = agent.receive(mutated(data, dice), flow=FLOW, now=now)
        outputs += agent.offer(call.tag, direction=Direction.SENDONLY, now=now) if dice.random() < 0.3 else []
        outputs += agent.hang_up(call.tag, cause=16, now=now) if dice.random() < 0.1 else []
        outputs += agent.tick(now=now)
        for request_of_ours in [message for message in requests(outputs) if message.method in {"INVITE", "BYE"}]:
            answer = reply(request_of_ours, dice.choice([100, 200, 401, 481, 491]), body=OFFER)
            outputs += agent.receive(mutated(answer, dice), flow=FLOW, now=now)
        ours += [output for output in outputs if isinstance(output, Send)]

    assert all(parse(output.data) is not None for output in ours)
    for tag in [call.tag, *agent.sessions.all]:
        agent.hang_up(tag, cause=16, now=now)
    for later in (33.0, 66.0, 99.0):
        agent.tick(now=now + later)
        for tag in list(agent.sessions.all):
            agent.hang_up(tag, cause=16, now=now + later)
    agent.tick(now=now + 140.0)
    assert (agent.sessions.all, agent.uac.attempts, agent.core.transactions.clients) == ({}, {}, {})


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0))
def test_a_mutated_conversation_never_escapes_and_every_datagram_we_send_can_be_read(seed: int) -> None:
    dice = random.Random(seed)
    agent, now = new_agent(), 0.0
    for data in conversation("t1") + conversation("t2"):
        now += dice.choice([0.0, 0.1, 0.6, 40.0])
        outputs = agent.receive(mutated(data, dice), flow=FLOW, now=now)
        for output in list(outputs):
            if isinstance(output, Invited):
                answer = agent.accept if dice.random() < 0.8 else agent.refuse
                outputs += (
                    answer(output.tag, ours=OURS, now=now)
                    if answer == agent.accept
                    else agent.refuse(output.tag, status=503, now=now)
                )
        outputs += agent.tick(now=now)
        if dice.random() < 0.1:
            for tag in list(agent.sessions.all):
                outputs += agent.hang_up(tag, cause=16, now=now)
        for output in outputs:
            if isinstance(output, Send):
                assert parse(output.data) is not None

    for tag in list(agent.sessions.all):
        agent.refuse(tag, status=503, now=now)
        agent.hang_up(tag, cause=16, now=now)
    for later in (33.0, 66.0, 99.0):
        agent.tick(now=now + later)
    assert agent.sessions.all == {}
    assert agent.core.transactions.servers == {}
