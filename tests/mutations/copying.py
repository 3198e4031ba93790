"""A copy of the working tree in a temporary folder, with one text replaced at a time."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mutations.mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]
LINKED = (".venv", "web/node_modules", "hotline/static", ".cache")
"""Installed or built, never mutated: the copy sees the original."""


class StaleMutant(Exception):
    """The text to replace is not found exactly once: the source changed, the mutant must follow."""


@contextmanager
def copied() -> Iterator[Path]:
    """Copy what git knows or would take, as it lies now; remove the copy at the end."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "house"
        for name in _files():
            place = copy / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place)
        for name in LINKED:
            if (ROOT / name).exists():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                (copy / name).symlink_to(ROOT / name, target_is_directory=True)
        yield copy


def _files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@contextmanager
def mutated(copy: Path, mutant: Mutant) -> Iterator[None]:
    """Replace the text for the length of the block; StaleMutant when it does not stand there exactly once."""
    place = copy / mutant.file
    before = place.read_text(encoding="utf-8")
    count = before.count(mutant.old)
    if count != 1:
        raise StaleMutant(f"{mutant.name}: the text to replace stands {count} times in {mutant.file}, not once")
    place.write_text(before.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        yield
    finally:
        place.write_text(before, encoding="utf-8")
