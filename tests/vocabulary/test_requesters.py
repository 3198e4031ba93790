"""Who asks, and how it is shown."""

import pytest

from vocabulary.personal import ChannelAccount, PhoneNumber
from vocabulary.requesters import Channel, Requester, caller, known_by


@pytest.mark.parametrize(
    ("requester", "shown"),
    [
        (caller(PhoneNumber("19900000101")), "199****0101"),
        (caller(PhoneNumber("")), "未显示号码"),
        (known_by(Channel.APP, "openid-7f3a99"), "op****99"),
        (known_by(Channel.WECHAT, "wx77"), "****"),
        (known_by(Channel.WEB, ""), "匿名"),
    ],
)
def test_an_identity_is_masked_by_its_kind(requester: Requester, shown: str) -> None:
    assert requester.masked() == shown
    assert "19900000101" not in repr(requester)
    assert "7f3a" not in repr(requester)


def test_only_a_telephone_number_can_be_called_back() -> None:
    assert caller(PhoneNumber("19900000101")).number == PhoneNumber("19900000101")
    assert [who.number for who in (caller(PhoneNumber("")), known_by(Channel.APP, "openid-7f3a99"))] == [None, None]


@pytest.mark.parametrize(
    ("channel", "identity"),
    [
        (Channel.PHONE, ChannelAccount("openid-7f3a99")),
        (Channel.APP, PhoneNumber("19900000101")),
        (Channel.PHONE, PhoneNumber("")),
    ],
)
def test_an_identity_is_one_of_its_channel(channel: Channel, identity: PhoneNumber | ChannelAccount) -> None:
    with pytest.raises(ValueError, match="ident"):
        Requester(channel=channel, identity=identity)
