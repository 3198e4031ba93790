"""A switch that can hear nothing ends, and what hostile telephones say survives its journal."""

import asyncio
import random
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from runtime.bus.memory import MemoryBroker, open_memory_bus
from runtime.workers import Workers
from telephony.calls.journal import Journal
from telephony.sip.events import Invited
from telephony.sip.trunks import Trunk
from telephony.switch_process import SocketLost, SwitchProcess
from tests.telephony.sip_texts import FLOW, OFFER, new_agent, request
from tests.telephony.switch_house import config
from tests.telephony.test_sip_hostile import fact_of, hostile_user
from vocabulary.events.telephony import CallEnded
from vocabulary.ids import CallId


async def test_a_switch_whose_socket_is_gone_ends_and_does_not_stay_deaf(tmp_path: Path) -> None:
    async with open_memory_bus(MemoryBroker()) as bus:
        process = SwitchProcess(config(tmp_path), bus=bus)
        running = asyncio.create_task(process.run())
        async with asyncio.timeout(5):
            await process.ready.wait()
        assert process.switch is not None
        next(iter(process.switch.sockets.values())).close()  # type: ignore[attr-defined]  # the transport of asyncio

        ended, _ = await asyncio.wait({running}, timeout=5)
        running.cancel()

    assert ended == {running}
    fault = running.exception()
    assert isinstance(fault, ExceptionGroup)
    assert fault.subgroup(SocketLost) is not None


async def test_calls_of_hostile_telephones_are_read_from_the_journal_as_they_were_written(tmp_path: Path) -> None:
    agent, dice, written = (
        new_agent(Trunk(name="t", networks=("127.0.0.1/32",), max_half_open=500)),
        random.Random(5),
        {},
    )
    async with Workers(threads=1) as workers:
        journal = Journal(tmp_path, workers=workers)
        for number in range(300):
            data = request("INVITE", body=OFFER, call=f"c{number}", branch=f"z9hG4bK{number}")
            data = data.replace(b"<sip:13900001234@", b"<sip:" + hostile_user(dice) + b"@")
            data = data.replace(b" sip:12345@", b" sip:" + hostile_user(dice) + b"@", 1)
            for event in agent.receive(data, flow=FLOW, now=0.0):
                if isinstance(event, Invited):
                    fact = _as_call(fact_of(event), number)
                    written[fact.call] = fact
                    journal.write(fact)
        writing = asyncio.create_task(journal.run())
        async with asyncio.timeout(10):
            while len(list(tmp_path.glob("*.json"))) < len(written):
                await asyncio.sleep(0.01)  # files of another thread
        writing.cancel()

        assert len(written) > 100
        assert await journal.read() == written


def _as_call(fact: CallEnded, number: int) -> CallEnded:
    return replace(fact, call=CallId(UUID(int=number + 1)))
