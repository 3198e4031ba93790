"""Settings of the process ``switch``."""

from dataclasses import dataclass, field

from telephony.sip.trunks import Trunk


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchConfig:
    """Settings of the process; paths are absolute; ``sip_port`` 0 takes a free one, which the ready line names."""

    host: str
    """Name of this telephony host, in facts and in the subject of its recordings."""
    media_socket: str
    state: str
    """Folder of the settings copy and the call journal."""
    recordings: str
    """The folder media records to, for stretches that the desk asks for."""
    nats_url: str
    nats_user: str = ""
    nats_password: str = field(default="", repr=False)
    sip_host: str = "127.0.0.1"
    sip_port: int = 5060
    rtp_host: str = "127.0.0.1"
    """Where legs bind."""
    public_host: str = ""
    """Address in our Contact and SDP when we bind to all of them."""
    trunks: tuple[Trunk, ...] = ()
    """Peers beside this machine; anybody else is answered 403."""
