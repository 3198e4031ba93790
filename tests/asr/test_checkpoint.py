from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.checkpoint import CheckpointFile
from asr.ports import Mark
from asr.tap import read_block
from runtime.ids import new_id
from vocabulary.ids import LegId


async def test_marks_come_back_as_they_were_written(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path / "new" / "checkpoint.json")
    marks = {
        LegId(new_id()): Mark(sample=8000),
        LegId(new_id()): Mark(sample=1, complete=False, closed=True),
    }

    assert await file.read() == {}
    await file.write(marks)

    assert await file.read() == marks
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["checkpoint.json"]


async def test_a_damaged_file_means_that_all_is_heard_again(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.json"
    path.write_bytes(b'{"legs": [')

    assert await CheckpointFile(path).read() == {}
    assert [kept.name for kept in tmp_path.iterdir()] == ["checkpoint.json.refused"]


async def test_a_place_that_takes_no_file_is_said_once_and_written_to_when_it_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "folder").write_text("a file where the folder should be")
    file, marks = CheckpointFile(tmp_path / "folder" / "checkpoint.json"), {LegId(new_id()): Mark(sample=8000)}
    assert await file.read() == {}
    failed = [await file.write(marks) for _ in range(3)]
    warnings = [record for record in caplog.records if "no checkpoint can be written" in record.getMessage()]
    (tmp_path / "folder").unlink()

    assert failed == [False] * 3
    assert len(warnings) == 1
    assert await file.write(marks)
    assert await file.read() == marks


@given(
    st.uuids(),
    st.integers(0, 2**64 - 1),
    st.integers(0, 1),
    st.binary(max_size=40).filter(lambda pcm: not len(pcm) % 2),
)
def test_a_block_is_read_as_it_was_sent(leg: UUID, first: int, gap: int, pcm: bytes) -> None:
    block = read_block(leg.bytes + first.to_bytes(8, "big") + bytes([gap]) + pcm)

    assert block is not None
    assert (block.leg, block.first_sample, block.gap_before, block.pcm) == (leg, first, bool(gap), pcm)


@given(st.binary(max_size=24))
def test_a_truncated_block_is_no_block(data: bytes) -> None:
    assert read_block(data) is None
