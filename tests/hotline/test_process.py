"""How a child process ends: what its exit code and its last word tell the supervisor."""

import subprocess
import sys
from pathlib import Path

import pytest

from runtime.supervision import PERMANENT_EXIT

BEGIN = """
import errno, sys
from pathlib import Path
from hotline.process import run_role
from vocabulary.errors import Permanent, Transient

def role(data, pulse):
    async def work():
        {body}
    return work()

sys.exit(run_role("made-up", Path({file!r}), None, roles={{"made-up": role}}))
"""


def ended(tmp_path: Path, body: str) -> subprocess.CompletedProcess[str]:
    """Run a process whose role does ``body``."""
    file = tmp_path / "role.json"
    file.write_bytes(b"{}")
    return subprocess.run(
        [sys.executable, "-c", BEGIN.format(body=body, file=str(file))],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def of_house(tmp_path: Path, role: str, config: bytes | None, *log: str) -> subprocess.CompletedProcess[str]:
    """Run a role of the house as its supervisor does."""
    file = tmp_path / "role.json"
    if config is not None:
        file.write_bytes(config)
    return subprocess.run(
        [sys.executable, "-m", "hotline.process", role, str(file), *log],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_work_that_is_done_is_exit_0_without_a_word(tmp_path: Path) -> None:
    done = ended(tmp_path, "pass")

    assert (done.returncode, done.stderr) == (0, "")
    assert "failed" not in done.stdout


@pytest.mark.parametrize(
    "body",
    [
        "raise Transient('the bus is away')",
        "raise ExceptionGroup('tasks', [Transient('the bus is away')])",
        "raise ExceptionGroup('tasks', [ExceptionGroup('inner', [Transient('the bus is away')])])",
    ],
)
def test_what_may_pass_is_exit_1_and_one_sentence_so_that_the_supervisor_tries_again(tmp_path: Path, body: str) -> None:
    done = ended(tmp_path, body)

    assert (done.returncode, done.stderr) == (1, "made-up: the bus is away\n")
    assert "failed" not in done.stdout


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise Permanent('the port is taken')", "the port is taken"),
        ("raise ExceptionGroup('tasks', [Permanent('the port is taken')])", "the port is taken"),
        ("raise OSError(errno.EACCES, 'Permission denied', '/srv/x')", "Permission denied: /srv/x"),
        ("Path('/dev/null/x').mkdir()", "Not a directory: /dev/null/x"),
    ],
)
def test_what_will_not_pass_is_exit_78_and_its_sentence_is_told_to_the_supervisor(
    tmp_path: Path, body: str, said: str
) -> None:
    done = ended(tmp_path, body)

    assert (done.returncode, done.stderr) == (PERMANENT_EXIT, f"made-up: {said}\n")
    assert said in done.stdout


def test_a_full_disk_passes(tmp_path: Path) -> None:
    done = ended(tmp_path, "raise OSError(errno.ENOSPC, 'No space left on device', '/srv/x')")

    assert (done.returncode, done.stderr) == (1, "made-up: No space left on device: /srv/x\n")


@pytest.mark.parametrize(
    "body", ["raise LookupError", "raise ExceptionGroup('tasks', [Permanent('x'), LookupError()])"]
)
def test_a_fault_of_ours_is_shown_whole_and_taken_for_nothing_else(tmp_path: Path, body: str) -> None:
    done = ended(tmp_path, body)

    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "LookupError" in done.stderr


@pytest.mark.parametrize("role", ["switch", "media", "recogniser", "desk", "database", "test-calls", "agent", "unit"])
def test_no_role_starts_with_settings_that_it_cannot_read(role: str, tmp_path: Path) -> None:
    done = of_house(tmp_path, role, b'{"host": 5}')

    assert (done.returncode, done.stderr.count("\n")) == (PERMANENT_EXIT, 1), done.stderr
    assert done.stderr.startswith(f"{role}: ")


def test_a_file_of_settings_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = of_house(tmp_path, "switch", None)

    assert done.returncode == PERMANENT_EXIT
    assert done.stderr == f"switch: No such file or directory: {tmp_path / 'role.json'}\n"


def test_what_a_process_says_goes_into_its_log_which_others_cannot_read(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "switch.log"
    done = of_house(tmp_path, "switch", b'{"host": 5}', str(log))

    assert (done.returncode, done.stderr) == (PERMANENT_EXIT, "")
    assert log.read_text("utf-8").startswith("switch: ")
    assert log.stat().st_mode & 0o077 == 0
