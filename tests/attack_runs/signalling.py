"""Attacks on the SIP port. Strangers have addresses 127.0.0.2 and above, the talking caller 127.0.0.1."""

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.fault_runs.bounds import Check
from tests.fault_runs.caller import NotAnswered, calling
from tests.fault_runs.whole_house import WholeHouse

DATAGRAMS, A_SECOND = 50_000, 2_000
HALF_OPEN, OPTIONS = 200, 6_500
ACCEPTED_S = 2.0


def sdp(host: str, port: int | str) -> str:
    """An offer of PCMA to ``host:port``."""
    return (
        f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
    )


def message(method: str, *, source: str, body: str = "", changes: dict[str, str] | None = None, uri: str = "") -> bytes:
    """A request outside a dialog; ``changes`` replace or add header lines, octets are written in Latin-1."""
    headers = {
        "Via": f"SIP/2.0/UDP {source}:5099;rport;branch=z9hG4bK{random.getrandbits(64):x}",
        "Max-Forwards": "70",
        "From": f"<sip:13900001234@{source}>;tag={random.getrandbits(32):x}",
        "To": "<sip:12345@127.0.0.1>",
        "Call-ID": f"{random.getrandbits(64):x}@{source}",
        "CSeq": f"1 {method}",
        "Contact": f"<sip:13900001234@{source}:5099>",
        **({"Content-Type": "application/sdp"} if body else {}),
        **(changes or {}),
        "Content-Length": str(len(body)),
    }
    lines = [
        f"{method} {uri or 'sip:12345@127.0.0.1'} SIP/2.0",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode("latin-1", "replace")


def hostile(source: str) -> dict[str, bytes]:
    """One message of each kind that has stopped a switch or its media before."""
    offer = sdp(source, 40_000)
    invite = {
        "octets that are no UTF-8 in From": {"From": '"\xc4\xe3\xba\xc3" <sip:\xb1\xb1\xbe\xa9@x>;tag=1'},
        "NUL in From": {"From": "<sip:139\x0000@x>;tag=2"},
        "escaped NUL in From": {"From": "<sip:139%0000@x>;tag=3"},
        "NUL in User-Agent": {"User-Agent": "x\x00y"},
        "spaces in Via": {"Via": "SIP/2.0/UDP" + " " * 20_000 + "x;branch=z9hG4bK1"},
        "angles in From": {"From": "<" * 20_000},
        "angles in Contact": {"Contact": "<" * 20_000},
    }  # fmt: skip
    found = {name: message("INVITE", source=source, body=offer, changes=changes) for name, changes in invite.items()}
    found["octets that are no UTF-8 in the URI"] = message(
        "INVITE", source=source, body=offer, uri="sip:\xb1\xb1\xbe\xa9@127.0.0.1"
    )
    for port in ("00000099999", "-5", "65536", "1e3", ""):
        found[f"port {port!r} in SDP"] = message("INVITE", source=source, body=sdp(source, port))
    for host in ("999.1.1.1", "::1", "localhost", "0.0.0.0", "224.0.0.1", "255.255.255.255"):
        found[f"host {host} in SDP"] = message("INVITE", source=source, body=sdp(host, 40_000))
    found["newlines in INFO"] = message("INFO", source=source, body="\n" * 20_000)
    found["a long datagram"] = message("INVITE", source=source, body="a" * 60_000)
    return found


@asynccontextmanager
async def stranger(address: str) -> AsyncIterator[socket.socket]:
    """A UDP socket of another host."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setblocking(False)
    opened.bind((address, 0))
    try:
        yield opened
    finally:
        opened.close()


async def new_call(house: WholeHouse) -> Check:
    """Whether a citizen who dials now is accepted."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(ACCEPTED_S + 10), calling(house.sip, number="12345", caller="19900007777"):
            took: float | None = time.monotonic() - began
    except (TimeoutError, NotAnswered):
        took = None
    shown = None if took is None else round(took, 2)
    return Check(
        name="new_call_s", measured=shown, bound=f"≤ {ACCEPTED_S:g}", ok=took is not None and took <= ACCEPTED_S
    )


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return ``data`` with some octets changed, cut out, doubled or put in."""
    octets = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(octets) + 1)
        match chance.randrange(4):
            case 0:
                octets[at : at + chance.randint(1, 4)] = chance.randbytes(chance.randint(1, 4))
            case 1:
                del octets[at : at + chance.randint(1, 40)]
            case 2:
                octets[at:at] = octets[at : at + chance.randint(1, 60)] * chance.randint(1, 20)
            case _:
                octets[at:at] = chance.choice([b"\0", b"\xff", b"%00", b"\r\n", b"<", b'"', b";", b"99999999999"])
    return bytes(octets[:60_000]) or b"\0"


async def datagrams(house: WholeHouse) -> list[Check]:
    """50,000 mutated messages, 2,000 a second."""
    chance, sent = random.Random(12345), 0
    seeds = list(hostile("127.0.0.2").values())
    seeds = [seed for seed in seeds if len(seed) < 4000]
    seeds += [message(method, source="127.0.0.2") for method in ("OPTIONS", "BYE", "CANCEL", "ACK", "REGISTER", "INFO")]
    async with stranger("127.0.0.2") as attacker:
        began = time.monotonic()
        while sent < DATAGRAMS:
            for _ in range(20):
                attacker.sendto(mutated(chance.choice(seeds), chance), house.sip)
                sent += 1
            await asyncio.sleep(max(0.0, began + sent / A_SECOND - time.monotonic()))
    return [await new_call(house)]


async def hostile_messages(house: WholeHouse) -> list[Check]:
    """Each message that has stopped a process before, and a citizen after all of them."""
    async with stranger("127.0.0.2") as attacker:
        for data in hostile("127.0.0.2").values():
            attacker.sendto(data[:65_000], house.sip)
            await asyncio.sleep(0.1)
    await asyncio.sleep(1.0)
    return [await new_call(house)]


async def half_open(house: WholeHouse) -> list[Check]:
    """200 INVITEs that are never acknowledged."""
    async with stranger("127.0.0.3") as attacker:
        for number in range(HALF_OPEN):
            offer = sdp("127.0.0.3", 41_000 + 2 * number)
            attacker.sendto(message("INVITE", source="127.0.0.3", body=offer), house.sip)
            await asyncio.sleep(0.01)
        return [await new_call(house)]


async def options(house: WholeHouse) -> list[Check]:
    """650 OPTIONS a second for ten seconds."""
    async with stranger("127.0.0.3") as attacker:
        began = time.monotonic()
        for number in range(OPTIONS):
            attacker.sendto(message("OPTIONS", source="127.0.0.3"), house.sip)
            await asyncio.sleep(max(0.0, began + number / 650 - time.monotonic()))
        return [await new_call(house)]
