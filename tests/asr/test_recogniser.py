"""The recogniser against a scripted tap over a real socket; tones stand for words."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from asr.engines.scripted import ScriptedEngine, tone
from asr.ladder import Steps
from tests.asr.hearing import a_leg, silence
from tests.asr.notebook import Notebook, recogniser
from tests.asr.scripted_tap import ScriptedTap, scripted_tap
from vocabulary.audio import Party
from vocabulary.events.asr import PartialHeard, RecogniserStatus, SpeechEnded, SpeechStarted, UtteranceFinalised

PAUSE = silence(1)


@pytest.fixture
def socket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("t") / "tap"


@pytest.fixture
async def tap(socket: Path) -> AsyncIterator[ScriptedTap]:
    async with scripted_tap(socket) as tap:
        yield tap


async def test_what_each_party_says_is_written_under_its_own_name(socket: Path, tap: ScriptedTap) -> None:
    caller, agent, notebook = a_leg(Party.CALLER), a_leg(Party.AGENT, first_sample=16_000), Notebook()
    async with recogniser(socket, notebook):
        await tap.open(caller)
        await tap.open(agent)
        tap.say(caller, PAUSE + tone("甲乙") + PAUSE + tone("丙") + PAUSE)
        tap.say(agent, PAUSE + tone("丁戊") + PAUSE)
        await tap.close(caller)
        await tap.close(agent)
        await notebook.until(lambda: notebook.closed(caller) and notebook.closed(agent))

    assert notebook.said_by(Party.CALLER) == ["甲乙。", "丙。"]
    assert notebook.said_by(Party.AGENT) == ["丁戊。"]
    final = next(f for f in notebook.facts if isinstance(f, UtteranceFinalised) and f.leg == agent.leg)
    assert abs(final.utterance.start_ms - 3000) <= 60
    assert (final.contact, final.utterance.call) == (agent.contact, agent.call)


async def test_a_leg_heard_to_its_end_is_complete(socket: Path, tap: ScriptedTap) -> None:
    leg, notebook = a_leg(), Notebook()
    async with recogniser(socket, notebook):
        await tap.open(leg)
        tap.say(leg, PAUSE + tone("甲乙"))
        await tap.close(leg)
        await notebook.until(lambda: notebook.closed(leg))

    closed = notebook.closed(leg)
    assert closed is not None
    assert (closed.processed_ms, closed.complete) == (1600, True)
    assert notebook.texts(leg) == ["甲乙。"]


async def test_a_gap_makes_the_transcript_incomplete(socket: Path, tap: ScriptedTap) -> None:
    leg, notebook = a_leg(), Notebook()
    async with recogniser(socket, notebook):
        await tap.open(leg)
        tap.say(leg, PAUSE + tone("甲乙") + PAUSE)
        await notebook.until(lambda: notebook.texts(leg))
        tap.lose(leg, 5)
        tap.say(leg, tone("丙丁") + PAUSE)
        await tap.close(leg)
        await notebook.until(lambda: notebook.closed(leg))

    closed = notebook.closed(leg)
    assert notebook.texts(leg) == ["甲乙。", "丙丁。"]
    assert closed is not None
    assert not closed.complete
    last = [f for f in notebook.facts if isinstance(f, UtteranceFinalised)][-1]
    assert abs(last.utterance.start_ms - 7600) <= 60


@pytest.mark.paced
async def test_live_events_tell_begin_words_so_far_and_end_of_speech(socket: Path, tap: ScriptedTap) -> None:
    leg, notebook = a_leg(), Notebook()
    async with recogniser(socket, notebook):
        await tap.open(leg)
        await tap.say_paced(leg, PAUSE + tone("甲乙丙丁") + PAUSE)
        await notebook.until(lambda: notebook.texts(leg))
        await notebook.until(lambda: any(isinstance(event, RecogniserStatus) for event in notebook.live))

    started = next(event for event in notebook.live if isinstance(event, SpeechStarted))
    ended = next(event for event in notebook.live if isinstance(event, SpeechEnded))
    partials = [event for event in notebook.live if isinstance(event, PartialHeard)]
    assert abs(started.at_ms - 1000) <= 60
    assert abs(ended.at_ms - 2200) <= 200
    assert partials
    assert {partial.start_ms for partial in partials} == {started.at_ms} == {ended.start_ms}
    assert [partial.revision for partial in partials] == sorted({partial.revision for partial in partials})
    status = next(event for event in notebook.live if isinstance(event, RecogniserStatus))
    assert (status.engine, status.host, status.partials) == ("scripted", "here", True)


async def test_two_recognisers_never_hear_the_same_leg(socket: Path, tap: ScriptedTap) -> None:
    leg, first = a_leg(), Notebook()
    second = Notebook(changed=first.changed)
    async with recogniser(socket, first), recogniser(socket, second):
        await tap.open(leg)
        tap.say(leg, PAUSE + tone("甲") + PAUSE)
        await first.until(lambda: first.texts(leg) + second.texts(leg))
        tap.say(leg, tone("乙") + PAUSE)
        await first.until(lambda: len(first.texts(leg) + second.texts(leg)) == 2)

    assert first.texts(leg) + second.texts(leg) == ["甲。", "乙。"]
    assert tap.refused > 0
    assert not (first.texts(leg) and second.texts(leg))


async def test_a_successor_goes_on_where_the_last_final_ended(socket: Path, tap: ScriptedTap) -> None:
    leg, notebook = a_leg(), Notebook()
    async with recogniser(socket, notebook):
        await tap.open(leg)
        tap.say(leg, PAUSE + tone("甲乙") + PAUSE)
        await notebook.until(lambda: leg.leg in notebook.marks and notebook.marks[leg.leg].sample > 8000)
    tap.say(leg, tone("丙丁") + PAUSE)
    async with recogniser(socket, notebook):
        await tap.close(leg)
        await notebook.until(lambda: notebook.closed(leg))

    closed = notebook.closed(leg)
    assert notebook.texts(leg) == ["甲乙。", "丙丁。"]
    assert closed is not None
    assert closed.complete
    assert tap.claims[-1][1] >= 8000


async def test_a_leg_that_was_closed_is_not_heard_again(socket: Path, tap: ScriptedTap) -> None:
    leg, notebook = a_leg(), Notebook()
    async with recogniser(socket, notebook):
        await tap.open(leg)
        tap.say(leg, PAUSE + tone("甲") + PAUSE)
        await tap.close(leg)
        await notebook.until(lambda: leg.leg in notebook.marks and notebook.marks[leg.leg].closed)
    next_leg = a_leg()
    async with recogniser(socket, notebook):
        await tap.open(next_leg)
        tap.say(next_leg, PAUSE + tone("乙") + PAUSE)
        await tap.close(next_leg)
        await notebook.until(lambda: notebook.closed(next_leg))

    assert (notebook.texts(leg), notebook.texts(next_leg)) == (["甲。"], ["乙。"])
    assert [claim[0] for claim in tap.claims] == [leg.leg, next_leg.leg]


async def test_a_tap_that_comes_back_loses_nothing(socket: Path) -> None:
    leg, notebook, tap = a_leg(), Notebook(), ScriptedTap()
    async with recogniser(socket, notebook):
        async with scripted_tap(socket, tap):
            await tap.open(leg)
            tap.say(leg, PAUSE + tone("甲乙") + PAUSE)
            await notebook.until(lambda: notebook.texts(leg))
        tap.say(leg, tone("丙丁") + PAUSE)
        async with scripted_tap(socket, tap):
            await notebook.until(lambda: len(notebook.texts(leg)) == 2)
            await tap.close(leg)
            await notebook.until(lambda: notebook.closed(leg))

    closed = notebook.closed(leg)
    assert notebook.texts(leg) == ["甲乙。", "丙丁。"]
    assert closed is not None
    assert closed.complete


async def test_a_leg_that_went_away_with_media_is_closed_as_incomplete(socket: Path) -> None:
    leg, notebook, tap = a_leg(), Notebook(), ScriptedTap()
    async with recogniser(socket, notebook):
        async with scripted_tap(socket, tap):
            await tap.open(leg)
            tap.say(leg, PAUSE + tone("甲乙"))
            await notebook.until(lambda: any(isinstance(event, SpeechStarted) for event in notebook.live))
        tap.forget(leg)
        async with scripted_tap(socket, tap):
            await notebook.until(lambda: notebook.closed(leg))

    closed = notebook.closed(leg)
    assert closed is not None
    assert not closed.complete
    assert notebook.texts(leg) == ["甲乙。"]


async def test_a_full_emitter_loses_no_final_but_marks_what_was_not_heard(socket: Path, tap: ScriptedTap) -> None:
    leg, notebook = a_leg(), Notebook()
    async with recogniser(socket, notebook):
        await tap.open(leg)
        tap.say(leg, PAUSE + tone("甲乙") + silence(0.3))
        await notebook.until(lambda: any(isinstance(event, PartialHeard) for event in notebook.live))
        notebook.full = True
        tap.say(leg, silence(0.3) + tone("丙丁") + PAUSE)
        await notebook.until(lambda: notebook.refused)
        assert notebook.texts(leg) == []
        notebook.full = False
        await notebook.until(lambda: notebook.texts(leg))
        tap.say(leg, tone("戊") + PAUSE)
        await tap.close(leg)
        await notebook.until(lambda: notebook.closed(leg))

    closed = notebook.closed(leg)
    assert notebook.texts(leg) == ["甲乙。", "戊。"]
    assert closed is not None
    assert not closed.complete


async def test_beyond_the_limit_a_leg_waits_for_its_turn_and_the_caller_goes_first(
    socket: Path, tap: ScriptedTap
) -> None:
    caller, agent, notebook = a_leg(Party.CALLER), a_leg(Party.AGENT), Notebook()
    await tap.open(agent)
    await tap.open(caller)
    tap.say(agent, PAUSE + tone("丁") + PAUSE)
    tap.say(caller, PAUSE + tone("甲") + PAUSE)
    async with recogniser(socket, notebook, max_legs=1):
        await notebook.until(lambda: notebook.texts(caller))
        assert notebook.texts(agent) == []
        await tap.close(caller)
        await tap.close(agent)
        await notebook.until(lambda: notebook.closed(agent))

    assert notebook.texts(agent) == ["丁。"]


@pytest.mark.paced
async def test_an_engine_too_slow_for_two_keeps_the_caller_and_leaves_the_agent(socket: Path, tap: ScriptedTap) -> None:
    engine = ScriptedEngine(cost=2.0, steps=Steps(lag=(100, 200, 300, 60_000), lasting=(100, 200, 500, 60_000)))
    caller, agent, notebook = a_leg(Party.CALLER), a_leg(Party.AGENT), Notebook()
    async with recogniser(socket, notebook, engine=engine):
        await tap.open(caller)
        await tap.open(agent)
        sound = PAUSE + tone("甲乙丙丁") * 3 + PAUSE
        async with asyncio.TaskGroup() as group:
            group.create_task(tap.say_paced(caller, sound))
            group.create_task(tap.say_paced(agent, sound))
        await tap.close(caller)
        await tap.close(agent)
        await notebook.until(lambda: notebook.closed(caller) and notebook.closed(agent), seconds=20)

    ends = {leg.party: notebook.closed(leg) for leg in (caller, agent)}
    assert notebook.said_by(Party.CALLER) == ["甲乙丙丁" * 3 + "。"]
    assert ends[Party.CALLER] is not None
    assert ends[Party.CALLER].complete
    assert ends[Party.AGENT] is not None
    assert not ends[Party.AGENT].complete
