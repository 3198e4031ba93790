"""Who may send us signalling: the networks of the carriers and exchanges that a city has named. No I/O."""

from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from telephony.sip.digest import Credentials
from vocabulary.errors import Permanent


class BadTrunk(Permanent):
    """A trunk whose networks cannot be read; the text names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """Peers that belong together. Networks are IPv4 in CIDR form, a single address is /32.

    ``media_networks`` are hosts their sound may come from beside the one that SDP names; ``max_half_open`` bounds the
    calls of one source that it does not acknowledge within half a second.
    """

    name: str
    networks: tuple[str, ...]
    media_networks: tuple[str, ...] = ()
    max_half_open: int = 25
    username: str = ""
    password: str = field(default="", repr=False)
    """Who we are when a call of ours is asked (RFC 8760); nothing is answered without a name."""

    @property
    def credentials(self) -> Credentials | None:
        """Who we are for its peers."""
        return Credentials(username=self.username, password=self.password) if self.username else None


LOOPBACK = Trunk(name="loopback", networks=("127.0.0.0/8",))
"""This machine itself: test calls and the demonstration."""


class Trunks:
    """Finds the trunk of a source."""

    def __init__(self, trunks: tuple[Trunk, ...]) -> None:
        """Take all trunks; BadTrunk when a network cannot be read. Loopback is always there."""
        self._rows = [(IPv4Network(LOOPBACK.networks[0]), LOOPBACK)]
        for trunk in trunks:
            if not trunk.networks or trunk.max_half_open < 1:
                raise BadTrunk(f"trunk {trunk.name!r} needs a network and max_half_open of 1 or more")
            self._rows += [(_network(text, trunk), trunk) for text in trunk.networks]
            for text in trunk.media_networks:
                _network(text, trunk)

    def of(self, host: str, /) -> Trunk | None:
        """Return the trunk with the smallest network that holds ``host``, None for a stranger."""
        try:
            address = IPv4Address(host)
        except AddressValueError:
            return None
        fitting = [(network, trunk) for network, trunk in self._rows if address in network]
        return max(fitting, key=lambda row: row[0].prefixlen)[1] if fitting else None


def _network(text: str, trunk: Trunk) -> IPv4Network:
    try:
        return IPv4Network(text)
    except ValueError as error:
        raise BadTrunk(f"trunk {trunk.name!r}: {text!r} is no IPv4 network ({error})") from None
