"""A route says its types once, in its handler; the interface document that comes of it leaves nothing open."""

import ast
import json
from collections.abc import Iterator
from typing import Any

from tests.architecture.test_rules import ROOT, _module, _python, _tree


def calls_of(name: str) -> list[str]:
    """Return the modules that call ``name``."""
    return [
        _module(path)
        for path in _python()
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]


def parameters() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each parameter of the document with method and path; schemas of one name are looked up."""
    document = json.loads((ROOT / "web" / "openapi.json").read_text(encoding="utf-8"))
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for one in operation.get("parameters", ()):
                named = one["schema"].get("$ref", "").rpartition("/")[2]
                schema = {**(schemas[named] if named else {}), **one["schema"]}
                yield f"{method} {path}", {**one, "schema": schema}


def test_every_row_is_made_by_the_function_of_its_method() -> None:
    assert calls_of("Route") == ["runtime.web.rows"]
    assert {name.split(".")[0] for name in calls_of("get")} >= {"agent_desk", "work_orders", "knowledge", "analytics"}


def test_no_room_reads_a_path_or_a_query_as_text() -> None:
    text = [
        _module(path)
        for path in _python()
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"path", "query"} and ast.unparse(node.value) == "request"
    ]

    assert set(text) <= {"runtime.web.exchange", "runtime.web.guard", "runtime.web.sockets"}


def test_every_query_parameter_is_described_and_every_number_has_both_bounds() -> None:
    found = [(where, one) for where, one in parameters() if one["in"] == "query"]
    wordless = [(where, one["name"]) for where, one in found if not one["description"]]
    unbounded = [
        (where, one["name"])
        for where, one in found
        if one["schema"].get("type") == "integer" and not {"minimum", "maximum"} <= one["schema"].keys()
    ]

    assert len(found) > 20
    assert (wordless, unbounded) == ([], [])


def test_what_is_chosen_from_a_list_is_a_list_in_the_document() -> None:
    chosen = {one["name"] for _, one in parameters() if "enum" in one["schema"]}

    assert chosen >= {"origin", "stage", "name"}
