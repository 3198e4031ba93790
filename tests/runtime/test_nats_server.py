import json
import os
import signal
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from runtime.bus import BusAway, ensure_streams, open_bus
from runtime.nats_server import embedded_nats, settings_text
from runtime.supervision import supervise
from tests.runtime.engines import eventually, queued

pytestmark = pytest.mark.real
SECOND = timedelta(seconds=1)


@pytest.fixture
async def place() -> AsyncIterator[Path]:
    with TemporaryDirectory(prefix="nats") as folder:
        yield Path(folder)


async def test_it_listens_on_this_machine_only(place: Path) -> None:
    async with supervise() as supervisor, embedded_nats(data=place / "d", runtime=place / "r", supervisor=supervisor):
        pid = supervisor.states()["nats"].pid
        hosts = {c.laddr.ip for c in psutil.Process(pid).net_connections() if c.status == psutil.CONN_LISTEN}

    assert hosts == {"127.0.0.1"}


async def test_the_password_is_random_kept_private_and_asked_for(place: Path) -> None:
    async with embedded_nats(data=place / "d", runtime=place / "r") as address:
        for name in ("d/nats.password", "r/nats.conf"):
            assert stat.S_IMODE((place / name).stat().st_mode) == 0o600
        assert len(address.password) > 30
        assert address.password not in repr(address)
        with pytest.raises(BusAway):
            async with open_bus(url=address.url, name="t", user="hotline", password="guess", within=SECOND):
                pass
        with pytest.raises(BusAway):
            async with open_bus(url=address.url, name="t", within=SECOND):
                pass
    async with embedded_nats(data=place / "d", runtime=place / "r") as again:
        assert again.password == address.password


async def test_acknowledged_facts_are_there_after_kill_nine_and_restart_by_the_supervisor(place: Path) -> None:
    async with (
        supervise() as supervisor,
        embedded_nats(data=place / "d", runtime=place / "r", supervisor=supervisor) as at,
    ):
        async with open_bus(url=at.url, name="t", user=at.user, password=at.password) as bus:
            await ensure_streams(bus, demo=True)
            await ensure_streams(bus, demo=True)
            for number in range(201):
                await bus.store(queued(), number=number, emitter="t", timeout=SECOND)
            pid = supervisor.states()["nats"].pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await eventually(lambda: supervisor.states()["nats"].pid not in {None, pid})
            await supervisor.ready("nats")
            await eventually(lambda: bus.connected)
        async with open_bus(url=at.url, name="t2", user=at.user, password=at.password) as bus:
            reader = await bus.facts(durable="log-writer", max_unacked=1000)
            found = []
            while batch := await reader.fetch(batch=100, timeout=SECOND):
                found += batch
                await reader.ack(batch)

    assert [fact.sequence for fact in found] == list(range(1, 202))


async def test_its_streams_change_size_between_a_demo_and_a_city(place: Path) -> None:
    async with (
        embedded_nats(data=place / "d", runtime=place / "r") as at,
        open_bus(url=at.url, name="t", user=at.user, password=at.password) as bus,
    ):
        await ensure_streams(bus, demo=True)
        await bus.store(queued(), number=1, emitter="t", timeout=SECOND)
        before = await bus.facts_fill()
        await ensure_streams(bus, demo=False)

        assert await bus.facts_fill() == pytest.approx(before / 16)


async def test_nobody_home_is_said_within_the_deadline() -> None:
    with pytest.raises(BusAway, match="no NATS server answers"):
        async with open_bus(url="nats://127.0.0.1:1", name="t", within=SECOND):
            pass


def test_the_settings_are_json_and_sync_every_write() -> None:
    settings = json.loads(settings_text(store=Path("/data/a b"), port=1, user="u", password='p"\\'))

    assert settings["jetstream"]["sync_interval"] == "always"
    assert settings["authorization"]["password"] == 'p"\\'
