"""Values go into SQL by the name of their column: whoever counts to nine gets one wrong."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.test_rules import ROOMS, ROOT

LISTED = ROOT / "tests/architecture/positional_sql.txt"
MOST = 8
STATEMENTS = {"execute", "executemany", "fetch", "fetchrow", "fetchval", "fetch_as", "fetchrow_as"}
_PLACE = re.compile(r"\$(\d+)")


def places(node: ast.AST) -> int:
    """Return how many values by place a call hands to a statement, or a text asks for."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name), args=arguments) if name in STATEMENTS:
            return len(arguments) - (2 if name.endswith("_as") else 1)
        case ast.Constant(value=str(text)):
            return max((int(number) for number in _PLACE.findall(text)), default=0)
        case _:
            return 0


def holders(tree: ast.Module) -> Iterator[str]:
    """Give the functions, and names of the module, with statements of more than MOST values by place."""
    for top in tree.body:
        inner = top.body if isinstance(top, ast.ClassDef) else [top]
        for one in inner:
            if any(places(node) > MOST for node in ast.walk(one)):
                match one:
                    case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                        yield name
                    case ast.Assign(targets=[ast.Name(id=name)]):
                        yield name
                    case _:
                        yield f"line {one.lineno}"


def test_no_statement_takes_more_than_eight_values_by_place() -> None:
    listed = {line.split("#")[0].strip() for line in LISTED.read_text(encoding="utf-8").splitlines()} - {""}
    found = {
        f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}.{name}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for name in holders(ast.parse(path.read_bytes()))
    }

    assert found - listed == set(), "give them by name: insert_into, update, or :name in the text"
    assert listed - found == set(), "these lines are not needed any more"


def test_the_rule_sees_texts_and_calls() -> None:
    forms = """
NINE = "insert into t values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
EIGHT = "insert into t values ($1, $2, $3, $4, $5, $6, $7, $8)"

async def by_hand(tx):
    await tx.execute(NAMED, a, b, c, d, e, f, g, h, i)

class Store:
    async def written(self, tx, where):
        await tx.fetch(f"select $1 where {where} and x = $10")

    async def typed(self, tx):
        await tx.fetch_as(Row, EIGHT, a, b, c, d, e, f, g, h)
"""

    assert list(holders(ast.parse(forms))) == ["NINE", "by_hand", "written"]
