"""A leg's queue: order, merging when behind, and the sample from which a successor loses nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from asr.endpointing import Began, Endpointing, Over, Stretch
from asr.engines.protocol import FinalText
from asr.engines.scripted import ScriptedEngine, tone
from asr.hearing import LegRecogniser
from asr.ladder import Level
from asr.listening import LegListener
from tests.asr.hearing import a_leg, an_actor, blocks, finals, hear, silence, work_off
from vocabulary.audio import SAMPLE_RATE, AudioBlock, Party


class Whole(ScriptedEngine):
    """The scripted engine, fed whole utterances like Whisper."""

    endpointing = Endpointing(pause=600, chunk=None, longest=12_000)


class Faulty(ScriptedEngine):
    """An engine that breaks whenever it is opened for the first time."""

    opened = 0

    def open(self):
        Faulty.opened += 1
        if Faulty.opened == 1:
            message = "broken"
            raise RuntimeError(message)
        return super().open()


def filled(engine: ScriptedEngine, pcm: bytes):
    actor = an_actor(engine)
    for block in blocks(actor, pcm):
        actor.take(block, now=block.end_sample / SAMPLE_RATE)
    return actor


def test_an_utterance_engine_gets_one_utterance_a_job_oldest_first() -> None:
    actor = filled(Whole(), tone("甲乙") + silence(1) + tone("丙丁") + silence(1))

    job = actor.next_job(Level.NORMAL, partial=False)

    assert [type(step) for step in job.steps] == [Began, Stretch, Over]
    assert [one.text for one in actor.recogniser.work(job).heard] == ["甲乙。"]


def test_when_behind_adjacent_utterances_are_heard_as_one() -> None:
    actor = filled(Whole(), tone("甲乙") + silence(1) + tone("丙丁") + silence(5) + tone("戊己") + silence(1))

    heard = finals(work_off(actor, Level.FINALS))

    assert [final.text for final in heard] == ["甲乙丙丁。", "戊己。"]
    assert heard[0].start_ms < 100
    assert heard[0].end_ms > 2000


def test_a_caller_goes_before_an_agent_of_the_same_moment_but_not_for_ever() -> None:
    def due(party: Party, seconds: float) -> float:
        actor = an_actor(ScriptedEngine(), party=party)
        for block in blocks(actor, silence(seconds) + tone("甲")):
            actor.take(block, now=block.end_sample / SAMPLE_RATE)
        value = actor.due()
        assert value is not None
        return value

    assert due(Party.CALLER, 2) < due(Party.AGENT, 2)
    assert due(Party.AGENT, 2) < due(Party.CALLER, 5)


def test_a_fault_of_the_engine_costs_one_job_and_makes_the_leg_incomplete() -> None:
    actor = filled(Faulty(), tone("甲") + silence(1))
    work_off(actor)
    for block in blocks(actor, tone("乙") + silence(1), first_sample=actor.listener.next_sample):
        actor.take(block, now=1)

    assert [final.text for final in finals(work_off(actor))] == ["乙。"]
    assert not actor.complete


def test_what_was_given_up_is_not_heard_later() -> None:
    actor = filled(ScriptedEngine(), tone("甲乙") + silence(0.1))
    actor.miss()
    for block in blocks(actor, silence(1) + tone("丙") + silence(1), first_sample=actor.listener.next_sample):
        actor.take(block, now=9)

    assert [final.text for final in finals(work_off(actor))] == ["丙。"]
    assert not actor.complete


def test_more_than_a_minute_waiting_is_given_up_not_kept() -> None:
    actor = filled(ScriptedEngine(), tone("甲", ms=70_000))

    assert not actor.complete


def test_blocks_that_come_twice_are_heard_once() -> None:
    actor = an_actor(ScriptedEngine())
    for block in blocks(actor, tone("甲乙") + silence(1)):
        actor.take(block, now=1)
        actor.take(block, now=1)

    assert [final.text for final in finals(work_off(actor))] == ["甲乙。"]
    assert actor.complete


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 40), st.integers(40, 900), st.sampled_from([ScriptedEngine, Whole]))
def test_a_successor_from_the_safe_sample_hears_all_the_rest_and_nothing_twice(
    stop: int, odd: int, kind: type[ScriptedEngine]
) -> None:
    pcm = silence(0.6) + tone("甲乙") + silence(0.9) + tone("丙") + silence(1) + tone("丁戊") + silence(1)
    actor, before = an_actor(kind()), []
    for block in list(blocks(actor, pcm))[:stop]:
        actor.take(block, now=block.end_sample / SAMPLE_RATE)
        before += work_off(actor)
    safe = max(0, actor.safe_sample)
    listener = LegListener(settings=kind().endpointing, detector=an_actor(kind()).listener._detector, from_sample=safe)
    heir = type(actor)(a_leg(), listener=listener, recogniser=LegRecogniser(kind()), streaming=kind is ScriptedEngine)
    size = 2 * odd
    for offset in range(2 * safe, len(pcm), size):
        block = AudioBlock(leg=heir.leg.leg, first_sample=offset // 2, pcm=pcm[offset : offset + size])
        heir.take(block, now=block.end_sample / SAMPLE_RATE)
    heir.finish()

    texts = [final.text for final in finals(before + work_off(heir))]
    assert texts == ["甲乙。", "丙。", "丁戊。"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("甲乙丙丁戊己"), st.integers(7, 20)), max_size=5))
def test_every_word_is_heard_once_and_in_its_place(words: list[tuple[str, int]]) -> None:
    pcm, expected = silence(0.5), []
    for character, pause in words:
        expected.append((f"{character}。", len(pcm) // 16))
        pcm += tone(character) + silence(pause / 10)

    heard: list[FinalText] = finals(hear(ScriptedEngine(), pcm))

    assert [final.text for final in heard] == [text for text, _ in expected]
    assert all(abs(final.start_ms - at) <= 60 for final, (_, at) in zip(heard, expected, strict=True))
