"""Transactions of our requests, by a clock that tests move (RFC 3261 §17.1, RFC 6026)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.sip.messages import Headers, Request, Response
from telephony.sip.parser import parse
from telephony.sip.transactions import client
from telephony.sip.transactions.client import ClientTransaction
from telephony.sip.transactions.layer import Transactions
from telephony.sip.transactions.machine import State
from telephony.sip.transactions.timers import LIFE, T4
from tests.telephony.sip_texts import FLOW


def of_ours(method: str) -> Request:
    fields = (
        ("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKours;rport"), ("Max-Forwards", "70"),
        ("Route", "<sip:10.0.0.1;lr>"), ("From", "<sip:a@127.0.0.1>;tag=us"), ("To", "<sip:b@127.0.0.1>"),
        ("Call-ID", "c1"), ("CSeq", f"7 {method}"),
    )  # fmt: skip
    return Request(method=method, uri="sip:b@127.0.0.1", headers=Headers(fields))


def response(status: int, method: str, tag: str = "them") -> Response:
    fields = (
        ("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKours"), ("From", "<sip:a@127.0.0.1>;tag=us"),
        ("To", f"<sip:b@127.0.0.1>;tag={tag}"), ("Call-ID", "c1"), ("CSeq", f"7 {method}"),
    )  # fmt: skip
    return Response(status=status, reason="X", headers=Headers(fields))


def asked(method: str) -> ClientTransaction:
    return client.asked(of_ours(method), flow=FLOW, now=0.0)


def left_alone(held: ClientTransaction, until: float) -> tuple[list[float], float | None]:
    """Return (when something was sent, when the user was told that nobody answered)."""
    times, told, now = [], None, 0.0
    while now < until and not held.over:
        now = round(now + 0.05, 2)
        held, sends, tells = client.ticked(held, now=now)
        times += [now for _ in sends]
        told = now if tells else told
    return times, told


def test_an_invite_goes_out_again_at_t1_doubling_without_bound_and_is_given_up_after_64_t1() -> None:
    assert left_alone(asked("INVITE"), 40) == ([0.5, 1.5, 3.5, 7.5, 15.5, 31.5], LIFE)  # timers A and B


def test_another_request_goes_out_again_at_t1_doubling_to_t2_and_is_given_up_after_64_t1() -> None:
    times, told = left_alone(asked("BYE"), 40)  # timers E and F

    assert times == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert told == LIFE


def test_after_a_provisional_response_an_invite_waits_for_ever_and_another_request_asks_each_t2() -> None:
    ringing, sends, tells = client.received(asked("INVITE"), response(180, "INVITE"), now=0.2)
    trying, _, _ = client.received(asked("BYE"), response(100, "BYE"), now=0.2)

    assert (ringing.running.state, sends, tells) == (State.PROCEEDING, [], True)
    assert left_alone(ringing, 1000) == ([], None)
    assert left_alone(trying, 40) == ([0.5, 4.5, 8.5, 12.5, 16.5, 20.5, 24.5, 28.5], LIFE)


def test_a_refused_invite_is_acknowledged_by_its_transaction_each_time_the_refusal_comes() -> None:
    refused, sends, tells = client.received(asked("INVITE"), response(486, "INVITE"), now=0.2)
    ack = parse(sends[0].data)
    again = client.received(refused, response(486, "INVITE"), now=1.0)

    assert isinstance(ack, Request)
    assert (ack.method, ack.uri, ack.headers.first("CSeq")) == ("ACK", "sip:b@127.0.0.1", "7 ACK")
    assert ack.headers.first("To") == "<sip:b@127.0.0.1>;tag=them"
    assert ack.headers.first("Via") == of_ours("INVITE").headers.first("Via")
    assert ack.headers.all("Route") == ["<sip:10.0.0.1;lr>"]
    assert (tells, again) == (True, (refused, sends, False))


def test_a_refused_invite_is_forgotten_after_timer_d() -> None:
    refused, _, _ = client.received(asked("INVITE"), response(486, "INVITE"), now=0.0)

    assert left_alone(refused, 31.9) == ([], None)
    assert client.ticked(refused, now=LIFE)[0].over


def test_each_2xx_to_an_invite_reaches_its_user_until_timer_m() -> None:
    accepted, sends, tells = client.received(asked("INVITE"), response(200, "INVITE"), now=0.0)

    assert (accepted.running.state, sends, tells) == (State.ACCEPTED, [], True)
    assert client.received(accepted, response(200, "INVITE", tag="fork"), now=31.0) == (accepted, [], True)
    assert client.received(accepted, response(486, "INVITE"), now=31.0) == (accepted, [], False)
    assert not client.ticked(accepted, now=LIFE - 0.1)[0].over
    assert client.ticked(accepted, now=LIFE)[0].over


@pytest.mark.parametrize("status", [200, 481])
def test_the_final_response_to_another_request_is_told_once_and_repeats_are_absorbed_for_t4(status: int) -> None:
    done, sends, tells = client.received(asked("BYE"), response(status, "BYE"), now=0.0)

    assert (done.running.state, sends, tells) == (State.COMPLETED, [], True)
    assert client.received(done, response(status, "BYE"), now=1.0) == (done, [], False)
    assert (client.ticked(done, now=T4 - 0.1)[0].over, client.ticked(done, now=T4)[0].over) == (False, True)


def test_a_response_finds_its_transaction_by_branch_and_method() -> None:
    layer = Transactions()
    layer.ask(of_ours("INVITE"), flow=FLOW, now=0.0)
    layer.ask(of_ours("CANCEL"), flow=FLOW, now=0.0)

    cancelled, _, _ = layer.responded(response(200, "CANCEL"), now=0.1)
    stray, sends, tells = layer.responded(response(200, "BYE"), now=0.1)

    assert cancelled == ("z9hG4bKours", "CANCEL")
    assert (stray, sends, tells) == (None, [], False)
    assert layer.clients["z9hG4bKours", "INVITE"].running.state is State.CALLING


def test_a_response_without_via_or_cseq_is_nobodys() -> None:
    bare = Response(status=200, reason="OK", headers=Headers())

    assert client.key_of_response(bare) is None
    assert client.key_of_response(Response(status=200, reason="", headers=Headers((("CSeq", "7"),)))) is None


@given(
    st.sampled_from(["INVITE", "BYE"]),
    st.lists(
        st.tuples(st.floats(min_value=0, max_value=9), st.sampled_from([0, 100, 180, 200, 404, 503])), max_size=30
    ),
)
def test_a_transaction_sends_a_bounded_number_of_messages_tells_one_end_and_is_over_in_the_end(method, events) -> None:
    held, now, sent, ends = asked(method), 0.0, 1, 0
    for step, status in [*events, (0.0, 200), (LIFE, 0), (LIFE, 0)]:
        now += step
        if not held.over:
            held, sends, tells = client.ticked(held, now=now)
            sent, ends = sent + len(sends), ends + tells
        if status and not held.over:
            held, sends, tells = client.received(held, response(status, method), now=now)
            sent, ends = sent + len(sends), ends + (tells and status >= 300)

    assert held.over
    assert sent <= 12 + len(events)
    assert ends <= 1
