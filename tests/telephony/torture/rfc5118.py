"""One message for each of the eleven of RFC 5118 (IPv6). The switch itself speaks IPv4: it reads, and says so."""

from tests.telephony.torture.message import SDP, Case, request

_NO_SUCH_METHOD = frozenset({405, 501})
_SIX = SDP.replace("IN IP4 192.0.2.3", "IN IP6 2001:db8::20").replace("IN IP4 192.0.2.4", "IN IP6 2001:db8::20")


def _register(uri: str, via: str = "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3") -> bytes:
    return request(
        "REGISTER",
        line=f"REGISTER {uri} SIP/2.0",
        lines={"Via": via, "Contact": "<sip:caller@[2001:db8::1]>", "Call-ID": "six@[2001:db8::1]"},
    )


CASES = (
    Case(name="ipv6-good", section="4.1", right=_NO_SUCH_METHOD, data=_register("sip:[2001:db8::10]")),
    Case(name="ipv6-bad", section="4.2", right=_NO_SUCH_METHOD | {400}, data=_register("sip:2001:db8::10")),
    Case(name="port-ambiguous", section="4.3", right=_NO_SUCH_METHOD, data=_register("sip:[2001:db8::10:5070]")),
    Case(name="port-unambiguous", section="4.4", right=_NO_SUCH_METHOD, data=_register("sip:[2001:db8::10]:5070")),
    Case(
        name="via-received-param-with-delim",
        section="4.5",
        right=frozenset({481}),
        data=request(
            "BYE",
            lines={
                "Via": "SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111",
                "To": "<sip:12345@example.com>;tag=bd76ya",
            },
        ),
    ),
    Case(
        name="via-received-param-no-delim",
        section="4.5",
        right=frozenset({481}),
        data=request(
            "BYE",
            lines={
                "Via": "SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3-112",
                "To": "<sip:12345@example.com>;tag=bd76ya",
            },
        ),
    ),
    Case(name="ipv6-in-sdp", section="4.6", right=frozenset({100, 488}), data=request("INVITE", body=_SIX)),
    Case(
        name="mult-ip-in-header",
        section="4.7",
        right=_NO_SUCH_METHOD,
        data=request(
            "REGISTER",
            lines={"Via": "SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111"},
            more=(
                "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144",
                "Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200",
            ),
        ),
    ),
    Case(
        name="mult-ip-in-sdp",
        section="4.8",
        right=frozenset({100, 488}),
        data=request(
            "INVITE",
            body="v=0\r\no=tester 1 1 IN IP6 2001:db8::20\r\ns=-\r\nt=0 0\r\nm=audio 6000 RTP/AVP 8\r\nc=IN IP4 192.0.2.1\r\n"
            "m=audio 6002 RTP/AVP 8\r\nc=IN IP6 2001:db8::1\r\n",
        ),
    ),
    Case(
        name="ipv4-mapped-ipv6",
        section="4.9",
        right=frozenset({100, 488}),
        data=request(
            "INVITE",
            lines={"Contact": "<sip:caller@[::ffff:192.0.2.10]:19823>"},
            body=_SIX.replace("2001:db8::20", "::ffff:192.0.2.10"),
        ),
    ),
    Case(
        name="ipv6-bug-abnf-3-colons",
        section="4.10",
        right=frozenset({400, 405, 501}),
        data=_register("sip:[2001:db8:::192.0.2.1]"),
    ),
)
