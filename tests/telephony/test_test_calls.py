import asyncio
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runtime.bus.memory import open_memory_bus
from runtime.ids import new_id
from runtime.wav import write_wav
from simulation.agent_order import CategoryOffer, Heard, order_form
from telephony.testcalls import Dialogue, Loudness, TestCallsConfig, Turn, converse, read_dialogues
from telephony.testcalls.dialogues import DialogueCaller
from telephony.testcalls.server import Connections, TestCalls, serving
from tests.telephony.media_room import noise, tone
from tests.telephony.sip_answerer import answerer
from vocabulary.audio import Party
from vocabulary.desk_requests import Done, TestCallAsked
from vocabulary.errors import Refused
from vocabulary.events.telephony import CallAccepted, CallConnected
from vocabulary.ids import AccountId, CallId, ContactId, EventId, LegId, OfferId, SeatNo
from vocabulary.personal import PhoneNumber

CITY = Path(__file__).resolve().parents[2] / "city"
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def accepted(phone: str, call: CallId) -> CallAccepted:
    return CallAccepted(
        event_id=EventId(new_id()), occurred_at=NOW, contact=ContactId(call), call=call, caller=PhoneNumber(phone),
        dialled="12345", line_name="12345", user_agent="x", host="h", invite_at=NOW, caller_leg=LegId(new_id()),
    )  # fmt: skip


def connected(call: CallId) -> CallConnected:
    return CallConnected(
        event_id=EventId(new_id()), occurred_at=NOW, contact=ContactId(call), call=call, offer=OfferId(new_id()),
        seat=SeatNo("007"), agent=AccountId(new_id()), invite_at=NOW, accepted_at=NOW, queued_at=NOW, at_ms=9000,
        agent_leg=LegId(new_id()),
    )  # fmt: skip


def test_every_dialogue_of_the_city_can_be_read_and_its_sounds_are_there() -> None:
    dialogues = read_dialogues(CITY / "dialogues")

    assert len(dialogues) >= 8
    for dialogue in dialogues.values():
        assert all((CITY / "voices" / turn.wav).is_file() for turn in dialogue.turns), dialogue.id


def test_loudness_waits_for_three_loud_frames_and_three_tenths_of_quiet() -> None:
    loudness = Loudness()
    loud, quiet = tone(300, 0.02), bytes(320)
    changes = [loudness.feed(frame) for frame in [quiet] * 5 + [loud] * 2 + [quiet] + [loud] * 10 + [quiet] * 30]

    assert [(n, change) for n, change in enumerate(changes) if change is not None] == [(10, True), (32, False)]


class Listener:
    """Hears the other side speak for a while after each of our turns."""

    def __init__(self) -> None:
        self.speaking, self.spoke_times, self.quiet_since = False, 0, time.monotonic()
        self.said: list[tuple[str, float]] = []

    async def say(self, wav: Path) -> None:
        self.said.append((wav.name, time.monotonic()))
        await asyncio.sleep(0.05)
        self.spoke_times += 1
        self.quiet_since = time.monotonic()


async def test_one_speaks_after_the_other_has_spoken_and_paused() -> None:
    def turn(party: Party, name: str) -> Turn:
        return Turn(party=party, text="", wav=name)

    listener = Listener()
    turns = (turn(Party.CALLER, "1"), turn(Party.AGENT, "2"), turn(Party.CALLER, "3"))
    talking: Awaitable[None] = converse(
        turns, party=Party.CALLER, listener=listener, say=listener.say, voices=Path("v")
    )
    async with asyncio.timeout(10):
        task = asyncio.ensure_future(talking)
        await asyncio.sleep(0.5)
        listener.spoke_times += 1
        listener.quiet_since = spoke_until = time.monotonic()
        await task

    assert [name for name, _ in listener.said] == ["1", "3"]
    assert 1.15 <= listener.said[1][1] - spoke_until <= 1.5


async def test_the_next_connection_of_a_number_is_told_apart_from_others() -> None:
    connections = Connections()
    mine, other, call = CallId(new_id()), CallId(new_id()), connections.expect("199")
    await connections.take(accepted("188", other))
    await connections.take(accepted("199", mine))
    await connections.take(connected(other))
    before = call.is_set()
    await connections.take(connected(mine))

    assert (before, call.is_set()) == (False, True)


@pytest.mark.paced
async def test_asked_on_the_bus_it_dials_waits_for_a_person_and_says_its_turns(tmp_path: Path) -> None:
    write_wav(tmp_path / "hello.wav", noise(0.4, 41))
    (tmp_path / "one.json").write_text(
        '{"id": "one", "title": "t", "line": "8100", "caller": {"phone": "19900000009"},'
        '"turns": [{"party": "CALLER", "text": "x", "wav": "hello.wav"}]}'
    )
    async with answerer(100, 200) as server, open_memory_bus() as bus, asyncio.TaskGroup() as tasks:
        config = TestCallsConfig(
            nats_url="",
            sip_host="127.0.0.1",
            sip_port=server.port,
            dialogues=str(tmp_path),
            voices=str(tmp_path),
            at_once=1,
        )
        calls = TestCalls(config, tasks)
        async with serving(bus, calls):
            subject = "ask.telephony.test-call.v1"
            done = await bus.ask(TestCallAsked(dialogue="one", seat=SeatNo("007")), subject=subject, reply=Done)
            for wish, reason in (("one", "busy"), ("absent", "no-dialogue")):
                with pytest.raises(Refused) as refused:
                    await bus.ask(TestCallAsked(dialogue=wish), subject=subject, reply=Done)
                assert refused.value.reason == reason
            await server.wait_for("ACK")
            await asyncio.sleep(0.6)
            before = max(map(abs, memoryview(server.rtp.heard()).cast("h")))
            call = CallId(new_id())
            await calls.connections.take(accepted("19900000009", call))
            await calls.connections.take(connected(call))
            await asyncio.sleep(1.5)
            server.request("BYE", 2)
            await server.wait_for("SIP/2.0 200")

    assert done == Done()
    assert before < 100
    assert max(map(abs, memoryview(server.rtp.heard()).cast("h"))) > 7000
    assert server.invite.startswith("INVITE sip:8100@")
    assert "X-Hotline-Seat: 007\r\n" in server.invite


CATEGORIES = (CategoryOffer(code="01", kinds=("help",)), CategoryOffer(code="02", kinds=("consult", "complaint")))


def test_the_agents_order_takes_the_proposed_values_as_they_are() -> None:
    heard = Heard(
        finals=("停水了。",), proposed={"category": "02", "kind": "complaint", "title": "停水", "content": "两天"}
    )
    form = order_form(heard, categories=CATEGORIES, districts=("望湖区",), named=frozenset())

    assert (form["category"], form["kind"], form["title"], form["content"]) == ("02", "complaint", "停水", "两天")
    assert (form["district"], form["direct"]) == ("", False)


def test_the_agents_order_fills_by_rule_what_is_missing_or_named() -> None:
    heard = Heard(finals=("怎么提取公积金？", "谢谢。"), proposed={"kind": "help"}, suggested_categories=("99", "02"))
    form = order_form(heard, categories=CATEGORIES, districts=("望湖区",), named=frozenset({"district", "unknown"}))

    assert (form["category"], form["kind"], form["direct"]) == ("02", "consult", True)
    assert form["content"] == "怎么提取公积金，谢谢"
    assert form["district"] == "望湖区"
    assert "unknown" not in form


def test_a_dialogue_keeps_who_calls() -> None:
    dialogue = Dialogue(id="a", title="b", line="12345", caller=DialogueCaller(phone="199"), turns=())

    assert dialogue.caller.phone == "199"
