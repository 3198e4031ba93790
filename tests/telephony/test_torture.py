"""What the user agent answers to the messages of RFC 4475 and RFC 5118."""

import pytest

from telephony.sip.events import Invited
from telephony.sip.flows import Send
from telephony.sip.messages import Response
from telephony.sip.parser import parse
from tests.telephony.sip_texts import flow, new_agent
from tests.telephony.torture import rfc4475, rfc5118
from tests.telephony.torture.message import Case

PEER = ("192.0.2.2", 5062)


def _cases() -> list[object]:
    return [pytest.param(case, id=case.name) for case in (*rfc4475.CASES, *rfc5118.CASES)]


def _answers(data: bytes) -> tuple[set[int], list[Invited]]:
    outputs = new_agent().receive(data, flow=flow(*PEER), now=0.0)
    sent = [parse(output.data) for output in outputs if isinstance(output, Send)]
    return (
        {message.status for message in sent if isinstance(message, Response)},
        [e for e in outputs if isinstance(e, Invited)],
    )


@pytest.mark.parametrize("case", _cases())
def test_the_answer_is_one_that_the_rfc_allows(case: Case) -> None:
    statuses, calls = _answers(case.data)

    if not case.right:
        assert statuses == set()
    elif 0 in case.right and not statuses:
        pass  # without a From, To and Call-ID there is nobody to answer
    else:
        assert len(statuses) == 1
        assert statuses <= case.right
    assert len(calls) == (1 if statuses == {100} else 0)


def test_there_is_a_message_for_every_section() -> None:
    assert len({case.name for case in rfc4475.CASES}) == 49
    assert len({case.name for case in rfc5118.CASES}) == 11
