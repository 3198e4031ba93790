"""Timers of transactions, by a clock that tests move."""

from hypothesis import given
from hypothesis import strategies as st

from telephony.sip import transactions
from telephony.sip.messages import Request
from telephony.sip.parser import parse
from telephony.sip.transactions import LIFE, ServerTransaction, State, key_of
from tests.telephony.sip_texts import FLOW, request


def transaction(method: str = "INVITE") -> ServerTransaction:
    message = parse(request(method))
    assert isinstance(message, Request)
    return ServerTransaction(key=key_of(message), flow=FLOW, answers=FLOW)


def sent_at(start: ServerTransaction, until: float) -> list[float]:
    times, now, held = [], 0.0, start
    while now < until:
        now = round(now + 0.05, 2)
        left, data = transactions.ticked(held, now=now)
        if data:
            times.append(now)
        if left is None:
            break
        held = left
    return times


def test_a_refused_invite_is_answered_again_at_t1_doubling_to_t2_until_64_t1() -> None:
    refused = transactions.final(transaction(), b"487", status=487, now=0.0)

    times = sent_at(refused, 40)

    assert times == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert transactions.ticked(refused, now=LIFE) == (None, b"")


def test_an_ack_ends_the_repeats_of_a_refusal() -> None:
    refused = transactions.final(transaction(), b"487", status=487, now=0.0)

    quiet = transactions.acknowledged(refused, now=0.2)

    assert quiet.state is State.CONFIRMED
    assert sent_at(quiet, 5) == []
    assert transactions.repeated(quiet) == b""
    assert transactions.ticked(quiet, now=5.3) == (None, b"")


def test_an_accepted_invite_is_never_repeated_by_its_transaction_but_answers_repeats() -> None:
    accepted = transactions.final(transaction(), b"200", status=200, now=0.0)

    assert sent_at(accepted, 31) == []
    assert transactions.repeated(accepted) == b"200"
    assert transactions.acknowledged(accepted, now=1.0) is accepted


def test_a_finished_bye_answers_repeats_for_64_t1() -> None:
    done = transactions.final(transaction("BYE"), b"200", status=200, now=0.0)

    assert sent_at(done, 31) == []
    assert transactions.repeated(done) == b"200"
    assert transactions.ticked(done, now=LIFE) == (None, b"")


def test_our_own_request_is_repeated_until_64_t1() -> None:
    item = transactions.resending(b"BYE", flow=FLOW, now=0.0)

    held, data = transactions.resent(item, now=0.5)
    assert (data, held is not None) == (b"BYE", True)
    assert transactions.resent(item, now=0.4) == (item, b"")
    assert transactions.resent(item, now=LIFE) == (None, b"")


def key(data: bytes, method: str = "") -> transactions.Key:
    message = parse(data)
    assert isinstance(message, Request)
    return key_of(message, method=method)


def test_ack_and_cancel_find_their_invite() -> None:
    assert key(request("ACK")) == key(request("INVITE"))
    assert key(request("CANCEL"), "INVITE") == key(request("INVITE"))


def test_a_bye_that_uses_the_branch_of_its_invite_again_is_another_transaction() -> None:
    assert key(request("BYE", cseq=2)) != key(request("INVITE"))


def test_a_later_invite_with_the_same_branch_is_another_transaction() -> None:
    assert key(request("INVITE", cseq=2)) != key(request("INVITE"))


def test_branches_without_the_magic_cookie_are_told_apart_by_call_id() -> None:
    assert key(request("INVITE", branch="1", call="a")) != key(request("INVITE", branch="1", call="b"))
    assert key(request("INVITE", branch="1", call="a")) == key(request("INVITE", branch="1", call="a"))


@given(st.lists(st.floats(min_value=0.01, max_value=3), max_size=40), st.sampled_from([200, 487, 503]))
def test_a_transaction_always_ends(steps: list[float], status: int) -> None:
    held: ServerTransaction | None = transactions.final(transaction(), b"x", status=status, now=0.0)
    now, copies = 0.0, 0
    for step in [*steps, LIFE]:
        now += step
        if held is not None:
            held, data = transactions.ticked(held, now=now)
            copies += bool(data)

    assert held is None
    assert copies <= 11
