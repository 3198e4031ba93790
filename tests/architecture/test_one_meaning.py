"""One word a concept: two classes or types of the product have the same name only where a line of the list says why."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.architecture.test_rules import ROOMS, ROOT

SHARED = ROOT / "tests/architecture/shared_names.txt"


def types_of(tree: ast.Module) -> Iterator[str]:
    """Give the names of classes, and of types given a name at the top of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and not node.targets[0].id.isupper():
            yield node.targets[0].id


def names() -> dict[str, set[str]]:
    """Return each public name of a type with the modules that have it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for name in types_of(ast.parse(path.read_text("utf-8"))):
            if name[0].isupper():
                found[name].add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return found


def shared() -> dict[str, str]:
    """Return the names of the list with their reasons."""
    rows = [line.split("#", 1) for line in SHARED.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return {row[0].strip(): row[1].strip() for row in rows if len(row) == 2}


def test_a_name_has_one_meaning_or_a_reason_in_the_list() -> None:
    found = names()

    assert len(found) > 500
    assert {name: sorted(places) for name, places in found.items() if len(places) > 1 and name not in shared()} == {}


def test_a_name_that_has_one_meaning_again_leaves_the_list() -> None:
    found = names()

    assert {name for name in shared() if len(found.get(name, ())) < 2} == set()
    assert all(shared().values())


def test_names_are_found_in_classes_and_in_types_given_a_name() -> None:
    tree = ast.parse("Key = tuple[str, int]\nLIMIT = 3\nclass Leg:\n    class Inner: ...\n")

    assert set(types_of(tree)) == {"Key", "Leg", "Inner"}
