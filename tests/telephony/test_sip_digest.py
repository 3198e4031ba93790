"""Answers to 401 and 407: the vectors of RFC 7616 and RFC 2617, and a call of ours that is asked who we are."""

import pytest

from telephony.sip.digest import Challenge, Credentials, challenge_of, digest
from telephony.sip.events import PeerAnswered, PeerDeclined
from telephony.sip.messages import Headers, Response
from tests.telephony.sip_texts import OFFER, new_agent
from tests.telephony.test_sip_uac import WISH, Call, events, methods, requests

MUFASA = Credentials(username="Mufasa", password="Circle of Life")
NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


def challenge(algorithm: str, *, realm="http-auth@example.org", nonce=NONCE, qop=True) -> Challenge:
    return Challenge(answers_in="Authorization", realm=realm, nonce=nonce, algorithm=algorithm, said_algorithm=True,
                     qop=qop, opaque=None)  # fmt: skip


@pytest.mark.parametrize(
    ("algorithm", "answer"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_vectors_of_rfc_7616_come_out(algorithm: str, answer: str) -> None:
    found = digest(MUFASA, challenge(algorithm), method="GET", uri="/dir/index.html", cnonce=CNONCE)

    assert found == answer


def test_the_vector_of_rfc_2617_comes_out_and_that_without_qop() -> None:
    old = Credentials(username="Mufasa", password="Circle Of Life")
    asked = {"realm": "testrealm@host.com", "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093"}
    named = {"method": "GET", "uri": "/dir/index.html", "cnonce": "0a4f113b"}

    assert digest(old, challenge("MD5", **asked), **named) == "6629fae49393a05397450978507c4ef1"
    assert digest(old, challenge("MD5", **asked, qop=False), **named) == "670fd8c2df070c60b045671b8b24ff02"


def asks(*values: str, status: int = 401) -> Response:
    name = "WWW-Authenticate" if status == 401 else "Proxy-Authenticate"
    return Response(status=status, reason="", headers=Headers(tuple((name, value) for value in values)))


def test_the_first_challenge_that_we_can_answer_is_taken() -> None:
    found = challenge_of(asks(
        'Basic realm="x"', 'Digest realm="a, b", nonce="n", algorithm=SHA-512-256, qop="auth"',
        'Digest realm="a, \\"b\\"", nonce="n", algorithm=sha-256, qop="auth-int, auth", opaque="o"',
        'Digest realm="a", nonce="n"',
    ))  # fmt: skip

    assert found is not None
    assert (found.algorithm, found.realm, found.qop, found.opaque) == ("SHA-256", 'a, "b"', True, "o")
    assert found.answers_in == "Authorization"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Digest",
        'Digest realm="a"',
        'Digest nonce="n"',
        'Digest realm="a", nonce="n", qop="auth-int"',
        "Digest " + "x" * 3000,
    ],
)
def test_what_cannot_be_answered_is_no_challenge(value: str) -> None:
    assert challenge_of(asks(value)) is None


# A call of ours ------------------------------------------------------------------------------------------------------

ASKED = 'Proxy-Authenticate: Digest realm="carrier", nonce="n1", qop="auth", algorithm=SHA-256\r\n'
WITH_NAME = {"credentials": Credentials(username="city", password="secret")}


def test_a_call_that_is_asked_who_we_are_is_sent_again_with_the_answer_and_the_next_number() -> None:
    call = Call(new_agent(), **WITH_NAME)

    outputs = call.gets(407, extra=ASKED)
    again = requests(outputs)[1]

    assert (methods(outputs), events(outputs)) == (["ACK", "INVITE"], [])
    assert (again.call_id, again.headers.first("CSeq")) == (call.invite.call_id, "2 INVITE")
    assert again.headers.first("From") == call.invite.headers.first("From")
    assert again.headers.first("Via") != call.invite.headers.first("Via")
    assert again.body == call.invite.body
    value = again.headers.first("Proxy-Authorization")
    assert 'username="city", realm="carrier", nonce="n1", uri="sip:13900001234@127.0.0.1:5062"' in value
    assert "secret" not in value
    answered = call.gets(200, to=again, now=0.3, body=OFFER)
    assert [type(event) for event in events(answered)] == [PeerAnswered]
    assert requests(answered)[0].headers.first("CSeq") == "2 ACK"
    assert requests(call.agent.hang_up(call.tag, cause=16, now=1.0))[0].headers.first("CSeq") == "3 BYE"


def test_who_is_refused_again_is_not_asked_a_third_time() -> None:
    call = Call(new_agent(), **WITH_NAME)
    again = requests(call.gets(407, extra=ASKED))[1]

    outputs = call.gets(407, to=again, now=0.3, extra=ASKED.replace("n1", "n2"))

    assert (methods(outputs), events(outputs)) == (["ACK"], [PeerDeclined(call.tag, 407, "Whatever")])


def test_without_a_name_or_when_it_was_given_up_a_challenge_is_a_refusal() -> None:
    stranger, given_up = Call(new_agent()), Call(new_agent(), **WITH_NAME)
    given_up.gets(100)
    given_up.agent.hang_up(given_up.tag, cause=16, now=0.2)

    assert events(stranger.gets(407, extra=ASKED)) == [PeerDeclined(stranger.tag, 407, "Whatever")]
    assert events(given_up.gets(407, now=0.3, extra=ASKED)) == [PeerDeclined(given_up.tag, 487, "Whatever")]
    assert WISH.credentials is None
