"""``make test``: everything that can run here. Tests that wait on sound run alone at the end.

What each test took is written to ``.cache/durations.json``; the slowest are printed at the end.
"""

import json
import resource
import subprocess
import sys
import time
from typing import Any

from tests import programs

CACHE = programs.ROOT / ".cache"
LAYERS = (
    ("together", ["-n", "3", "--dist", "worksteal", "-m", "not paced and not e2e"]),
    ("paced", ["-p", "no:xdist", "-m", "paced and not e2e"]),
    ("the whole house", ["-p", "no:xdist", "-m", "e2e"]),
)
"""More workers than cores: a third of what the first layer takes is waiting."""
SLOWEST = 25
NO_TESTS = 5
"""pytest's exit status when nothing was chosen: right for a layer where arguments choose the tests, never for all."""


def _cpu() -> float:
    """Return the processor seconds of all ended children, and theirs in turn; servers that outlive a layer are not in it."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def run_layer(name: str, options: list[str], arguments: list[str], /) -> tuple[int, dict[str, Any]]:
    """Run one layer; return pytest's exit status, and what it took."""
    print(f"== tests: {name}", flush=True)
    written = CACHE / "durations-of-a-layer.json"
    written.unlink(missing_ok=True)
    began, spent = time.monotonic(), _cpu()
    command = ["-q", "-p", "tests.durations", f"--durations-file={written}", *options, *arguments]
    code = subprocess.run([sys.executable, "-m", "pytest", *command], check=False, cwd=programs.ROOT).returncode
    tests = json.loads(written.read_text(encoding="utf-8")) if written.is_file() else {}
    written.unlink(missing_ok=True)
    took = {"wall_s": round(time.monotonic() - began, 1), "cpu_s": round(_cpu() - spent, 1), "tests": tests}
    return code, took


def seconds(phases: dict[str, float], /) -> float:
    """Return what a test took on the clock, fixtures included."""
    return sum(phases.get(when, 0.0) for when in ("setup", "call", "teardown"))


def summary(layers: dict[str, dict[str, Any]], /) -> list[str]:
    """Return the lines that say what each layer took and which tests were slowest."""
    lines = [
        f"{name}: {len(took['tests'])} tests, {took['wall_s']:.0f} s on the clock, {took['cpu_s']:.0f} s of processors"
        for name, took in layers.items()
    ]
    tests = [(seconds(phases), phases.get("cpu", 0.0), test) for took in layers.values() for test, phases in took["tests"].items()]  # fmt: skip
    return [*lines, *(f"{took:7.1f} s {cpu:6.1f} s cpu  {test}" for took, cpu, test in sorted(tests, reverse=True)[:SLOWEST])]  # fmt: skip


def outcome(codes: dict[str, int], /, *, chosen: bool) -> tuple[int, str]:
    """Return the exit status and its sentence; ``chosen`` says that arguments choose the tests."""
    accepted = {0, NO_TESTS} if chosen else {0}
    failed = [name for name, code in codes.items() if code not in accepted]
    if failed:
        return 1, f"failed layers: {', '.join(failed)}"
    if all(code == NO_TESTS for code in codes.values()):
        return 1, "no test was chosen: nothing was tested"
    return 0, "all layers passed"


def main(arguments: list[str], /) -> int:
    """Run all layers, go on after a failed one, and say at the end which failed."""
    lacking = programs.install()
    for sentence in lacking:
        print(f"{sentence}: its tests are skipped")
    if lacking and programs.under_ci():
        print("under CI nothing is skipped: install what is missing")
        return 1
    CACHE.mkdir(exist_ok=True)
    done = {name: run_layer(name, options, arguments) for name, options in LAYERS}
    layers = {name: took for name, (_, took) in done.items()}
    (CACHE / "durations.json").write_text(json.dumps(layers, ensure_ascii=False, indent=0), encoding="utf-8")
    print("\n".join(summary(layers)))
    code, sentence = outcome({name: code for name, (code, _) in done.items()}, chosen=bool(arguments))
    print(sentence)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
