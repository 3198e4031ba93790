"""Serves "place a call with this dialogue": the demo's callers and the desk's 来一个电话."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from runtime.bus import Bus, open_bus
from runtime.codec import encode
from runtime.telemetry import get_logger
from telephony.seat_header import SEAT_HEADER
from telephony.testcalls.config import TestCallsConfig
from telephony.testcalls.dialogues import Dialogue, read_dialogues
from telephony.testcalls.phone_process import CallFailed, CallPlan, PhoneLine, open_phone, unless_over
from telephony.testcalls.talking import converse
from vocabulary.audio import Party
from vocabulary.desk_requests import Done, TestCallAsked
from vocabulary.errors import Refused, Transient
from vocabulary.events import Event
from vocabulary.events.telephony import CallAccepted, CallConnected
from vocabulary.ids import CallId

SUBJECT = "ask.telephony.test-call.v1"
_CONNECT_S = 180.0
_FAREWELL_S = 60.0
_AFTER_CONNECT_S = 0.5
_log = get_logger(__name__)


class Connections:
    """Which caller is connected, learned from the switch's facts."""

    def __init__(self) -> None:
        self._calls: dict[str, CallId] = {}
        self._waiting: dict[str, asyncio.Event] = {}

    def expect(self, phone: str, /) -> asyncio.Event:
        """Return what is set when the next call from ``phone`` is connected."""
        self._calls.pop(phone, None)
        connected = self._waiting[phone] = asyncio.Event()
        return connected

    async def take(self, event: Event) -> None:
        """Note a fact."""
        if isinstance(event, CallAccepted) and event.caller.reveal() in self._waiting:
            self._calls[event.caller.reveal()] = event.call
        elif isinstance(event, CallConnected):
            for phone, call in self._calls.items():
                if call == event.call:
                    self._waiting[phone].set()


class TestCalls:
    """Places calls, at most ``config.at_once`` at a time and one a telephone number."""

    __test__ = False

    def __init__(self, config: TestCallsConfig, tasks: asyncio.TaskGroup) -> None:
        self._config, self._tasks = config, tasks
        self._dialogues = read_dialogues(Path(config.dialogues))
        self._live: set[str] = set()
        self.connections = Connections()

    async def ask(self, asked: TestCallAsked) -> Done:
        """Begin a call; Refused when the dialogue is unknown or enough calls are under way."""
        dialogue = self._dialogues.get(asked.dialogue)
        if dialogue is None:
            raise Refused("no-dialogue", f"没有名为 {asked.dialogue} 的对话")
        if len(self._live) >= self._config.at_once or dialogue.caller.phone in self._live:
            raise Refused("busy", "模拟来电已经够多了，请等一通结束后再试")
        headers: dict[str, str] = {SEAT_HEADER: asked.seat} if asked.seat is not None else {}
        self._live.add(dialogue.caller.phone)
        self._tasks.create_task(self._call(dialogue, headers))
        return Done()

    async def _call(self, dialogue: Dialogue, headers: dict[str, str]) -> None:
        phone = dialogue.caller.phone
        connected = self.connections.expect(phone)
        plan = CallPlan(
            number=dialogue.line, to=(self._config.sip_host, self._config.sip_port), caller=phone, headers=headers
        )
        try:
            async with open_phone(plan) as line:
                await _talk(line, dialogue, connected, Path(self._config.voices))
        except CallFailed as error:
            _log.warning("a test call was not answered", dialogue=dialogue.id, status=error.status)
        except (TimeoutError, Transient, OSError) as error:
            _log.warning("a test call broke off", dialogue=dialogue.id, reason=str(error))
        finally:
            self._live.discard(phone)


async def _talk(line: PhoneLine, dialogue: Dialogue, connected: asyncio.Event, voices: Path) -> None:
    """Wait for a person, say the caller's turns, let the agent end the call."""
    async with asyncio.timeout(_CONNECT_S):
        await unless_over(connected.wait(), line)
    await asyncio.sleep(_AFTER_CONNECT_S)
    if line.ended is None:
        await converse(dialogue.turns, party=Party.CALLER, listener=line, say=line.say, voices=voices)
        async with asyncio.timeout(_FAREWELL_S):
            await line.until(lambda: False)


@asynccontextmanager
async def serving(bus: Bus, calls: TestCalls, /) -> AsyncIterator[None]:
    """Serve ``calls`` on the bus for the length of the block."""
    facts = await bus.subscribe(
        calls.connections.take,
        patterns=("fact.telephony.call-accepted.>", "fact.telephony.call-connected.>"),
    )
    requests = await bus.serve(calls.ask, subject=SUBJECT, request=TestCallAsked)
    try:
        yield
    finally:
        await requests.aclose()
        await facts.aclose()


async def serve(config: TestCallsConfig) -> None:
    """Serve until cancelled."""
    async with (
        open_bus(url=config.nats_url, name="test-calls", user=config.nats_user, password=config.nats_password) as bus,
        asyncio.TaskGroup() as tasks,
        serving(bus, TestCalls(config, tasks)),
    ):
        sys.stdout.write(f"ready {encode({'sip': f'{config.sip_host}:{config.sip_port}'}).decode()}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
