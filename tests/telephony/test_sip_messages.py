"""Reading and writing SIP: what must be understood, what must be refused, and that nothing else can happen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.sip.addresses import Uri, parse_uri, parse_via, stamped_via, tag_of, uri_of
from telephony.sip.messages import Headers, Request, Response, split_list, to_wire
from telephony.sip.parser import MalformedSip, parse
from tests.telephony.sip_texts import request

TORTUOUS = (
    b"\r\n\r\noptions sip:12345@[2001:db8::1]:5070;transport=udp SIP/2.0\n"
    b"v :SIP / 2.0 / UDP  192.0.2.1 :9999 ;branch=z9hG4bK-a\n ;rport,\n\tSIP/2.0/TCP spindle.example.com;branch=z9hG4bKb\n"
    b'f:"Quote, \\" <x>;tag=no" <sip:caller@example.com;lr>\n  ;tag = 98asjd8\n'
    b"T: sip:12345@example.com\nCALL-id:w0ha0isnda977644900765@10.0.0.1\ncseq:  0009 \toptions\n"
    b"max-forwards:0068\nSubject:\nL: 0\nx-strange_header: {}[]|\n\n"
)


def read(data: bytes) -> Request:
    message = parse(data)
    assert isinstance(message, Request)
    return message


def test_compact_lower_case_folded_and_oddly_spaced_headers_are_understood() -> None:
    message = read(TORTUOUS)

    assert message.method == "OPTIONS"
    assert message.cseq == 9
    assert message.call_id == "w0ha0isnda977644900765@10.0.0.1"
    assert len(message.headers.all("Via")) == 2
    via = parse_via(message.headers.all("Via")[0])
    assert via is not None
    assert (via.sent_by, via.parameter("branch"), via.parameter("rport")) == ("192.0.2.1:9999", "z9hG4bK-a", "")
    assert tag_of(message.headers.first("From")) == "98asjd8"
    assert uri_of(message.headers.first("From")) == "sip:caller@example.com;lr"


@pytest.mark.parametrize("name", ["王小明", "O'Neil"])
def test_display_names_in_utf_8_come_back_octet_for_octet(name: str) -> None:
    data = request("OPTIONS").replace(b"From: <", f'From: "{name}" <'.encode())

    assert f'From: "{name}" <'.encode() in to_wire(read(data))


def test_a_display_name_in_gb18030_comes_back_octet_for_octet() -> None:
    raw = '"王小明"'.encode("gb18030")
    data = request("OPTIONS").replace(b"From: <", b"From: " + raw + b" <")

    assert raw in to_wire(read(data))
    assert tag_of(read(data).headers.first("From")) == "peer"


def test_a_keep_alive_is_no_message() -> None:
    assert parse(b"\r\n\r\n") is None
    assert parse(b"\0\0\0\0") is None
    assert parse(b"") is None


def test_a_body_is_cut_to_its_content_length() -> None:
    data = request("INFO", body="abc").replace(b"Content-Length: 3", b"Content-Length: 2")

    assert read(data).body == b"ab"


@pytest.mark.parametrize(
    ("reason", "old", "new"),
    [
        ("bad-content-length", b"Content-Length: 0", b"Content-Length: 99999"),
        ("bad-content-length", b"Content-Length: 0", b"Content-Length: -5"),
        ("bad-cseq", b"CSeq: 1 OPTIONS", b"CSeq: 36893488147419103232 OPTIONS"),
        ("bad-cseq", b"CSeq: 1 OPTIONS", b"CSeq: 4294967296 OPTIONS"),
        ("bad-cseq", b"CSeq: 1 OPTIONS", b"CSeq: OPTIONS"),
        ("cseq-method-differs", b"CSeq: 1 OPTIONS", b"CSeq: 1 INVITE"),
        ("missing-call-id", b"Call-ID: call-1\r\n", b""),
        ("missing-to", b"To: <sip:12345@127.0.0.1>\r\n", b""),
        ("repeated-from", b"Max-Forwards: 70", b"From: <sip:x@y>;tag=2"),
        ("bad-max-forwards", b"Max-Forwards: 70", b"Max-Forwards: 300"),
        ("bad-header-line", b"Max-Forwards: 70", b"this is no header"),
        ("bad-version", b"127.0.0.1 SIP/2.0\r\nVia", b"127.0.0.1 SIP/7.0\r\nVia"),
        ("bad-request-line", b"OPTIONS sip:12345@127.0.0.1 SIP", b"OPTIONS <sip:12345@127.0.0.1> SIP"),
        ("bad-request-line", b"OPTIONS sip:12345@127.0.0.1 SIP", b"OPTIONS sip:12345@127.0.0.1; a=b SIP"),
    ],
)
def test_a_malformed_request_says_why_and_can_be_answered(reason: str, old: bytes, new: bytes) -> None:
    data = request("OPTIONS")
    assert old in data

    with pytest.raises(MalformedSip) as caught:
        parse(data.replace(old, new, 1))

    assert caught.value.reason == reason
    assert caught.value.request is not None
    assert caught.value.status == (505 if reason == "bad-version" else 400)


@pytest.mark.parametrize(
    ("reason", "data"),
    [
        ("bad-start-line", b"hello"),
        ("bad-start-line", b"\xff\xfe\xfd" * 40),
        ("bad-via", b"OPTIONS sip:a@b SIP/2.0\r\nTo: <sip:a@b>\r\n\r\n"),
        ("bad-via", request("OPTIONS").replace(b"SIP/2.0/UDP", b"SIP/9.9")),
        ("bad-via", request("OPTIONS").replace(b":5062;", b":99999;")),
        ("too-many-headers", request("OPTIONS").replace(b"Max-Forwards: 70\r\n", b"X: y\r\n" * 300)),
        ("bad-response", b"SIP/2.0 999 Strange\r\n\r\n"),
        ("bad-response", b"SIP/2.0 200 OK\r\nContent-Length: 7\r\n\r\n"),
    ],
)
def test_what_cannot_be_answered_is_only_counted(reason: str, data: bytes) -> None:
    with pytest.raises(MalformedSip) as caught:
        parse(data)

    assert caught.value.reason == reason
    assert caught.value.request is None


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600))
def test_any_octets_are_a_message_a_keep_alive_or_malformed(data: bytes) -> None:
    try:
        message = parse(data)
    except MalformedSip:
        return
    assert message is None or isinstance(message, Request | Response)


_name = st.sampled_from(["Via", "Subject", "X-Odd", "Contact"])
_value = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=30)


@settings(deadline=None)
@given(st.lists(st.tuples(_name, _value), max_size=8), st.binary(max_size=80))
def test_what_is_written_is_read_back_the_same(fields: list[tuple[str, str]], body: bytes) -> None:
    sent = Response(status=200, reason="OK", headers=Headers(tuple(fields)), body=body)

    back = parse(to_wire(sent))

    assert isinstance(back, Response)
    assert back.body == body
    assert [pair for pair in back.headers if pair[0] != "Content-Length"] == fields


def test_comma_lists_are_split_outside_quotes_and_brackets() -> None:
    assert split_list('"a, b" <sip:x,y@z>, <sip:c@d>;q="1,2" ,') == ['"a, b" <sip:x,y@z>', '<sip:c@d>;q="1,2"']


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("sip:12345@127.0.0.1", Uri(scheme="sip", user="12345", host="127.0.0.1")),
        ("SIPS:a%20b;isub=1:pw@h:99;lr", Uri(scheme="sips", user="a b", host="h", port=99, parameters=";lr")),
        ("tel:+86-139;phone-context=x", Uri(scheme="tel", user="+86-139", host="")),
        ("sip:[::1]", Uri(scheme="sip", user="", host="[::1]")),
    ],
)
def test_the_three_schemes_are_read(text: str, uri: Uri) -> None:
    assert parse_uri(text) == uri


@pytest.mark.parametrize("text", ["http://x", "sip:", "sip:a@b:0", "sip:a@b:70000", "nobodyKnowsThisScheme:x", ""])
def test_other_uris_are_none(text: str) -> None:
    assert parse_uri(text) is None


def test_via_is_stamped_with_what_the_socket_saw() -> None:
    assert (
        stamped_via("SIP/2.0/UDP 10.0.0.9:5060;rport;branch=z9hG4bKx", ("192.0.2.7", 4711))
        == "SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKx;received=192.0.2.7;rport=4711"
    )
    assert stamped_via("SIP/2.0/UDP 127.0.0.1;branch=b", ("127.0.0.1", 9)) == "SIP/2.0/UDP 127.0.0.1;branch=b"
