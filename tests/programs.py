"""Programs of other projects that tests use: how they are got, and when a test without one is skipped and when it fails.

A test names what it needs by ``@needs("sipp")``. Where the program is missing the test is skipped with a sentence that says
how to get it. Under CI (``CI=true``, set by ``.ci/run``) nothing is skipped but for a reason in ``NOT_INSTALLABLE``.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
NOT_INSTALLABLE = {
    "only root": "the test changes users or mounts a disk, and this user may not",
    "a small disk cannot be mounted here": "the container holds no right to mount",
    "PR_SET_PDEATHSIG is Linux": "another operating system",
}
"""How a reason begins for which a test may be skipped under CI too, and why no installation helps."""


def _on_path(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False, timeout=60)
    return bool(listed.stdout.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """``package`` is Debian's, or empty where ``way`` says how else it is got."""

    found: Callable[[], bool]
    package: str = ""
    way: str = ""

    def lacking(self, name: str, /) -> str:
        """Return the sentence that says what is missing and how to get it."""
        return f"{name} is missing ({self.way or f'Debian package {self.package}'})"


PROGRAMS = {
    "sipp": Program(found=_on_path("sipp"), package="sip-tester"),
    "chromium": Program(found=_on_path("chromium"), package="chromium"),
    "java": Program(found=_on_path("java"), package="openjdk-17-jre-headless"),
    "mvn": Program(found=_on_path("mvn"), package="maven"),
    "a Chinese font": Program(found=_has_chinese_font, package="fonts-noto-cjk"),
    "axe-core": Program(found=AXE.is_file, way="`make check` installs the pages' packages"),
}
OF_DEBIAN = tuple(name for name, program in PROGRAMS.items() if program.package)


def under_ci() -> bool:
    """Say whether a missing program is a failure."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


@cache
def is_here(name: str, /) -> bool:
    """Say whether a program was there when it was first asked for."""
    return PROGRAMS[name].found()


def needs(*names: str) -> pytest.MarkDecorator:
    """Mark tests that use programs of ``PROGRAMS``; KeyError for another name."""
    lacking = [PROGRAMS[name].lacking(name) for name in names if not is_here(name)]
    return pytest.mark.skipif(bool(lacking), reason="; ".join(lacking) or "nothing is missing")


def may_be_skipped(reason: str, /) -> bool:
    """Say whether a test may be skipped for this reason: outside of CI for any, there only for what no one can install."""
    text = re.sub(r"^Skipped: ", "", reason)
    return not under_ci() or text.startswith(tuple(NOT_INSTALLABLE))


def install() -> list[str]:
    """Install what is missing when this user may; return one sentence for each thing that stays missing."""
    wanted = [PROGRAMS[name].package for name in OF_DEBIAN if not PROGRAMS[name].found()]
    if wanted and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update"], check=False, timeout=300, **quiet)
        command = ["apt-get", "install", "-y", "--no-install-recommends", *wanted]
        done = subprocess.run(command, check=False, timeout=1200, env=environment, **quiet)
        if done.returncode:
            print(f"apt-get could not install {' '.join(wanted)}", file=sys.stderr)
    return [PROGRAMS[name].lacking(name) for name in OF_DEBIAN if not PROGRAMS[name].found()]
