"""Names are plain: a word of the list names no class, function or module of ours; what has such a name today is listed."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.test_rules import ROOMS, ROOT

TODAY = ROOT / "tests/architecture/words_in_use.txt"


@cache
def words() -> dict[tuple[str, ...], str]:
    """Return each word, or words in a row, with the plain one to use."""
    lines = (ROOT / "tests/architecture/words.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {tuple(word.split()): plain for word, plain, _ in rows}


def parts(name: str) -> list[str]:
    """Return the words of a name: ``PartLegs``, ``part_legs`` and ``partLEGS2`` are *part* and *legs*."""
    return [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def avoided(name: str) -> set[str]:
    """Return the words of the list that stand in a name."""
    own = parts(name)
    return {
        " ".join(word)
        for word in words()
        if any(tuple(own[at : at + len(word)]) == word for at in range(len(own) - len(word) + 1))
    }


def defined(path: Path) -> Iterator[str]:
    """Give the names of a module, its classes and its functions. A test's name is a sentence and may say anything."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith(
            "test_"
        ):
            yield node.name


@cache
def found() -> set[str]:
    files = [
        path for room in (*ROOMS, "tests") for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts
    ]
    assert len(files) > 400
    return {f"{path.relative_to(ROOT)} {name}" for path in files for name in defined(path) if avoided(name)}


def listed() -> set[str]:
    lines = [line.split("#")[0].strip() for line in TODAY.read_text("utf-8").splitlines()]
    return {line for line in lines if line}


def test_no_new_name_holds_a_word_that_has_a_plain_one() -> None:
    plain = {" ".join(word): use for word, use in words().items()}
    new = {
        name: "; ".join(f"{word}: say {plain[word]}" for word in sorted(avoided(name.split()[1])))
        for name in found() - listed()
    }

    assert new == {}


def test_a_name_that_is_gone_leaves_the_list() -> None:
    assert listed() - found() == set()


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("Floor", {"floor"}),
        ("open_floor", {"floor"}),
        ("PartLegs", {"part legs"}),
        ("part_of_legs", set()),
        ("PARTED_AT", {"parted"}),
        ("Departed", set()),
        ("years", set()),
        ("clears", set()),
        ("EarsOfTap", {"ears"}),
        ("test_floor_faults", {"floor"}),
        ("ScriptedMouth2", {"mouth"}),
        ("WholeHouse", set()),
    ],
)
def test_words_are_found_as_words_and_not_as_letters(name: str, held: set[str]) -> None:
    assert avoided(name) == held
