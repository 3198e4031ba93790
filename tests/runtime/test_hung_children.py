"""A child that hangs is as bad as one that died; one that cannot serve says why and is not started again."""

import asyncio
import os
import signal
import sys
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.supervision import Child, ChildFailed, ChildState, Pulse, supervise
from runtime.supervision.pulse import Alive, Symptom, read_alive, read_failed
from runtime.supervision.watch import LONGER, Silence
from tests.runtime.engines import eventually
from tests.runtime.test_supervision import NURSLING, PATH, alive
from tests.waiting import within


def watched(wish: str, *, silent_s: float = 1.5) -> Child:
    return Child(
        name="a", argv=(sys.executable, NURSLING, wish), env=PATH, quiet=True,
        silent_within=timedelta(seconds=silent_s), stop_within=timedelta(seconds=5),
    )  # fmt: skip


async def test_a_stopped_child_is_killed_and_started_again_within_five_seconds() -> None:
    async with supervise() as supervisor:
        supervisor.start(watched("beats", silent_s=3.5))
        await supervisor.ready("a")
        first = supervisor.states()["a"].pid
        assert first is not None
        await asyncio.sleep(0.5)
        os.kill(first, signal.SIGSTOP)
        began = time.monotonic()
        await eventually(lambda: supervisor.states()["a"].pid not in {None, first}, within=10)
        took = time.monotonic() - began
        await supervisor.ready("a")
        status = supervisor.states()["a"]

    assert took < 5.0
    assert (status.hung, status.restarts, status.last_exit) == (1, 1, -9)
    assert not alive(first)


async def test_a_child_that_was_slow_to_start_is_not_hung_when_it_serves() -> None:
    async with supervise() as supervisor:
        supervisor.start(watched("slow", silent_s=1.0))
        await supervisor.ready("a")
        await asyncio.sleep(2)

        assert supervisor.states()["a"].hung == 0


async def test_a_child_whose_vital_work_stands_still_is_hung_though_its_loop_turns() -> None:
    async with supervise() as supervisor:
        supervisor.start(watched("stands-still"))
        await supervisor.ready("a")
        await eventually(lambda: supervisor.states()["a"].hung == 1, within=10)


async def test_a_child_that_beats_is_left_alone_and_its_symptoms_are_known() -> None:
    async with supervise() as supervisor:
        supervisor.start(watched("beats"))
        await supervisor.ready("a")
        await asyncio.sleep(3)
        status = supervisor.states()["a"]

    assert (status.restarts, status.state) == (0, ChildState.READY)
    assert status.symptoms == (Symptom(code="disk-low", text="the disk is nearly full"),)


async def test_a_foreign_program_that_does_not_answer_its_probe_is_hung() -> None:
    answers = True

    async def probe() -> bool:
        return answers

    child = Child(
        name="a", argv=(sys.executable, NURSLING, "lives"), env=PATH, quiet=True,
        silent_within=timedelta(seconds=1.5), probe=probe,
    )  # fmt: skip
    async with supervise() as supervisor:
        supervisor.start(child)
        await supervisor.ready("a")
        await asyncio.sleep(3)
        assert supervisor.states()["a"].restarts == 0
        answers = False
        await eventually(lambda: supervisor.states()["a"].hung == 1, within=10)


async def test_a_child_that_cannot_serve_says_why_at_once_and_is_not_started_again() -> None:
    async with supervise() as supervisor:
        supervisor.start(watched("refuses"))
        with pytest.raises(ChildFailed, match="port 5060 is taken; set another one"):
            async with within(15):
                await supervisor.ready("a")
        status = supervisor.states()["a"]

    assert (status.state, status.restarts, status.last_exit) == (ChildState.FAILED, 0, 78)


async def test_a_program_that_keeps_dying_before_it_serves_is_given_up_with_its_last_words() -> None:
    async with supervise() as supervisor:
        supervisor.start(Child(name="a", argv=("/nowhere/program",)))
        with pytest.raises(ChildFailed, match="/nowhere/program"):
            await supervisor.ready("a")


async def test_a_swallowed_cancellation_does_not_keep_a_process_alive() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, NURSLING, "swallows", env={**os.environ, **PATH},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    await process.stdout.readline()
    await asyncio.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, said = await asyncio.wait_for(process.communicate(), 10)

    assert process.returncode == 70
    assert b"did not end when it was told" in said
    assert b"swallow" in said


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_beat_and_a_last_sentence_are_read_as_they_were_said(code: str, text: str) -> None:
    pulse = Pulse()
    pulse.note(code, text)
    line = pulse.beat()
    assert line is not None
    assert "\n" not in line
    assert read_alive(line) == Alive(symptoms=(Symptom(code=code, text=text),))
    pulse.note(code, None)
    assert read_alive(pulse.beat() or "") == Alive()


@given(st.text())
def test_what_a_child_prints_otherwise_is_no_beat(line: str) -> None:
    assert read_alive(line) is None
    assert read_failed(f"alive {line}") is None


def test_a_pulse_beats_only_when_its_work_went_on_once_it_began() -> None:
    pulse = Pulse()
    assert pulse.beat()
    assert pulse.beat()  # it starts
    pulse.advance()
    assert pulse.beat()
    assert pulse.beat() is None
    pulse.advance()
    assert pulse.beat()


@given(st.lists(st.floats(0, 100), max_size=6))
def test_a_supervisor_that_slept_calls_nobody_hung_by_its_own_absence(late: list[float]) -> None:
    silence = Silence(patience_s=3.5)

    assert not any(silence.turn(elapsed, serving=True, at_work=False) for elapsed in late)


def test_a_child_that_waits_for_the_processor_is_given_longer() -> None:
    def turns(*, at_work: bool, serving: bool) -> int:
        silence, count = Silence(patience_s=3.5), 0
        while not silence.turn(0.25, serving=serving, at_work=at_work):
            count += 1
        return count

    stopped = turns(at_work=False, serving=True)
    assert stopped * 0.25 <= 3.75
    assert turns(at_work=True, serving=True) >= (LONGER - 0.5) * stopped
    assert turns(at_work=False, serving=False) * 0.25 >= 25
