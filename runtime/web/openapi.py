"""The OpenAPI 3.1 document of the routes, with the event catalogue among its schemas."""

import re
from collections.abc import Sequence
from typing import Any

from runtime.codec import json_schemas, to_builtins
from runtime.web.parameters import QueryParameter
from runtime.web.problems import Problem
from runtime.web.routes import ApiInfo, Download, OneOf, Public, WebSocketRoute
from runtime.web.rows import Route
from runtime.web.site import PLAIN_COOKIE
from vocabulary.events import CATALOGUE

_REF = "#/components/schemas/"
Json = dict[str, Any]


def openapi(routes: Sequence[Route], /, *, info: ApiInfo, sockets: Sequence[WebSocketRoute] = ()) -> Json:
    """Return the document (OpenAPI 3.1.0).

    ``x-events`` maps each event key to its schema and whether it is durable, ``x-sockets`` each socket's path to what
    it sends and hears.
    """
    forms = _Forms(routes, sockets)
    paths: Json = {}
    for route in sorted(routes, key=lambda one: (one.path, one.method)):
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, forms=forms)
    return {
        "openapi": "3.1.0",
        "info": {"title": info.title, "version": info.version, "description": info.description},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(forms.components.items())),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": PLAIN_COOKIE},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
        "x-events": {
            key: {"durable": entry.durable, "schema": forms.of(entry.cls)} for key, entry in sorted(CATALOGUE.items())
        },
        "x-sockets": {
            socket.path: _socket(socket, forms=forms) for socket in sorted(sockets, key=lambda one: one.path)
        },
    }


class _Forms:
    """Every type of the document and its schema, made in one go so that names are shared."""

    def __init__(self, routes: Sequence[Route], sockets: Sequence[WebSocketRoute]) -> None:
        kinds: list[Any] = [Problem, *(entry.cls for entry in CATALOGUE.values())]
        for route in routes:
            types = route.signature
            kinds += [kind for kind in (types.body, types.reply) if kind not in (None, Download)]
            kinds += [part.kind for part in types.parts]
            kinds += [parameter.kind for parameter in types.query.parameters]
        choices = [choice for socket in sockets for choice in socket.sends]
        for choice in choices:
            kinds += [kind for kind in (*choice.members, choice.beside) if kind is not None]
        kinds += [socket.hears for socket in sockets if socket.hears is not None]
        self._kinds = kinds
        self._schemas, self.components = json_schemas(*kinds)
        for choice in choices:
            self._add(choice)

    def of(self, kind: Any) -> Json:
        """Return the schema (mostly a reference) of ``kind``."""
        return self._schemas[self._kinds.index(kind)]

    def _add(self, choice: OneOf) -> None:
        """Enter a choice as a component of its own; what tells its members apart is always said."""
        mapping: Json = {}
        for member in choice.members:
            form = self.components[member.__name__]
            [literal] = form["properties"]["kind"].pop("enum")
            form["properties"]["kind"] = {"const": literal, "type": "string"}
            form["required"] = sorted(form["properties"])
            mapping[literal] = self.of(member)["$ref"]
        self.components[choice.name] = {
            "title": choice.name,
            "oneOf": [self.of(member) for member in choice.members],
            "discriminator": {"propertyName": "kind", "mapping": mapping},
        }


def operation_id(route: Route, /) -> str:
    """Return a name unique to method and path: ``get_orders_by_order_no``."""
    words = [f"by_{part[1:-1]}" if part.startswith("{") else part for part in route.path.split("/") if part]
    name = "_".join([route.method.lower(), *[word for word in words if word != "api"]])
    return re.sub(r"[^a-z0-9_]", "_", name.lower())


def _parameters(route: Route, *, forms: _Forms) -> list[Json]:
    inside = [
        {"name": part.name, "in": "path", "required": True, "schema": forms.of(part.kind)}
        for part in route.signature.parts
    ]
    return inside + [
        {
            "name": one.name,
            "in": "query",
            "required": one.required,
            "description": one.description,
            "schema": _schema_of(one, forms=forms),
        }
        for one in sorted(route.signature.query.parameters, key=lambda one: one.name)
    ]


def _schema_of(parameter: QueryParameter, *, forms: _Forms) -> Json:
    """Return a parameter's schema with its default; what it means stands beside the schema, not in it."""
    schema = {key: value for key, value in forms.of(parameter.kind).items() if key != "description"}
    return schema if parameter.default is None else {**schema, "default": to_builtins(parameter.default)}


def _socket(socket: WebSocketRoute, *, forms: _Forms) -> Json:
    said: list[Json] = []
    for choice in socket.sends:
        form: Json = {"$ref": f"{_REF}{choice.name}"}
        said.append(form if choice.beside is None else {"allOf": [forms.of(choice.beside), form]})
    whole: Json = {"summary": socket.summary, "sends": said}
    if not isinstance(socket.roles, Public):
        whole["x-roles"] = sorted(role.value for role in socket.roles)
    return whole if socket.hears is None else {**whole, "hears": forms.of(socket.hears)}


def _success(route: Route, *, forms: _Forms) -> Json:
    reply = route.signature.reply
    if reply is None:
        return {"204": {"description": "Done"}}
    if reply is Download:
        content: Json = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    else:
        content = {"application/json": {"schema": forms.of(reply)}}
    return {"200": {"description": "Done", "content": content}}


def _operation(route: Route, *, forms: _Forms) -> Json:
    public = isinstance(route.roles, Public)
    problem = {"description": "Problem", "content": {"application/problem+json": {"schema": forms.of(Problem)}}}
    operation: Json = {
        "operationId": operation_id(route),
        "summary": route.summary,
        "responses": {**_success(route, forms=forms), "default": problem},
        "security": [] if public else [{"session": []}, {"bearer": []}],
    }
    if not isinstance(route.roles, Public):
        operation["x-roles"] = sorted(role.value for role in route.roles)
    if parameters := _parameters(route, forms=forms):
        operation["parameters"] = parameters
    if route.signature.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": forms.of(route.signature.body)}},
        }
    return operation


__all__ = ["openapi", "operation_id"]
