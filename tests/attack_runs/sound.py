"""Attacks on the sound of a call: taking it over, aiming it at somebody, replacing media's switch."""

import asyncio
import socket
import struct
import time

from tests.attack_runs.beside import Beside
from tests.attack_runs.signalling import message, sdp, stranger
from tests.fault_runs.bounds import Check
from tests.fault_runs.whole_house import WholeHouse

STEAL_S, UNACKNOWLEDGED_S, COMMAND_SOCKET_S = 6.0, 6.0, 36.0
MOST_BEFORE_ACK = 60


def _packet(number: int) -> bytes:
    return struct.pack("!BBHII", 0x80, 8, number & 0xFFFF, number * 160, 0xBAD) + bytes([0x2A]) * 160


def _count(sink: socket.socket) -> int:
    found = 0
    while True:
        try:
            sink.recv(2048)
        except BlockingIOError:
            return found
        found += 1


async def stolen(house: WholeHouse, beside: Beside) -> list[Check]:
    """Somebody else's packets at a silent caller's port for six seconds: who is sent to, now and afterwards?"""
    remote = beside.phone.remote
    heard = len(beside.phone.arrivals)
    beside.phone.mute = True
    async with stranger("127.0.0.2") as attacker:
        began, received = time.monotonic(), 0
        for number in range(int(STEAL_S * 100)):
            attacker.sendto(_packet(number), remote)
            received += _count(attacker)
            await asyncio.sleep(max(0.0, began + number / 100 - time.monotonic()))
        beside.phone.mute = False
        await asyncio.sleep(1.0)
        received += _count(attacker)
    del house
    rate = (len(beside.phone.arrivals) - heard) / (STEAL_S + 1.0)
    return [
        Check(name="packets_to_stranger", measured=received, bound="0", ok=received == 0),
        Check(name="packets_a_second_to_caller", measured=round(rate, 1), bound="≥ 48", ok=rate >= 48),
    ]


async def unacknowledged(house: WholeHouse, beside: Beside) -> list[Check]:
    """An INVITE that names a third party's port, never acknowledged: how much is sent there?"""
    del beside
    async with stranger("127.0.0.4") as victim, stranger("127.0.0.2") as attacker:
        host, port = victim.getsockname()
        attacker.sendto(message("INVITE", source="127.0.0.2", body=sdp(host, port)), house.sip)
        await asyncio.sleep(UNACKNOWLEDGED_S)
        received = _count(victim)
    return [
        Check(
            name="packets_before_ack", measured=received, bound=f"≤ {MOST_BEFORE_ACK}", ok=received <= MOST_BEFORE_ACK
        )
    ]


async def other_call(house: WholeHouse, beside: Beside) -> list[Check]:
    """An INVITE whose SDP names the port of the talking call."""
    host, port = beside.phone.remote
    async with stranger("127.0.0.2") as attacker:
        attacker.sendto(message("INVITE", source="127.0.0.2", body=sdp(host, port)), house.sip)
        statuses = []
        for _ in range(20):
            await asyncio.sleep(0.1)
            try:
                statuses.append(int(attacker.recv(65_535).split()[1]))
            except BlockingIOError:
                continue
    final = [status for status in statuses if status >= 200]
    return [Check(name="answer", measured=final[:1], bound="a refusal", ok=bool(final) and final[0] >= 300)]


async def command_socket(house: WholeHouse, beside: Beside) -> list[Check]:
    """A connection to media's command socket that says nothing and goes; calls were cut half a minute later."""
    del beside
    path = str(house.demo.places.media_socket)
    for _ in range(3):
        _, writer = await asyncio.open_unix_connection(path)
        await asyncio.sleep(0.5)
        writer.close()
    await asyncio.sleep(COMMAND_SOCKET_S)
    return []
