"""Who may do what stands in a table written by hand: the interface document, made from the routes, is held to it."""

import csv
import json
from pathlib import Path

from vocabulary.people import Role

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("roles.tsv")
UNLIMITED_FOR_UNITS = {"own unit", "own session", "own account", "no personal data"}


def by_hand() -> dict[tuple[str, str], tuple[frozenset[str], str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    table = {(row["method"], row["path"]): (frozenset(row["roles"].split()), row["scope"]) for row in rows}
    assert len(table) == len(rows), "a row stands twice"
    return table


def document() -> dict[tuple[str, str], frozenset[str]]:
    paths = json.loads((ROOT / "web" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    return {
        (method.upper(), path): frozenset(one.get("x-roles", ["public"]))
        for path, methods in paths.items()
        for method, one in methods.items()
    }


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert set(document()) == set(by_hand())


def test_every_route_lets_in_exactly_the_roles_of_its_row() -> None:
    rows = by_hand()

    wrong = {key: sorted(roles) for key, roles in document().items() if key in rows and roles != rows[key][0]}

    assert wrong == {}


def test_what_is_public_needs_no_session_and_nothing_else_goes_without() -> None:
    paths = json.loads((ROOT / "web" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    open_ones = {
        (method.upper(), path)
        for path, methods in paths.items()
        for method, one in methods.items()
        if one["security"] == []
    }

    assert open_ones == {("GET", "/api/health"), ("POST", "/api/session")}


def test_a_member_unit_reaches_its_own_orders_and_nothing_of_anybody_else() -> None:
    scopes = {scope for roles, scope in by_hand().values() if "unit" in roles}

    assert scopes <= UNLIMITED_FOR_UNITS


def test_every_role_of_the_table_exists() -> None:
    named = {role for roles, _ in by_hand().values() for role in roles}

    assert named - {"public"} == set(Role)
