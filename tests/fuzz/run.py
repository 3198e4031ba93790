"""``make fuzz``: changed inputs into every parser. ``python -m tests.fuzz.run [--minutes N] [--only NAME] [--seed N]``.

A module of this folder with ``fuzz_one(data)`` and ``CORPUS`` (a folder of right inputs) is found by itself. ``fuzz_one`` raises
when something is wrong. An input that raises, or takes longer than 50 ms of processor time three times, is saved under
``.cache/fuzz`` and its path printed; ``python -m tests.fuzz.run --repeat PATH --only NAME`` runs it again. Exit 1 when there was one.

``--http`` asks a whole house instead: requests made by schemathesis of the interface document, in every role.
"""

import argparse
import asyncio
import hashlib
import importlib
import pkgutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import tests.fuzz
from tests.fuzz.mutating import mutated

FOUND = Path(__file__).resolve().parents[2] / ".cache" / "fuzz"
SLOW_S = 0.05
_AT_MOST = 20
"""Findings of one target after which it is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One parser and the right inputs that are changed."""

    name: str
    fuzz_one: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An input that raised or was slow, and where it was saved."""

    target: str
    fault: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Where to stop: seconds of the wall clock, or inputs, whichever comes first."""

    seconds: float
    inputs: int


def targets(only: str = "", /) -> list[Target]:
    """Return the targets whose name contains ``only``, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(tests.fuzz.__path__))
    modules = [importlib.import_module(f"tests.fuzz.{name}") for name in names if only in name and name != "run"]
    return [
        Target(name=module.__name__.rpartition(".")[2], fuzz_one=module.fuzz_one, seeds=_seeds(module.CORPUS))
        for module in modules
        if hasattr(module, "fuzz_one")
    ]


def _seeds(folder: Path) -> tuple[bytes, ...]:
    seeds = tuple(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    if not seeds:
        raise SystemExit(f"{folder} holds no inputs to change")
    return seeds


def fuzzed(target: Target, /, *, budget: Budget, seed: int, found: Path) -> tuple[int, list[Finding]]:
    """Feed changed inputs until the budget ends; return how many there were, and the findings, one of each fault."""
    random, until, count = Random(seed), time.monotonic() + budget.seconds, 0
    findings: dict[str, Finding] = {}
    while count < budget.inputs and time.monotonic() < until and len(findings) < _AT_MOST:
        data = mutated(target.seeds, random=random)
        count += 1
        fault = fault_of(target, data)
        if fault is not None and fault not in findings:
            found.mkdir(parents=True, exist_ok=True)
            path = found / f"{target.name}-{hashlib.sha256(data).hexdigest()[:16]}.bin"
            path.write_bytes(data)
            findings[fault] = Finding(target=target.name, fault=fault, path=path)
    return count, list(findings.values())


def fault_of(target: Target, data: bytes, /) -> str | None:
    """Return what is wrong with one input: the exception and its place, or that it is slow; None when nothing is."""
    taken = []
    for _ in range(3):
        begun = time.process_time()
        try:
            target.fuzz_one(data)
        except Exception as error:  # whatever it raises is the finding
            return _named(error)
        taken.append(time.process_time() - begun)
        if taken[-1] <= SLOW_S:
            return None
    return f"slow: more than {SLOW_S * 1000:.0f} ms"


def _named(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"


def told(chosen: list[Target], /, *, budget: Budget, seed: int) -> Iterator[Finding]:
    """Fuzz one target after the other, print a line for each, and yield the findings."""
    for target in chosen:
        begun = time.monotonic()
        count, findings = fuzzed(target, budget=budget, seed=seed, found=FOUND)
        took = time.monotonic() - begun
        print(f"{target.name}: {count} inputs in {took:.0f} s, {len(findings)} findings", flush=True)
        for finding in findings:
            print(f"  {finding.fault}: {finding.path}")
            yield finding


def told_of_http(minutes: float, /, *, seed: int) -> bool:
    """Ask a whole house in every role (``tests.fuzz.asked_house``), seed after seed; print and return what was wrong."""
    from tests import servers  # noqa: PLC0415 - the other fuzzers need no server
    from tests.fuzz.asked_house import asked_for  # noqa: PLC0415

    try:
        answers = asyncio.run(asked_for(minutes, seed=seed))
    finally:
        servers.stop()
    faults = {(one.operation, one.fault[:60]): one for one in answers if one.fault}
    print(f"{len(answers)} requests, {len(faults)} findings")
    for one in faults.values():
        print(f"  {one.role}: {one.sent}\n    {one.fault}")
    return bool(faults)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--http", action="store_true", help="generated requests to a whole house, nothing else")
    parser.add_argument("--minutes", type=float, default=5.0, help="for all targets together")
    parser.add_argument("--inputs", type=int, default=10**9, help="at most so many for each target")
    parser.add_argument("--only", default="", help="targets whose name contains this")
    parser.add_argument(
        "--seed", type=int, default=None, help="for the same inputs again; else a new one, which is printed"
    )
    parser.add_argument("--repeat", type=Path, default=None, help="a saved input")
    asked = parser.parse_args()
    seed = time.time_ns() % 2**32 if asked.seed is None else asked.seed
    if asked.http:
        print(f"seed {seed}")
        return 1 if told_of_http(asked.minutes, seed=seed) else 0
    chosen = targets(asked.only)
    if not chosen:
        print(f"no target is named {asked.only!r}")
        return 1
    if asked.repeat is not None:
        for target in chosen:
            target.fuzz_one(asked.repeat.read_bytes())
        return 0
    print(f"seed {seed}")
    budget = Budget(seconds=asked.minutes * 60 / len(chosen), inputs=asked.inputs)
    return 1 if list(told(chosen, budget=budget, seed=seed)) else 0


if __name__ == "__main__":
    sys.exit(main())
