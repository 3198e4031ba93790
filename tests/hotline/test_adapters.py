"""The classes between two rooms: each has its port's methods to the letter, and hands on what it is given unchanged."""

import inspect
from typing import Any, get_type_hints
from uuid import UUID

import pytest

from agent_desk import CategoryGuess, ports
from hotline.adapters import KnowledgeForDesk, TelephonyForDesk
from telephony import TelephonyClient
from vocabulary.desk_requests import RecordingAsked, SeatLine, TestCallAsked
from vocabulary.ids import AccountId, ContactId, EntryCode, SeatNo

PAIRS = [(ports.Knowledge, KnowledgeForDesk), (ports.Telephony, TelephonyForDesk)]
CONTACT, AGENT, SEAT = ContactId(UUID(int=1)), AccountId(UUID(int=2)), SeatNo("007")


def methods(kind: type) -> dict[str, Any]:
    return {name: one for name, one in vars(kind).items() if inspect.isfunction(one) and not name.startswith("_")}


@pytest.mark.parametrize(("port", "adapter"), PAIRS)
def test_an_adapter_has_each_method_of_its_port_with_the_same_parameters_and_types_and_no_other(
    port: type, adapter: type
) -> None:
    asked, given = methods(port), methods(adapter)

    assert len(asked) > 4
    assert set(given) == set(asked)
    shapes = {
        name: [(one.name, one.kind) for one in inspect.signature(made).parameters.values()]
        for name, made in given.items()
    }
    assert shapes == {
        name: [(one.name, one.kind) for one in inspect.signature(wanted).parameters.values()]
        for name, wanted in asked.items()
    }
    assert {name: get_type_hints(made) for name, made in given.items()} == {
        name: get_type_hints(wanted) for name, wanted in asked.items()
    }
    assert [name for name, made in given.items() if not inspect.iscoroutinefunction(made)] == []


class Provider:
    """Answers each question with what was prepared for it, and keeps what it was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.asked = answers, []

    def __getattr__(self, name: str) -> Any:
        async def answer(*args: Any, **named: Any) -> Any:
            self.asked.append((name, args, named))
            return self.answers[name]

        return answer


class Has:
    """A value with these fields."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


async def test_what_knowledge_answers_reaches_the_desk_in_the_desks_words() -> None:
    guess = Has(category="0101", confidence=0.5, matched=("停水",), score=3.0)
    answers = {"suggest": object(), "classify": [guess], "syllables": ("ting",), "has_entry": True, "forget": None}
    provider = Provider(**answers)
    adapter = KnowledgeForDesk(provider)

    assert await adapter.suggest((), contact=CONTACT, partial="停", revision=3) is answers["suggest"]
    assert await adapter.category_guesses("停水") == (
        CategoryGuess(category="0101", confidence=0.5, matched=("停水",)),
    )
    assert await adapter.syllables("停") == ("ting",)
    assert await adapter.has_entry(EntryCode("K1"), version=2) is True
    await adapter.forget(CONTACT)
    assert provider.asked == [
        ("suggest", ((),), {"contact": CONTACT, "partial": "停", "revision": 3}),
        ("classify", ("停水",), {}),
        ("syllables", ("停",), {}),
        ("has_entry", ("K1",), {"version": 2}),
        ("forget", (CONTACT,), {}),
    ]


async def test_what_the_desk_asks_of_telephony_goes_to_the_switch_and_its_answer_comes_unwrapped() -> None:
    stretch, done, verb = object(), object(), object()
    provider = Provider(
        act=done, line=Has(answer_sdp="v=0"), seats=Has(seats=("s",)), calls=Has(calls=("c",)), recording=stretch,
        test_call=None,
    )  # fmt: skip
    adapter = TelephonyForDesk(provider)

    assert await adapter.act(verb) is done
    assert await adapter.line(seat=SEAT, agent=AGENT, offer_sdp="v=1") == "v=0"
    assert (await adapter.seats(), await adapter.calls()) == (("s",), ("c",))
    assert await adapter.recording(host="h", name="a.wav", first_sample=8, samples=16) is stretch
    await adapter.test_call(dialogue="d", seat=None)
    assert provider.asked == [
        ("act", (verb,), {}),
        ("line", (SeatLine(seat=SEAT, agent=AGENT, offer_sdp="v=1"),), {}),
        ("seats", (), {}),
        ("calls", (), {}),
        ("recording", (RecordingAsked(name="a.wav", first_sample=8, samples=16),), {"host": "h"}),
        ("test_call", (TestCallAsked(dialogue="d", seat=None),), {}),
    ]


def test_the_client_of_the_switch_has_what_the_adapter_asks_it_for() -> None:
    assert {"act", "line", "seats", "calls", "recording", "test_call"} <= set(methods(TelephonyClient))
