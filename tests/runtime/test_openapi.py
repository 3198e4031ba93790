"""The OpenAPI document: complete, closed, deterministic."""

import json
import re
from dataclasses import dataclass
from typing import Literal

from runtime.codec import encode
from runtime.web import SIGNED_IN, ApiInfo, OneOf, Socket, WebSocketRoute, openapi
from tests.runtime.test_web import ROUTES
from vocabulary.events import CATALOGUE
from vocabulary.people import Principal

INFO = ApiInfo(title="Hotline", version="1.2.3")


@dataclass(frozen=True, kw_only=True)
class Rang:
    kind: Literal["rang"] = "rang"


@dataclass(frozen=True, kw_only=True)
class Spoke:
    data: str
    kind: Literal["spoke"] = "spoke"


@dataclass(frozen=True, kw_only=True)
class Place:
    n: int


async def silent(socket: Socket, principal: Principal | None, /) -> None:
    """Says nothing."""


SOCKET = WebSocketRoute(
    path="/api/live", handler=silent, roles=SIGNED_IN, hears=Rang,
    sends=(OneOf(name="Said", members=(Rang, Spoke), beside=Place),),
)  # fmt: skip


def document() -> dict:  # type: ignore[type-arg] # JSON
    return json.loads(encode(openapi(ROUTES, info=INFO)))


def test_every_route_is_described_with_its_types_and_roles() -> None:
    paths = document()["paths"]

    assert {(path, method.upper()) for path, one in paths.items() for method in one} == {
        (route.path, route.method) for route in ROUTES
    }
    echo = paths["/api/echo"]["post"]
    assert echo["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Order"}
    assert echo["x-roles"] == ["admin", "agent", "analyst", "unit"]
    assert paths["/api/session"]["post"]["security"] == []
    assert paths["/api/who/{name}"]["get"]["parameters"][0]["name"] == "name"
    assert "204" in paths["/api/thing"]["delete"]["responses"]


def test_a_reply_is_described_as_the_handler_says_it() -> None:
    paths = document()["paths"]
    who, entering, sheet = (
        paths[path][method]["responses"]["200"]["content"]
        for path, method in (("/api/who/{name}", "get"), ("/api/session", "post"), ("/api/sheet", "get"))
    )

    assert who["application/json"]["schema"] == {"type": "array", "items": {"type": "string"}}
    assert entering["application/json"]["schema"] == {"type": "object", "additionalProperties": {"type": "boolean"}}
    assert sheet["*/*"]["schema"] == {"type": "string", "format": "binary"}
    assert paths["/api/session"]["delete"]["responses"].keys() == {"204", "default"}


def test_a_query_parameter_is_described_with_type_bounds_default_and_words() -> None:
    _, n, role = document()["paths"]["/api/who/{name}"]["get"]["parameters"]

    assert n == {
        "name": "n", "in": "query", "required": False, "description": "How many",
        "schema": {"type": "integer", "minimum": 0, "maximum": 9, "default": 7},
    }  # fmt: skip
    assert role["schema"] == {"$ref": "#/components/schemas/Role"}


def test_the_event_catalogue_is_in_it_whole() -> None:
    events = document()["x-events"]

    assert set(events) == set(CATALOGUE)
    assert events["telephony.call-connected.v1"] == {
        "durable": True,
        "schema": {"$ref": "#/components/schemas/CallConnected"},
    }


def test_every_reference_leads_somewhere() -> None:
    whole = document()
    wanted = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(whole)))

    assert wanted
    assert wanted <= set(whole["components"]["schemas"])


def test_what_a_socket_says_is_a_closed_choice_told_apart_by_its_kind() -> None:
    whole = json.loads(encode(openapi(ROUTES, info=INFO, sockets=[SOCKET])))
    schemas = whole["components"]["schemas"]

    assert whole["x-sockets"]["/api/live"]["sends"] == [
        {"allOf": [{"$ref": "#/components/schemas/Place"}, {"$ref": "#/components/schemas/Said"}]}
    ]
    assert whole["x-sockets"]["/api/live"]["hears"] == {"$ref": "#/components/schemas/Rang"}
    assert schemas["Said"]["oneOf"] == [{"$ref": "#/components/schemas/Rang"}, {"$ref": "#/components/schemas/Spoke"}]
    assert schemas["Said"]["discriminator"] == {
        "propertyName": "kind",
        "mapping": {"rang": "#/components/schemas/Rang", "spoke": "#/components/schemas/Spoke"},
    }
    assert schemas["Spoke"]["properties"]["kind"] == {"const": "spoke", "type": "string"}
    assert schemas["Spoke"]["required"] == ["data", "kind"]


def test_operation_names_are_unique() -> None:
    names = [one["operationId"] for path in document()["paths"].values() for one in path.values()]

    assert len(names) == len(set(names))


def test_the_order_of_rows_does_not_change_the_document() -> None:
    assert encode(openapi(ROUTES, info=INFO)) == encode(openapi(ROUTES[::-1], info=INFO))


def test_masked_types_are_plain_strings_in_it() -> None:
    assert document()["components"]["schemas"]["Order"]["properties"]["phone"]["type"] == "string"


def test_every_failure_is_described_as_a_problem() -> None:
    responses = document()["paths"]["/api/echo"]["post"]["responses"]

    assert responses["default"]["content"]["application/problem+json"]["schema"] == {
        "$ref": "#/components/schemas/Problem"
    }
