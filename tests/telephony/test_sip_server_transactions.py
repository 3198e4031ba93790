"""Transactions of peers' requests, by a clock that tests move."""

from hypothesis import given
from hypothesis import strategies as st

from telephony.sip.messages import Request
from telephony.sip.parser import parse
from telephony.sip.transactions import server
from telephony.sip.transactions.machine import Got, State
from telephony.sip.transactions.server import ServerKey, ServerTransaction, key_of
from telephony.sip.transactions.timers import LIFE, T4, resending, resent
from tests.telephony.sip_texts import FLOW, request


def key(data: bytes, method: str = "") -> ServerKey:
    message = parse(data)
    assert isinstance(message, Request)
    return key_of(message, method=method)


def begun(method: str = "INVITE") -> ServerTransaction:
    return server.begun(key(request(method)), flow=FLOW, now=0.0)


def final(status: int, method: str = "INVITE") -> ServerTransaction:
    made, sends = server.answered(begun(method), b"%d" % status, status=status, answers=FLOW, now=0.0)
    assert [send.data for send in sends] == [b"%d" % status]
    return made


def sent_at(held: ServerTransaction, until: float) -> list[float]:
    times, now = [], 0.0
    while now < until and not held.over:
        now = round(now + 0.05, 2)
        held, sends = server.ticked(held, now=now)
        times += [now for _ in sends]
    return times


def over_at(held: ServerTransaction, now: float) -> bool:
    return server.ticked(held, now=now)[0].over


def test_a_refused_invite_is_answered_again_at_t1_doubling_to_t2_until_64_t1() -> None:
    refused = final(487)

    assert sent_at(refused, 40) == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert (over_at(refused, LIFE - 0.1), over_at(refused, LIFE)) == (False, True)


def test_an_ack_ends_the_repeats_of_a_refusal_and_its_own_repeats_are_absorbed_for_t4() -> None:
    quiet, sends = server.heard(final(487), Got.ACK, now=0.2)

    assert (quiet.running.state, sends) == (State.CONFIRMED, [])
    assert sent_at(quiet, 5) == []
    assert server.heard(quiet, Got.ACK, now=1.0) == (quiet, [])
    assert server.heard(quiet, Got.REPEATED, now=1.0) == (quiet, [])
    assert (over_at(quiet, 0.1 + T4), over_at(quiet, 0.2 + T4)) == (False, True)


def test_an_accepted_invite_is_never_repeated_by_its_transaction_but_answers_repeats() -> None:
    accepted = final(200)

    assert sent_at(accepted, 31) == []
    assert [send.data for send in server.heard(accepted, Got.REPEATED, now=1.0)[1]] == [b"200"]
    assert server.heard(accepted, Got.ACK, now=1.0) == (accepted, [])
    assert over_at(accepted, LIFE)


def test_a_request_that_is_not_answered_yet_says_nothing_when_it_is_repeated() -> None:
    assert server.heard(begun(), Got.REPEATED, now=0.1)[1] == []
    assert server.heard(begun("BYE"), Got.REPEATED, now=0.1)[1] == []


def test_a_provisional_answer_is_repeated_with_the_invite_and_ends_nothing() -> None:
    trying, _ = server.answered(begun(), b"100", status=100, answers=FLOW, now=0.0)

    assert [send.data for send in server.heard(trying, Got.REPEATED, now=1.0)[1]] == [b"100"]
    assert not over_at(trying, 1000.0)


def test_a_finished_bye_answers_repeats_for_64_t1() -> None:
    done = final(200, "BYE")

    assert sent_at(done, 31) == []
    assert [send.data for send in server.heard(done, Got.REPEATED, now=1.0)[1]] == [b"200"]
    assert over_at(done, LIFE)


def test_a_second_final_answer_changes_nothing() -> None:
    refused = final(487)

    assert server.answered(refused, b"200", status=200, answers=FLOW, now=1.0) == (refused, [])


def test_our_2xx_is_repeated_until_64_t1() -> None:
    item = resending(b"200", flow=FLOW, now=0.0)

    held, data = resent(item, now=0.5)
    assert (data, held is not None) == (b"200", True)
    assert resent(item, now=0.4) == (item, b"")
    assert resent(item, now=LIFE) == (None, b"")


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
    held = final(status)
    now, copies = 0.0, 0
    for step in [*steps, LIFE]:
        now += step
        held, sends = server.ticked(held, now=now)
        copies += len(sends)

    assert held.over
    assert copies <= 11
