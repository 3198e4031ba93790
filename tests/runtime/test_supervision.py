import asyncio
import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.supervision import Child, ChildState, ChildStatus, NotReady, supervise
from runtime.supervision.child import pauses
from tests.runtime.engines import eventually

NURSLING = str(Path(__file__).with_name("nursling.py"))
ROOT = Path(__file__).resolve().parents[2]
PATH = {"PYTHONPATH": str(ROOT)}
SUPERVISOR = """
import asyncio, sys
from runtime.supervision import Child, supervise
async def main():
    async with supervise() as s:
        for name in ("a", "b"):
            s.start(Child(name=name, argv=(sys.executable, sys.argv[1], "deaf")))
            await s.ready(name)
        print(" ".join(str(c.pid) for c in s.states().values()), flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""


def child(wish: str, *, name: str = "a", stop_within: float = 5) -> Child:
    argv = (sys.executable, NURSLING, wish)
    return Child(name=name, argv=argv, env=PATH, stop_within=timedelta(seconds=stop_within), quiet=True)


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def test_a_child_is_ready_when_it_says_so_and_is_gone_after_the_block() -> None:
    seen: list[ChildStatus] = []
    async with supervise(on_change=seen.append) as supervisor:
        supervisor.start(child("lives"))
        assert await supervisor.ready("a") == 'ready {"port": 7}'
        pid = supervisor.states()["a"].pid
        assert pid is not None
        assert alive(pid)

    assert not alive(pid)
    assert [s.state for s in seen] == [ChildState.STARTING, ChildState.READY, ChildState.STOPPED]


async def test_a_killed_child_comes_back_and_is_counted() -> None:
    async with supervise() as supervisor:
        supervisor.start(child("lives"))
        await supervisor.ready("a")
        first = supervisor.states()["a"].pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: supervisor.states()["a"].pid not in {None, first})
        await supervisor.ready("a")
        status = supervisor.states()["a"]

    assert (status.restarts, status.last_exit, status.state) == (1, -9, ChildState.READY)


async def test_a_child_that_keeps_dying_is_started_less_and_less_often() -> None:
    async with supervise() as supervisor:
        supervisor.start(child("dies"))
        began = time.monotonic()
        await eventually(lambda: supervisor.states()["a"].restarts == 3, within=10)

        assert time.monotonic() - began >= 0.2 + 0.4
        assert supervisor.states()["a"].last_exit == 3
        assert supervisor.states()["a"].state is ChildState.PAUSING


async def test_a_program_that_does_not_exist_counts_as_a_death() -> None:
    async with supervise() as supervisor:
        supervisor.start(Child(name="a", argv=("/nowhere/program",)))
        await eventually(lambda: supervisor.states()["a"].last_exit == 127)


async def test_a_child_that_never_says_ready_is_reported_by_name() -> None:
    async with supervise() as supervisor:
        supervisor.start(child("mute"))
        with pytest.raises(NotReady, match="a did not start to serve"):
            await supervisor.ready("a", timeout=timedelta(seconds=0.3))


async def test_children_stop_in_reverse_order_and_a_deaf_one_is_killed() -> None:
    ended: list[str] = []

    def note(status: ChildStatus) -> None:
        if status.state is ChildState.STOPPED:
            ended.append(status.name)

    async with supervise(on_change=note) as supervisor:
        for name in ("first", "second"):
            supervisor.start(child("lives", name=name))
            await supervisor.ready(name)
        supervisor.start(child("deaf", name="third", stop_within=0.3))
        await supervisor.ready("third")
        began = time.monotonic()

    assert ended == ["third", "second", "first"]
    assert time.monotonic() - began < 4


async def test_a_stopped_child_is_not_started_again_and_its_name_is_free() -> None:
    async with supervise() as supervisor:
        supervisor.start(child("lives"))
        await supervisor.ready("a")
        with pytest.raises(ValueError, match="already"):
            supervisor.start(child("lives"))
        await supervisor.stop("a")
        assert supervisor.states() == {}
        supervisor.start(child("lives"))
        await supervisor.ready("a")


async def test_a_failure_of_the_block_stops_the_children_and_is_raised_as_it_is() -> None:
    pids: list[int] = []

    async def block() -> None:
        async with supervise() as supervisor:
            supervisor.start(child("lives"))
            await supervisor.ready("a")
            pids.append(supervisor.states()["a"].pid or 0)
            raise LookupError

    with pytest.raises(LookupError):
        await block()
    assert not alive(pids[0])


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux")
async def test_kill_nine_of_the_supervisor_leaves_nothing_behind() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SUPERVISOR, NURSLING, cwd=ROOT, env={**os.environ, **PATH}, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    pids = [int(word) for word in (await asyncio.wait_for(process.stdout.readline(), 20)).split()]
    assert len(pids) == 2
    assert all(alive(pid) for pid in pids)
    process.kill()
    await process.wait()

    await eventually(lambda: not any(alive(pid) for pid in pids))


@given(st.integers(0, 40), st.integers(0, 40))
def test_pauses_double_from_a_fifth_of_a_second_to_ten_and_begin_anew(before: int, after: int) -> None:
    between = pauses()
    first = [between.next_s() for _ in range(before)]
    between.anew()
    assert between.fresh
    again = [between.next_s() for _ in range(after)]

    for row in (first, again):
        assert row == pytest.approx([min(0.2 * 2**number, 10.0) for number in range(len(row))])
    assert between.fresh is (after == 0)
