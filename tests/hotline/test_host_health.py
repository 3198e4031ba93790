"""What a supervisor writes of its children, and what a reader may believe of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hotline.health_file import keep_health, read_health
from hotline.host_health import LOW_BYTES, HostHealth, Part, Restarts, changes, host_health, told
from runtime.background import background
from runtime.supervision import ChildState, ChildStatus, Symptom
from tests.runtime.engines import eventually

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SERVING = ChildStatus(name="media", state=ChildState.READY, pid=7)
statuses = st.builds(
    ChildStatus, name=st.just("media"), state=st.sampled_from(ChildState), restarts=st.integers(0, 5),
    hung=st.integers(0, 2), symptoms=st.lists(st.builds(Symptom, code=st.text(), text=st.text()), max_size=2).map(tuple),
)  # fmt: skip


def seen(status: ChildStatus, *, free: int = LOW_BYTES, restarts: Restarts | None = None, now: float = 0) -> HostHealth:
    return host_health({status.name: status}, restarts=restarts or Restarts(), free={"data": free}, at=NOW, now=now)


@given(statuses)
def test_a_part_is_well_only_while_it_serves_and_complains_of_nothing(status: ChildStatus) -> None:
    health = seen(status)
    part = health.parts[0]

    assert part.ok == (status.state is ChildState.READY and not status.symptoms and status.restarts < 3)
    assert ("media" in health.away) == (status.state is not ChildState.READY)
    assert all(symptom.text in part.detail for symptom in status.symptoms)
    assert ("停止响应" in part.detail) == (status.hung > 0)


def test_restarts_count_for_ten_minutes() -> None:
    restarts = Restarts()
    often = replace(SERVING, restarts=3)

    assert not seen(often, restarts=restarts, now=0).parts[0].ok
    assert not seen(often, restarts=restarts, now=599).parts[0].ok
    assert seen(often, restarts=restarts, now=601).parts[0].ok


def test_a_disk_that_is_nearly_full_is_said() -> None:
    assert seen(SERVING).parts[1].ok
    assert not seen(SERVING, free=LOW_BYTES - 1).parts[1].ok


def test_what_is_old_or_missing_is_not_believed() -> None:
    health = seen(SERVING)

    assert told(health, now=NOW + timedelta(seconds=4))[0].ok
    assert not told(health, now=NOW + timedelta(seconds=6))[0].ok
    assert not told(None, now=NOW)[0].ok


def test_only_changes_are_said() -> None:
    well, ill = seen(SERVING), seen(replace(SERVING, state=ChildState.PAUSING))

    assert changes(None, well) == []
    assert [part.ok for part in changes(well, ill)] == [False]
    assert changes(ill, ill) == []
    assert [part.ok for part in changes(ill, well)] == [True]


async def test_the_file_follows_the_children_and_survives_a_folder_that_is_gone(tmp_path: Path) -> None:
    file, said = tmp_path / "run" / "health.json", list[Part]()
    file.parent.mkdir()
    states = {"media": SERVING}
    watching = keep_health(file, states=lambda: states, folders={"data": tmp_path / "gone"}, say=said.append)
    async with background(watching):
        await eventually(lambda: read_health(file) is not None)
        assert file.stat().st_mode & 0o777 == 0o600
        states["media"] = replace(SERVING, state=ChildState.PAUSING)
        await eventually(lambda: "media" in (read_health(file) or HostHealth(at=NOW, parts=())).away)

    assert [part.name for part in said] == ["disk data", "media"]


def test_a_file_that_cannot_be_read_is_no_health(tmp_path: Path) -> None:
    (tmp_path / "health.json").write_bytes(b"{")

    assert read_health(tmp_path / "health.json") is None
    assert read_health(tmp_path) is None
