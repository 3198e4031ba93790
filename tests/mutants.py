"""``make mutants``: every fault of the list, put into a copy of the house, must turn a test red.

``python -m tests.mutants [--only NAME]``; NAME is a mutant's, or part of one. Exit 1 when one survives.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from hotline import front_end
from tests.mutations.catalogue import MUTANTS
from tests.mutations.copying import StaleMutant, copied, mutated
from tests.mutations.mutant import Mutant
from tests.mutations.running import Ran, run, run_pytest, run_vitest


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``noticed`` when a test failed for an assertion; ``by`` says which, or why not."""

    mutant: Mutant
    noticed: bool
    by: str
    seconds: float


def judge(mutant: Mutant, ran: Ran, *, copy: Path) -> tuple[bool, str]:
    """Return whether the fault was noticed, and by what."""
    if not mutant.of_the_pages:
        module = mutant.file.removesuffix(".py").replace("/", ".")
        loaded = ran.modules.get(module, "")
        if loaded and Path(loaded) != (copy / mutant.file).resolve():
            return False, f"not tried: {module} came from {loaded}"
    if ran.asserted:
        return True, ran.asserted[0]
    return (
        False,
        f"red for no assertion: {', '.join(ran.broken[:2])}" if ran.broken else "SURVIVES: all tests are green",
    )


def unmutated(copy: Path, mutants: list[Mutant]) -> str:
    """Run every test once without a fault, twice when a busy machine made it red; return what stays red."""
    complaints = []
    for pages, runner in ((False, run_pytest), (True, run_vitest)):
        tests = tuple(dict.fromkeys(test for m in mutants if m.of_the_pages is pages for test in m.tests))
        if not tests:
            continue
        ran = runner(copy, tests)
        if not ran.green:
            ran = runner(copy, tests)
        print(f"without a fault: {len(ran.passed)} tests of {'the pages' if pages else 'the rooms'} green", flush=True)
        if not ran.green:
            names = ", ".join([*ran.asserted, *ran.broken, *(f"{name} (skipped)" for name in ran.skipped)])
            complaints.append(f"not green without any fault: {names or 'nothing ran'}\n{ran.words}")
    return "\n".join(complaints)


def attempt(copy: Path, mutant: Mutant) -> Verdict:
    """Put one fault in, run its tests, take it out."""
    began = time.monotonic()
    try:
        with mutated(copy, mutant):
            noticed, by = judge(mutant, run(copy, mutant), copy=copy)
    except StaleMutant as error:
        noticed, by = False, str(error)
    return Verdict(mutant=mutant, noticed=noticed, by=by, seconds=time.monotonic() - began)


def table(verdicts: list[Verdict]) -> str:
    """Return the rows for a terminal."""
    lines = [f"{'fault':<36} {'mutant':<30} {'s':>5}  noticed by"]
    for one in verdicts:
        mark = "" if one.noticed else "NOT NOTICED: "
        lines.append(f"{one.mutant.fault:<36} {one.mutant.name:<30} {one.seconds:5.1f}  {mark}{one.by}")
    return "\n".join(lines)


def main() -> int:
    """Try all mutants, or those that ``--only`` names."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", metavar="NAME", default="", help="a mutant's name, or part of it")
    only = parser.parse_args().only
    chosen = [mutant for mutant in MUTANTS if only in mutant.name]
    if not chosen:
        print(f"no mutant is called {only}; there are: {', '.join(mutant.name for mutant in MUTANTS)}", file=sys.stderr)
        return 2
    if any(mutant.of_the_pages for mutant in chosen):
        front_end.install()
    with copied() as copy:
        complaint = unmutated(copy, chosen)
        if complaint:
            print(complaint, file=sys.stderr)
            return 1
        verdicts = []
        for mutant in chosen:
            verdicts.append(attempt(copy, mutant))
            print(f"{mutant.name}: {'noticed' if verdicts[-1].noticed else 'NOT NOTICED'}", flush=True)
    print(table(verdicts))
    survivors = [one.mutant.name for one in verdicts if not one.noticed]
    print(f"not noticed: {', '.join(survivors)}" if survivors else f"all {len(verdicts)} mutants were noticed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
