"""Who asks: by which channel, and by what they can be known again."""

from dataclasses import dataclass
from enum import StrEnum

from vocabulary.personal import ChannelAccount, PhoneNumber


class Channel(StrEnum):
    """The ways to the hotline that a contact and an order can name; telephony is the only one that feeds contacts."""

    PHONE = "phone"
    WEB = "web"
    APP = "app"
    WECHAT = "wechat"


UNKNOWN_ZH = {
    Channel.PHONE: "未显示号码",
    Channel.WEB: "匿名",
    Channel.APP: "匿名",
    Channel.WECHAT: "匿名",
}
"""What stands for somebody who gave nothing to be known by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Somebody who asks. ``identity`` is None for who stays unknown: withheld number, anonymous request.

    A telephone number is the identity of the channel PHONE, an account that of the others; ValueError otherwise.
    """

    channel: Channel
    identity: PhoneNumber | ChannelAccount | None

    def __post_init__(self) -> None:
        if self.identity is None:
            return
        if isinstance(self.identity, PhoneNumber) is not (self.channel is Channel.PHONE):
            raise ValueError(f"{type(self.identity).__name__} identifies nobody on channel {self.channel.value}")
        if not self.identity.reveal():
            raise ValueError("an empty identity is none")

    @property
    def number(self) -> PhoneNumber | None:
        """The number by which the person can be called back, None where there is none."""
        return self.identity if isinstance(self.identity, PhoneNumber) else None

    def masked(self) -> str:
        """Return a form that may be shown and logged."""
        return UNKNOWN_ZH[self.channel] if self.identity is None else self.identity.masked()


def known_by(channel: Channel, identity: str, /) -> Requester:
    """Return who stands in a row: ``identity`` is empty for nobody known."""
    if not identity:
        return Requester(channel=channel, identity=None)
    kind = PhoneNumber if channel is Channel.PHONE else ChannelAccount
    return Requester(channel=channel, identity=kind(identity))


def caller(number: PhoneNumber, /) -> Requester:
    """Return who calls from ``number``, which is empty when it is withheld."""
    return known_by(Channel.PHONE, number.reveal())
