"""A fault of one leg, or of the disk, does not end the hearing of the others."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asr.engines.scripted import tone
from asr.ports import Detector
from asr.voice_activity import VoiceActivity
from tests.asr.hearing import a_leg, silence
from tests.asr.notebook import Notebook, recogniser
from tests.asr.scripted_tap import scripted_tap
from vocabulary.audio import Party

PAUSE = silence(1)


@pytest.fixture
def socket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("t") / "s"


class Poisoned:
    """A detector that raises at every frame."""

    def voiced(self, frame: bytes, /) -> bool:
        raise RuntimeError


def first_is_poisoned() -> Iterator[Detector]:
    yield Poisoned()
    while True:
        yield VoiceActivity()


async def came(notebook: Notebook, holds: Callable[[], object]) -> bool:
    """Tell whether it came true within some seconds."""
    try:
        await notebook.until(holds, seconds=8)
    except TimeoutError:
        return False
    return True


async def test_a_leg_whose_sound_raises_is_closed_as_incomplete_and_the_other_is_heard(socket: Path) -> None:
    poisoned, sound, notebook, detectors = a_leg(), a_leg(Party.CALLER), Notebook(), first_is_poisoned()
    async with scripted_tap(socket) as tap, recogniser(socket, notebook, detector=lambda: next(detectors)):
        await tap.open(poisoned)
        tap.say(poisoned, silence(1))
        assert await came(notebook, lambda: notebook.closed(poisoned))
        await tap.open(sound)
        tap.say(sound, PAUSE + tone("甲乙") + PAUSE)
        tap.say(poisoned, silence(1))
        await tap.close(sound)
        await notebook.until(lambda: notebook.closed(sound))
        await notebook.until(lambda: notebook.marks.get(poisoned.leg))

    closed = notebook.closed(poisoned)
    assert closed is not None
    assert not closed.complete
    assert notebook.marks[poisoned.leg].closed
    assert notebook.texts(sound) == ["甲乙。"]


async def test_a_block_from_beyond_any_call_ends_its_leg_alone(socket: Path) -> None:
    far, near, notebook = a_leg(first_sample=8000 * 3600 * 48 - 8000), a_leg(Party.AGENT), Notebook()
    async with scripted_tap(socket) as tap, recogniser(socket, notebook):
        await tap.open(far)
        tap.say(far, silence(1.5))
        await notebook.until(lambda: notebook.closed(far))
        await tap.open(near)
        tap.say(near, PAUSE + tone("丁戊") + PAUSE)
        await tap.close(near)
        await notebook.until(lambda: notebook.closed(near))

    closed = notebook.closed(far)
    assert closed is not None
    assert not closed.complete
    assert notebook.texts(near) == ["丁戊。"]


async def test_a_checkpoint_that_cannot_be_written_is_tried_again_and_stops_no_hearing(socket: Path) -> None:
    leg, notebook = a_leg(), Notebook(disk_full=True)
    async with scripted_tap(socket) as tap, recogniser(socket, notebook):
        await tap.open(leg)
        tap.say(leg, PAUSE + tone("甲乙") + PAUSE)
        await tap.close(leg)
        await notebook.until(lambda: notebook.closed(leg))
        assert await came(notebook, lambda: notebook.writes >= 2)
        notebook.disk_full = False
        assert await came(notebook, lambda: notebook.marks)

    assert notebook.texts(leg) == ["甲乙。"]
    assert notebook.marks[leg.leg].closed
