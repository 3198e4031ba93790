"""Rows of routes become handlers with validation, role check and an OpenAPI document; aiohttp stays inside."""

from runtime.web.app import WebApp, build_app
from runtime.web.doors import DoorLimits
from runtime.web.openapi import openapi
from runtime.web.parameters import PathPart
from runtime.web.roles import role_matrix
from runtime.web.routes import (
    PUBLIC,
    SIGNED_IN,
    ApiInfo,
    BadDeclaration,
    Download,
    NotFound,
    OneOf,
    Request,
    Sessions,
    Socket,
    StaticFolder,
    WebSocketRoute,
    WithSession,
    WithStatus,
)
from runtime.web.rows import Route, delete, get, patch, post
from runtime.web.serving import serve_app
from runtime.web.site import Site

__all__ = [
    "PUBLIC",
    "SIGNED_IN",
    "ApiInfo",
    "BadDeclaration",
    "DoorLimits",
    "Download",
    "NotFound",
    "OneOf",
    "PathPart",
    "Request",
    "Route",
    "Sessions",
    "Site",
    "Socket",
    "StaticFolder",
    "WebApp",
    "WebSocketRoute",
    "WithSession",
    "WithStatus",
    "build_app",
    "delete",
    "get",
    "openapi",
    "patch",
    "post",
    "role_matrix",
    "serve_app",
]
