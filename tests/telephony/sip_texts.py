"""Requests of a made-up telephone, for tests of our side."""

from telephony.sip.flows import Flow, Transport
from telephony.sip.messages import Response
from telephony.sip.parser import parse
from telephony.sip.trunks import Trunk
from telephony.sip.user_agent import UserAgent

PEER = ("127.0.0.1", 5062)
HERE = ("127.0.0.1", 5060)


def flow(host: str, port: int) -> Flow:
    """The way from a peer to the socket of the tests' user agent."""
    return Flow(Transport.UDP, HERE, (host, port))


FLOW = flow(*PEER)
OFFER = (
    "v=0\r\no=peer 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)


def request(
    method: str, *, cseq: int = 1, to_tag: str = "", branch: str = "z9hG4bKone", body: str = "", extra: str = "",
    call: str = "call-1", user: str = "13900001234", number: str = "12345",
) -> bytes:  # fmt: skip
    to = f"<sip:{number}@127.0.0.1>" + (f";tag={to_tag}" if to_tag else "")
    kind = "Content-Type: application/sdp\r\n" if body and "Content-Type" not in extra else ""
    return (
        f"{method} sip:{number}@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;branch={branch}\r\n"
        f"Max-Forwards: 70\r\nFrom: <sip:{user}@127.0.0.1>;tag=peer\r\nTo: {to}\r\nCall-ID: {call}\r\n"
        f"CSeq: {cseq} {method}\r\nContact: <sip:{user}@127.0.0.1:5062>\r\n{extra}{kind}"
        f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
    ).encode()


def response(data: bytes) -> Response:
    message = parse(data)
    assert isinstance(message, Response)
    return message


def counting_tokens():
    numbers = iter(range(1, 1_000_000))
    return lambda: f"t{next(numbers)}"


TRUNK = Trunk(name="carrier", networks=("192.0.2.0/24", "10.0.0.0/8"))


def new_agent(*trunks: Trunk) -> UserAgent:
    return UserAgent(contact=HERE, new_token=counting_tokens(), trunks=trunks or (TRUNK,), headers=("X-Hotline-Seat",))
