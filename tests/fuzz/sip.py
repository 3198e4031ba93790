"""SIP datagrams, one after the other into one agent, and what they become behind the parser."""

from pathlib import Path

from runtime.codec import decode, decode_event, encode, encode_event
from telephony.sip.events import Invited
from telephony.sip.flows import Send
from telephony.sip.parser import parse
from telephony.sip.sdp import Agreed, OurSide
from telephony.sip.user_agent import UserAgent
from tests.telephony.sip_texts import FLOW, new_agent
from tests.telephony.test_sip_hostile import fact_of

CORPUS = Path(__file__).parent / "corpus" / "sip"
OURS = OurSide(host="127.0.0.1", port=20_000, session=7)
_LONGEST = 65_507
_A_LIFE = 400
_agent: UserAgent = new_agent()
_fed = 0


def fuzz_one(data: bytes) -> None:
    """Take one datagram: every output can be sent or stored, what we send can be read, and state stays bounded."""
    global _agent, _fed  # noqa: PLW0603  a conversation needs one agent for many datagrams
    _fed += 1
    if _fed % _A_LIFE == 0:
        _agent = new_agent()
    now = _fed * 0.05
    outputs = _agent.receive(data, flow=FLOW, now=now)
    for output in list(outputs):
        if isinstance(output, Invited):
            fact = fact_of(output)
            assert decode_event(encode_event(fact)) == fact
            if output.agreed is not None:
                assert decode(encode(output.agreed), Agreed) == output.agreed
            outputs += _agent.accept(output.tag, ours=OURS, now=now)
    outputs += _agent.tick(now=now)
    for output in outputs:
        if isinstance(output, Send):
            assert len(output.data) <= _LONGEST
            assert parse(output.data) is not None
            assert 0 < output.flow.remote[1] < 65_536
    assert len(_agent.sessions.all) <= _A_LIFE
    assert len(_agent.core.transactions.servers) <= 2 * _A_LIFE
