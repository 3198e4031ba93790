"""A child's log stays below its bound, whatever is said."""

import os
import subprocess
import sys
from pathlib import Path

from hotline.log_file import KEPT, rotate

ROOT = Path(__file__).resolve().parents[2]
TALKER = """
import asyncio, sys
from pathlib import Path
from hotline.log_file import keep_bounded, log_to
from runtime.background import background
file = Path(sys.argv[1])
log_to(file)
async def main():
    async with background(keep_bounded(file, most=2000, every_s=0.01)):
        for _ in range(100):
            print("x" * 200, file=sys.stderr, flush=True)
            await asyncio.sleep(0.005)
asyncio.run(main())
"""


def test_a_file_that_is_full_is_followed_by_a_new_one_and_old_ones_go(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "desk.log"
    subprocess.run([sys.executable, "-c", TALKER, str(file)], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    found = sorted(path.name for path in file.parent.iterdir())

    assert len(found) >= 3
    assert set(found) <= {"desk.log", *(f"desk.log.{number}" for number in range(1, KEPT + 1))}
    assert all(path.stat().st_size < 6000 for path in file.parent.iterdir())
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_the_newest_are_kept_in_order(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    for number in range(KEPT + 3):
        file.write_text(str(number))
        rotate(file)

    assert [file.with_name(f"a.log.{at}").read_text() for at in range(1, KEPT + 1)] == ["7", "6", "5", "4", "3"]
