"""Rules for tests: that they patch nothing of ours, and that they can fail."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = [path for path in sorted((ROOT / "tests").rglob("*.py")) if path != Path(__file__)]
OF_SURE_PARTS = {"enumerate", "zip", "sorted", "reversed", "list", "tuple"}


def test_tests_patch_nothing_of_our_own_and_read_nothing_outside_the_project() -> None:
    assert len(PYTHON) > 100
    for path in PYTHON:
        text = path.read_text(encoding="utf-8")

        assert "unittest.mock" not in text, path
        assert "monkeypatch.setattr" not in text, path
        assert "../shared" not in text, path


def runs_for_sure(over: ast.expr) -> bool:
    """Say whether a loop over this expression has at least one turn, as far as one can read it there."""
    match over:
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return bool(parts)
        case ast.Call(func=ast.Name(id="range"), args=bounds):
            return all(isinstance(bound, ast.Constant) for bound in bounds)
        case ast.Call(func=ast.Name(id=name), args=parts) if name in OF_SURE_PARTS:
            return all(runs_for_sure(part) for part in parts)
        case _:
            return False


def asserts(statements: list[ast.stmt]) -> bool:
    """Say whether an assertion stands where an empty collection cannot pass it by."""
    for statement in statements:
        match statement:
            case ast.Assert():
                return True
            case ast.For(iter=over, body=body, orelse=orelse) | ast.AsyncFor(iter=over, body=body, orelse=orelse):
                if (runs_for_sure(over) and asserts(body)) or asserts(orelse):
                    return True
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                if any("raises" in ast.unparse(item.context_expr) for item in items) or asserts(body):
                    return True
            case ast.If(body=body, orelse=orelse) | ast.Try(body=body, orelse=orelse):
                if asserts(body) or asserts(orelse):
                    return True
            case _:
                pass
    return False


def written_in(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node


def test_no_test_asserts_only_inside_a_loop_that_may_have_no_turn() -> None:
    tests = [(path, test) for path in PYTHON for test in written_in(path)]
    asserting = [(path, test) for path, test in tests if any(isinstance(node, ast.Assert) for node in ast.walk(test))]
    vacuous = [f"{path.relative_to(ROOT)}::{test.name}" for path, test in asserting if not asserts(test.body)]

    assert len(asserting) > 1000
    assert vacuous == []


LONG_S = 1.0
"""A wait as long as this may stand before an absence where the rule under test is one of time."""
NOTHING = frozenset({"[]", "()", "{}", "set()", "0", "''", "b''"})


def in_order(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Give statements as they run, those of blocks behind their heads; what a test defines runs elsewhere."""
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        yield statement
        for part in ("body", "orelse", "finalbody"):
            yield from in_order(getattr(statement, part, []))


def short_sleep(statement: ast.stmt) -> bool:
    """Say whether a statement only lets a moment pass; ``sleep(0)`` is a turn of the loop."""
    match statement:
        case ast.Expr(
            value=ast.Await(value=ast.Call(func=function, args=[ast.Constant(value=int() | float() as wait)]))
        ):
            return ast.unparse(function).endswith("sleep") and 0 < wait < LONG_S
        case _:
            return False


def absent(test: ast.expr) -> bool:
    """Say whether an assertion is that something has not come."""
    match test:
        case ast.UnaryOp(op=ast.Not()) | ast.Compare(ops=[ast.NotIn()]):
            return True
        case ast.Compare(ops=[ast.Eq()], comparators=[right]):
            return ast.unparse(right) in NOTHING
        case ast.Compare(ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return True
        case _:
            return False


def waits_for_nothing(test: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Say whether a test asserts an absence after a short sleep with no other wait between."""
    slept = False
    for statement in in_order(test.body):
        if short_sleep(statement):
            slept = True
        elif isinstance(statement, ast.Assert):
            if slept and absent(statement.test) and not any(isinstance(n, ast.Await) for n in ast.walk(statement)):
                return True
        elif not isinstance(statement, ast.AsyncWith | ast.With | ast.For | ast.While | ast.If | ast.Try):
            slept = slept and not any(isinstance(node, ast.Await) for node in ast.walk(statement))
    return False


def test_no_test_lets_a_moment_pass_and_then_says_that_nothing_came() -> None:
    tests = [(path, test) for path in PYTHON for test in written_in(path)]
    found = [f"{path.relative_to(ROOT)}::{test.name}" for path, test in tests if waits_for_nothing(test)]

    assert len(tests) > 1000
    assert found == [], "send something that comes behind it and wait for that"


def test_the_rule_tells_a_short_wait_for_nothing_from_one_that_has_a_mark() -> None:
    head = "async def test_x():\n    await asyncio.sleep(0.3)\n"
    forms = {
        "    assert heard == []": True,
        "    assert not heard": True,
        "    assert told is None": True,
        "    held = len(heard)\n    assert held == 0": True,
        "    await mark()\n    assert heard == []": False,
        "    assert heard == [1]": False,
        "    assert 1 in heard": False,
    }
    judged = {form: waits_for_nothing(next(iter(ast.parse(head + form).body))) for form in forms}  # type: ignore[arg-type]  # a function

    assert judged == forms
