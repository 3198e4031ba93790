"""Runs named tests in the copy and tells how each ended; only a failed assertion counts as noticing a fault."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.architecture.test_rules import ROOMS
from tests.mutations.mutant import Mutant

WITHIN_S = 300.0
ASSERTIONS = ("AssertionError", "assert ")
RED_BY_RAISES = ("Failed: DID NOT RAISE",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """Names of tests by how they ended; ``words`` is what the runner printed last."""

    passed: list[str] = field(default_factory=list)
    asserted: list[str] = field(default_factory=list)
    """Failed for an assertion."""
    broken: list[str] = field(default_factory=list)
    """Failed for another reason: an error, a time-out, a module that does not import."""
    skipped: list[str] = field(default_factory=list)
    modules: dict[str, str] = field(default_factory=dict)
    """Our modules that were loaded, and from where."""
    words: str = ""

    @property
    def green(self) -> bool:
        """Whether something ran and nothing failed or was skipped."""
        return bool(self.passed) and not (self.asserted or self.broken or self.skipped)


def run_pytest(copy: Path, tests: tuple[str, ...]) -> Ran:
    """Run pytest's tests on the copy's modules."""
    report, witness = copy.parent / "report.xml", copy.parent / "witness.json"
    for old in (report, witness):
        old.unlink(missing_ok=True)
    environment = {
        **os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "MUTANT_WITNESS": str(witness),
        "MUTANT_ROOMS": ",".join(ROOMS),
    }  # fmt: skip
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p",
            "tests.mutations.witness", f"--junitxml={report}", *tests]  # fmt: skip
    words = _run(argv, cwd=copy, environment=environment)
    if not report.is_file():
        return Ran(broken=["pytest did not report"], words=words)
    modules = json.loads(witness.read_text(encoding="utf-8")) if witness.is_file() else {}
    return _of_junit(report, modules=modules, words=words)


def _of_junit(report: Path, *, modules: dict[str, str], words: str) -> Ran:
    ran = Ran(modules=modules, words=words)
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - our own pytest wrote it
        name, failure = str(case.get("name")), case.find("failure")
        if case.find("error") is not None:
            ran.broken.append(name)
        elif failure is not None:
            reason = failure.get("message") or ""
            (ran.asserted if reason.startswith((*ASSERTIONS, *RED_BY_RAISES)) else ran.broken).append(name)
        elif case.find("skipped") is not None:
            ran.skipped.append(name)
        else:
            ran.passed.append(name)
    return ran


def run_vitest(copy: Path, tests: tuple[str, ...]) -> Ran:
    """Run vitest's tests of the pages."""
    report = copy.parent / "vitest.json"
    report.unlink(missing_ok=True)
    web = copy / "web"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    node, program = shutil.which("node", path=path), web / "node_modules" / "vitest" / "vitest.mjs"
    if node is None or not program.is_file():
        return Ran(skipped=list(tests), words="node or the pages' packages are missing: run `make web`")
    argv = [node, str(program), "run", "--reporter=json", f"--outputFile={report}", *tests]
    words = _run(argv, cwd=web, environment={**os.environ, "PATH": path})
    if not report.is_file():
        return Ran(broken=["vitest did not report"], words=words)
    ran = Ran(words=words)
    for file in json.loads(report.read_text(encoding="utf-8"))["testResults"]:
        if not file["assertionResults"]:
            ran.broken.append(file["name"])
        for one in file["assertionResults"]:
            reason = " ".join(one["failureMessages"])
            failed = ran.asserted if reason.startswith("AssertionError") else ran.broken
            (ran.passed if one["status"] == "passed" else failed).append(one["fullName"])
    return ran


def run(copy: Path, mutant: Mutant) -> Ran:
    """Run the tests of a mutant as the copy is now."""
    return (run_vitest if mutant.of_the_pages else run_pytest)(copy, mutant.tests)


def _run(argv: list[str], *, cwd: Path, environment: dict[str, str]) -> str:
    try:
        done = subprocess.run(
            argv, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=WITHIN_S
        )
    except subprocess.TimeoutExpired:
        return f"not finished within {WITHIN_S:.0f} s"
    return (done.stdout + done.stderr)[-4000:]
