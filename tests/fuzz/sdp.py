"""Session descriptions: read, agreed to, answered, and read again."""

from pathlib import Path

from telephony.media.rtp_port import checked
from telephony.sip.sdp import MalformedSdp, NotAcceptable, OurSide, agree, answer_sdp, parse_sdp, sdp_part

CORPUS = Path(__file__).parent / "corpus" / "sdp"
OURS = OurSide(host="127.0.0.1", port=20_000, session=7)


def fuzz_one(data: bytes) -> None:
    """Take one body: what is agreed to can be sent to, and our answer has as many streams as the offer."""
    sdp_part("multipart/mixed;boundary=x", data)
    try:
        agreed = agree(parse_sdp(data))
    except (MalformedSdp, NotAcceptable):
        return
    assert checked((agreed.host, agreed.port)) == (agreed.host, agreed.port)
    assert len(parse_sdp(answer_sdp(agreed, OURS))) == len(agreed.streams)
