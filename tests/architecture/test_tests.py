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
