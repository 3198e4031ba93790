"""What strangers and broken telephones send: it is read in linear time, kept as text, and costs only itself."""

import random
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.boundary import attempt
from runtime.codec import decode_event, encode, encode_event
from runtime.failures import Failure
from runtime.log import read_log
from runtime.postgres import Database
from telephony.calls.legs import Leg, TrunkEndpoint
from telephony.calls.record import Call, call_ended
from telephony.ivr.flow import Ivr
from telephony.sip import addresses, in_dialog, messages, sdp
from telephony.sip.events import Alive, Gone, Invited, Output
from telephony.sip.flows import Send
from telephony.sip.messages import Headers, Request, Response
from telephony.sip.parser import MAX_DATAGRAM, MalformedSip, parse
from telephony.sip.sdp import MalformedSdp, OurSide
from telephony.sip.sessions import PROBE_S, Phase
from telephony.sip.trunks import BadTrunk, Trunk
from telephony.sip.user_agent import UserAgent
from tests.telephony.calls_world import SETTINGS
from tests.telephony.sip_texts import FLOW, OFFER, flow, new_agent, request
from tests.telephony.test_sip_fuzz import mutated
from vocabulary.audio import Party
from vocabulary.calls import EndReason
from vocabulary.errors import HotlineError
from vocabulary.ids import CallId, ContactId, LegId
from vocabulary.text import text_fault

OURS = OurSide(host="127.0.0.1", port=20_000, session=7)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def statuses(outputs: list[Output]) -> list[int]:
    sent = [parse(output.data) for output in outputs if isinstance(output, Send)]
    return [message.status for message in sent if isinstance(message, Response)]


def confirmed(agent: UserAgent, call: str = "call-1", source=FLOW) -> str:
    outputs = agent.receive(request("INVITE", body=OFFER, call=call, branch=f"z9hG4bK{call}"), flow=source, now=0.0)
    tag = next(output.tag for output in outputs if isinstance(output, Invited))
    agent.accept(tag, ours=OURS, now=0.0)
    agent.receive(request("ACK", to_tag=tag, call=call, branch="z9hG4bKack"), flow=source, now=0.1)
    return tag


# Text ----------------------------------------------------------------------------------------------------------------


def fact_of(invited: Invited):
    caller = Leg(id=LegId(UUID(int=3)), party=Party.CALLER, endpoint=TrunkEndpoint(number=invited.caller))
    call = Call(
        call=CallId(UUID(int=1)), contact=ContactId(UUID(int=2)), host="h1",
        legs=(caller,), dialled=invited.dialled, line_name="line", user_agent=invited.user_agent,
        invite_at=NOW, invite_mono=0.0, accepted_at=NOW, settings=SETTINGS,
        ivr=Ivr(menu=SETTINGS.menu, queue="general"),
    )  # fmt: skip
    return call_ended(call, reason=EndReason.CALLER_HUNG_UP, q850=16, at=NOW)


def hostile_user(dice: random.Random) -> bytes:
    odd = (
        b"\xc4\xe3",
        b"%00",
        b"\0",
        b"%ff",
        b"\xed\xa0\x80",
        b"%ed%b0%80",
        "\u202e".encode(),
        b"\x1b[2J",
        b"%0d%0a",
        b"1",
    )
    return b"".join(dice.choice(odd) for _ in range(dice.randint(1, 8)))


def hostile_calls(seed: int) -> list[Invited]:
    """Return the call that a hostile INVITE of this seed became, if it became one."""
    dice = random.Random(seed)
    data = request("INVITE", body=OFFER, extra="User-Agent: UA\r\n")
    data = data.replace(b"<sip:13900001234@", b"<sip:" + hostile_user(dice) + b"@").replace(
        b" sip:12345@", b" sip:" + hostile_user(dice) + b"@", 1
    )
    data = mutated(data.replace(b"UA\r\n", hostile_user(dice).replace(b"\r\n", b"") + b"\r\n"), dice)

    return [output for output in new_agent().receive(data, flow=FLOW, now=0.0) if isinstance(output, Invited)]


def faults_of(invited: Invited) -> list[str]:
    texts = (invited.caller.reveal(), invited.dialled, invited.user_agent, *(value for _, value in invited.headers))
    faults = [fault for text in texts if (fault := text_fault(text, longest=128, lines=False)) is not None]
    fact = fact_of(invited)
    kept = attempt(lambda: (encode(invited.agreed), encode_event(fact))[1], of="test")
    if isinstance(kept, Failure):
        return [*faults, kept.text]
    return faults if decode_event(kept.value) == fact else [*faults, "read back differently"]


@given(st.integers(min_value=0))
def test_whatever_an_invite_says_its_call_can_be_encoded_and_read_again(seed: int) -> None:
    assert [fault for invited in hostile_calls(seed) for fault in faults_of(invited)] == []


def test_enough_of_the_hostile_invites_become_calls() -> None:
    assert sum(len(hostile_calls(seed)) for seed in range(200)) >= 20


@pytest.mark.real
async def test_calls_of_hostile_telephones_are_stored_and_listed(database: Database) -> None:
    agent, dice, facts = new_agent(Trunk(name="t", networks=("127.0.0.1/32",), max_half_open=500)), random.Random(7), []
    for number in range(200):
        data = request("INVITE", body=OFFER, call=f"c{number}", branch=f"z9hG4bK{number}")
        data = data.replace(b"<sip:13900001234@", b"<sip:" + hostile_user(dice) + b"@")
        found = [output for output in agent.receive(data, flow=FLOW, now=0.0) if isinstance(output, Invited)]
        facts += [replace(fact_of(invited), event_id=UUID(int=number + 1)) for invited in found]
    async with database.transaction() as tx:
        for fact in facts:
            tx.emit(fact)

    rows = await read_log(database, after=0, limit=1000)

    assert len(facts) > 100
    assert [row.event for row in rows] == facts


@pytest.mark.parametrize("user", ["anonymous", "Anonymous", "Restricted", "unavailable", "UNKNOWN"])
def test_a_word_in_place_of_a_number_is_a_withheld_number(user: str) -> None:
    outputs = new_agent().receive(request("INVITE", body=OFFER, user=user), flow=FLOW, now=0.0)

    assert [output.caller.reveal() for output in outputs if isinstance(output, Invited)] == [""]


# Time and size -------------------------------------------------------------------------------------------------------

SHAPES = {
    "spaces": b" ", "tabs": b"\t", "angles": b"<", "closing": b">", "quotes": b'"', "backslashes": b"\\", "semicolons": b";",
    "commas": b",", "newlines": b"\n", "folds": b"\n ", "equals": b"=", "colons": b":", "percent": b"%", "brackets": b"[",
    "tag": b";tag", "rport": b";rport", "m": b"m=audio 1 RTP/AVP 8\r\n", "a": b"a=rtpmap:8 X/1\r\n", "c": b"c=IN IP4 1.1.1.1\r\n",
    "signal": b"Signal=\r\n", "via": b"Via: SIP/2.0/UDP x\r\n", "dashes": b"--x", "at": b"@", "lr": b";lr",
}  # fmt: skip


def _readers() -> dict[str, object]:
    def in_line(name: str):
        return lambda octets: parse(
            f"INVITE sip:1@x SIP/2.0\r\n{name}: ".encode() + octets + b"x\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\n\r\n"
        )

    def text(octets: bytes) -> str:
        return octets.decode("latin-1")

    found: dict[str, object] = {name: in_line(name) for name in ("Via", "From", "To", "Contact", "CSeq", "X")}
    found |= {
        "start": lambda octets: parse(b"INVITE " + octets + b" SIP/2.0\r\n\r\n"),
        "whole": lambda octets: parse(octets + b"x"),
        "uri": lambda octets: addresses.parse_uri("sip:" + text(octets)),
        "uri-of": lambda octets: addresses.uri_of(text(octets) + "x"),
        "tag-of": lambda octets: addresses.tag_of(text(octets) + "x"),
        "via": lambda octets: addresses.parse_via("SIP/2.0/UDP" + text(octets) + "x"),
        "stamped": lambda octets: addresses.stamped_via("SIP/2.0/UDP x" + text(octets), ("127.0.0.1", 1)),
        "well-formed": lambda octets: addresses.well_formed(text(octets) + "x"),
        "list": lambda octets: messages.split_list(text(octets)),
        "sdp": lambda octets: sdp.parse_sdp(b"v=0\r\n" + octets),
        "sdp-attribute": lambda octets: sdp.parse_sdp(b"v=0\r\nm=audio 1 RTP/AVP 8\r\na=" + octets + b"\r\n"),
        "sdp-part": lambda octets: sdp.sdp_part('multipart/mixed;boundary="x' + text(octets), b"--x" + octets),
        "info": lambda octets: in_dialog.info_digit(
            Request(method="INFO", uri="sip:1@x", headers=Headers(), body=octets)
        ),
    }
    return found


def _seconds(read, octets: bytes) -> float:
    best = 1.0
    for _ in range(5):
        began = time.process_time()
        with suppress(MalformedSip, MalformedSdp, HotlineError):
            read(octets)
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize("reader", sorted(_readers()))
def test_sixteen_times_the_octets_take_no_square_of_the_time(reader: str) -> None:
    read, slow = _readers()[reader], {}
    for name, shape in SHAPES.items():
        short, long = shape * (750 // len(shape)), shape * (12_000 // len(shape))
        once, sixteen_times = _seconds(read, short), _seconds(read, long)
        if sixteen_times > 64 * max(once, 0.0001):  # the square would be 256 times: as far from that as from 16
            slow[name] = (once, sixteen_times)

    assert SHAPES
    assert slow == {}


def test_a_message_that_is_too_long_is_answered_513_and_never_becomes_a_call() -> None:
    data = request("INVITE", body=OFFER + "a=x\r\n" * MAX_DATAGRAM)

    outputs = new_agent().receive(data, flow=FLOW, now=0.0)

    assert statuses(outputs) == [513]
    assert new_agent().receive(b"INVITE " + b"x" * 60_000, flow=FLOW, now=0.0) == []


@pytest.mark.parametrize("port", ["00000099999", "65536", "-1", "", "1e3", "٣", "99999999999999999999"])
def test_a_port_is_checked_as_it_is_used(port: str) -> None:
    outputs = new_agent().receive(request("INVITE", body=OFFER.replace("4000", port)), flow=FLOW, now=0.0)

    assert statuses(outputs)[0] in {400, 488}


@pytest.mark.parametrize("host", ["224.0.0.1", "255.255.255.255", "0.1.2.3", "999.1.1.1", "localhost", "240.0.0.1"])
def test_sound_is_never_sent_to_a_group_or_to_nobody(host: str) -> None:
    outputs = new_agent().receive(request("INVITE", body=OFFER.replace("127.0.0.1", host)), flow=FLOW, now=0.0)

    assert statuses(outputs) == [488]


# Who is served, and how much ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS", "REGISTER", "BYE"])
def test_a_stranger_gets_403_and_leaves_nothing_behind(method: str) -> None:
    agent = new_agent()

    outputs = agent.receive(
        request(method, body=OFFER if method == "INVITE" else ""), flow=flow("198.51.100.9", 5060), now=0.0
    )

    assert statuses(outputs) == [403]
    assert agent.core.transactions.servers == {}
    assert agent.sessions.all == {}


def test_a_stranger_who_repeats_himself_gets_the_same_answer() -> None:
    agent, data = new_agent(), request("INVITE", body=OFFER)

    first = agent.receive(data, flow=flow("198.51.100.9", 5060), now=0.0)

    assert agent.receive(data, flow=flow("198.51.100.9", 5060), now=1.0) == first


def test_what_begins_nothing_is_answered_without_being_kept() -> None:
    agent = new_agent()
    for number in range(3000):
        for method in ("OPTIONS", "NEWMETHOD", "REGISTER", "BYE", "CANCEL"):
            agent.receive(request(method, branch=f"z9hG4bK{number}", call=f"c{number}"), flow=FLOW, now=0.0)

    assert agent.core.transactions.servers == {}


def test_a_source_that_never_acknowledges_leaves_room_for_others() -> None:
    agent = new_agent(Trunk(name="a", networks=("10.0.0.0/8",), max_half_open=5))

    def invite(number: int, source: str, now: float) -> list[int]:
        data = request("INVITE", body=OFFER, call=f"c{number}", branch=f"z9hG4bK{number}")
        outputs = agent.receive(data, flow=flow(source, 5060), now=now)
        for output in [output for output in outputs if isinstance(output, Invited)]:
            agent.accept(output.tag, ours=OURS, now=now)
        return statuses(outputs)

    flood = [invite(number, "10.0.0.1", 0.1 * number) for number in range(50)]

    assert flood.count([100]) == 9  # the first five are late when the tenth comes
    assert flood.count([503]) == 41
    assert invite(99, "10.0.0.2", 5.0) == [100]


def test_networks_of_a_trunk_are_read_or_named() -> None:
    for networks in (("10.0.0.1/8",), ("nowhere",), ("10.0.0.0/33",), ("::1/128",), ()):
        with pytest.raises(BadTrunk, match="carrier"):
            new_agent(Trunk(name="carrier", networks=networks))
    with pytest.raises(BadTrunk, match="carrier"):
        new_agent(Trunk(name="carrier", networks=("10.0.0.0/8",), media_networks=("x",)))


def test_the_media_networks_of_the_trunk_travel_with_the_call() -> None:
    agent = new_agent(Trunk(name="a", networks=("10.0.0.0/8",), media_networks=("10.9.0.0/16",)))

    outputs = agent.receive(request("INVITE", body=OFFER), flow=flow("10.0.0.1", 5060), now=0.0)

    assert [output.media_networks for output in outputs if isinstance(output, Invited)] == [
        ("10.9.0.0/16", "10.0.0.1/32")
    ]


def test_a_late_fork_after_bye_opens_no_second_call() -> None:
    agent = new_agent()
    tag = confirmed(agent)
    agent.receive(request("BYE", cseq=2, to_tag=tag, branch="z9hG4bKbye"), flow=FLOW, now=1.0)

    late = agent.receive(request("INVITE", body=OFFER, branch="z9hG4bKlate"), flow=FLOW, now=2.0)

    assert statuses(late) == [482]
    agent.tick(now=40.0)
    assert agent.uas.invites == {}


# A peer of whom nothing is heard -------------------------------------------------------------------------------------


def probe_of(outputs: list[Output]) -> Request:
    sent = [parse(output.data) for output in outputs if isinstance(output, Send)]
    found = [message for message in sent if isinstance(message, Request) and message.method == "OPTIONS"]
    assert len(found) == 1
    return found[0]


def reply_to(probe: Request, status: int) -> bytes:
    return f"SIP/2.0 {status} X\r\nVia: {probe.headers.first('Via')}\r\nCSeq: {probe.headers.first('CSeq')}\r\n\r\n".encode()


@pytest.mark.parametrize("status", [200, 405, 501, 503])
def test_a_peer_that_answers_a_probe_is_alive(status: int) -> None:
    agent = new_agent()
    tag = confirmed(agent)

    probe = probe_of(agent.probe(tag, now=1.0))

    assert agent.probe(tag, now=1.5) == []
    assert agent.receive(reply_to(probe, status), flow=FLOW, now=2.0) == [Alive(tag)]
    assert agent.sessions.all[tag].phase is Phase.CONFIRMED


@pytest.mark.parametrize("status", [481, 408])
def test_a_peer_that_knows_nothing_of_the_call_is_gone(status: int) -> None:
    agent = new_agent()
    tag = confirmed(agent)

    probe = probe_of(agent.probe(tag, now=1.0))

    assert agent.receive(reply_to(probe, status), flow=FLOW, now=2.0) == [Gone(tag, "dead")]
    assert tag not in agent.sessions.all


def test_a_peer_that_does_not_answer_a_probe_is_gone_after_a_few_repeats() -> None:
    agent = new_agent()
    tag, sent, gone = confirmed(agent), 0, []
    agent.probe(tag, now=1.0)

    for tenth in range(int(PROBE_S * 10) + 20):
        outputs = agent.tick(now=1.0 + tenth / 10)
        sent += sum(isinstance(output, Send) for output in outputs)
        gone += [output for output in outputs if isinstance(output, Gone)]

    assert 3 <= sent <= 6
    assert gone == [Gone(tag, "dead")]


def test_our_requests_follow_a_peer_whose_address_moved() -> None:
    agent = new_agent()
    data = request("INVITE", body=OFFER).replace(
        b"Via: SIP/2.0/UDP 127.0.0.1:5062", b"Via: SIP/2.0/UDP 192.168.1.7:5062;rport"
    )
    outputs = agent.receive(data, flow=flow("10.0.0.1", 5062), now=0.0)
    tag = next(output.tag for output in outputs if isinstance(output, Invited))
    agent.accept(tag, ours=OURS, now=0.0)
    agent.receive(request("ACK", to_tag=tag, branch="z9hG4bKack"), flow=flow("10.0.0.1", 5062), now=0.1)
    agent.receive(request("INFO", cseq=2, to_tag=tag, branch="z9hG4bKinfo"), flow=flow("10.0.0.1", 61_000), now=1.0)

    sent = [output.flow.remote for output in agent.hang_up(tag, cause=16, now=2.0) if isinstance(output, Send)]

    assert sent == [("10.0.0.1", 61_000)]


# Keys ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "digit"),
    [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "5"),
        ("application/dtmf-relay", "Signal = 5\nDuration = 160\n", "5"),
        ("application/dtmf-relay", "Duration=160\r\nSignal=11\r\n", "#"),
        ("application/dtmf-relay", "Signal=10", "*"),
        ("application/dtmf-relay", "signal=*", "*"),
        ("application/dtmf", "7", "7"),
        ("application/dtmf", "#\r\n", "#"),
        ("application/dtmf", "77", None),
        ("application/dtmf-relay", "Signal=16", None),
        ("application/vnd.x", "Signal=5", None),
        ("application/dtmf-relay", "5", None),
        ("application/dtmf-relay", "", None),
    ],
)
def test_every_form_of_a_key_by_info_is_read(kind: str, body: str, digit: str | None) -> None:
    headers = Headers((("Content-Type", kind),))

    assert in_dialog.info_digit(Request(method="INFO", uri="sip:1@x", headers=headers, body=body.encode())) == digit


DROPPED = {"via-spaces.dat", "from-angles.dat"}
"""Heads beyond the bound: nobody to answer."""


def test_datagrams_that_did_harm_become_a_whole_call_a_refusal_or_nothing() -> None:
    folder = Path(__file__).parent / "datagrams"
    files = sorted(folder.glob("*.dat"))
    assert len(files) >= 10
    for file in files:
        agent = new_agent()
        outputs = agent.receive(file.read_bytes(), flow=FLOW, now=0.0)
        calls = [output for output in outputs if isinstance(output, Invited)]
        refusals = sum(status >= 400 for status in statuses(outputs))
        assert len(calls) + refusals == (0 if file.name in DROPPED else 1), file.name
        for invited in calls:
            assert decode_event(encode_event(fact_of(invited)))
