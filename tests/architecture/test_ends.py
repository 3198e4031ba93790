"""No choice over a closed set ends in a permissive default: what is not known is refused, not done."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.test_rules import ROOMS, ROOT

LISTED = ROOT / "tests/architecture/open_ends.txt"


def refuses(statement: ast.stmt | None) -> bool:
    """Say whether the end of a choice raises or is proved unreachable."""
    match statement:
        case ast.Raise():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            return True
        case _:
            return False


def subject(test: ast.expr) -> str | None:
    """Return what a test asks of which class or member it is: ``x`` of ``isinstance(x, A)`` and ``x is A.B``."""
    match test:
        case ast.BoolOp(op=ast.And(), values=[first, *_]):
            return subject(first)
        case ast.Call(func=ast.Name(id="isinstance"), args=[asked, _]):
            return ast.unparse(asked)
        case ast.Compare(left=asked, ops=[ast.Is()], comparators=[ast.Attribute()]):
            return ast.unparse(asked)
        case _:
            return None


def chain(first: ast.If) -> list[ast.If]:
    found = [first]
    while len(found[-1].orelse) == 1 and isinstance(found[-1].orelse[0], ast.If):
        if subject(found[-1].orelse[0].test) != subject(first.test):
            break
        found.append(found[-1].orelse[0])
    return found


def chains(statements: list[ast.stmt]) -> Iterator[tuple[ast.If, ast.stmt | None]]:
    """Give each row of two or more tests of one subject, with the first statement of what happens otherwise."""
    at = 0
    while at < len(statements):
        first = statements[at]
        at += 1
        if not isinstance(first, ast.If) or subject(first.test) is None:
            continue
        found = chain(first)
        while at < len(statements) and not found[-1].orelse:
            after = statements[at]
            if not isinstance(after, ast.If) or subject(after.test) != subject(first.test):
                break
            found += chain(after)
            at += 1
        leaves = all(isinstance(one.body[-1], ast.Return | ast.Raise | ast.Continue) for one in found)
        if len(found) > 1 and found[-1].orelse:
            yield first, found[-1].orelse[0]
        elif len(found) > 1 and leaves and at < len(statements):
            yield first, statements[at]


def permissive(tree: ast.Module) -> Iterator[str]:
    """Give the functions whose choices end otherwise than by a refusal."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Match):
                last = node.cases[-1]
                whole = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None and last.guard is None
                if whole and not refuses(last.body[0]):
                    yield function.name
            for name in ("body", "orelse", "finalbody"):
                part = getattr(node, name, None)
                ends = chains(part) if isinstance(part, list) else ()
                yield from (function.name for _, end in ends if not refuses(end))


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_a_choice_over_a_closed_set_refuses_what_it_does_not_know() -> None:
    lines = [line.split("#", 1) for line in LISTED.read_text(encoding="utf-8").splitlines() if line.strip()]
    listed = {name.strip() for name, _ in lines if name.strip()}
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts]
    found = {f"{module(path)}.{name}" for path in paths for name in permissive(ast.parse(path.read_bytes()))}

    assert found - listed == set(), "end it with assert_never, or say in open_ends.txt why the set is open"
    assert listed - found == set(), "these lines are not needed any more"


def test_the_rule_sees_each_form_of_a_permissive_end() -> None:
    forms = """
def wildcard(x):
    match x:
        case A():
            return 1
        case _:
            return archive(x)

def tail(x):
    if isinstance(x, A):
        return 1
    if isinstance(x, B):
        return 2
    return archive(x)

def otherwise(x):
    if x is S.A:
        one()
    elif x is S.B:
        two()
    else:
        archive(x)

def refused(x):
    match x:
        case A():
            return 1
        case _:
            assert_never(x)

def filtered(x):
    if isinstance(x, A):
        one()
    elif isinstance(x, B):
        two()
"""

    assert set(permissive(ast.parse(forms))) == {"wildcard", "tail", "otherwise"}
