"""What ``hotline call --via-switch`` asks of the switch, and what the audit keeps of it."""

import pytest

from hotline.commands.call import masked_target, wish_for
from vocabulary.desk_requests import CallOutAsked
from vocabulary.errors import Permanent


@pytest.mark.parametrize(
    ("number", "to", "wanted"),
    [
        ("12345", None, CallOutAsked(to="12345", talk_s=3.0)),
        ("13900001234", "192.0.2.4:5062", CallOutAsked(to="sip:13900001234@192.0.2.4:5062", talk_s=3.0, greets=True)),
        ("sip:100@192.0.2.4", None, CallOutAsked(to="sip:100@192.0.2.4", talk_s=3.0, greets=True)),
    ],
)
def test_a_number_alone_is_a_line_of_the_house_and_only_others_hear_the_greeting(number, to, wanted) -> None:
    assert wish_for(number, to=to, talk_s=3.0) == wanted


def test_an_address_without_a_port_is_refused() -> None:
    with pytest.raises(Permanent, match="HOST:PORT"):
        wish_for("100", to="192.0.2.4", talk_s=3.0)


@pytest.mark.parametrize("to", ["sip:13900001234@192.0.2.4:5062", "13900001234"])
def test_the_audit_keeps_whom_was_called_without_the_number(to: str) -> None:
    assert "13900001234" not in masked_target(to)
    assert masked_target(to).endswith("1234@192.0.2.4:5062" if "@" in to else "1234")
