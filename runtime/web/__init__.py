"""Rows of routes become handlers with validation, role check and an OpenAPI document; aiohttp stays inside."""

from runtime.web.app import WebApp, build_app
from runtime.web.doors import DoorLimits
from runtime.web.openapi import openapi
from runtime.web.roles import role_matrix
from runtime.web.routes import (
    PUBLIC,
    SIGNED_IN,
    ApiInfo,
    Download,
    Handler,
    NotFound,
    OneOf,
    Request,
    Route,
    Sessions,
    Socket,
    StaticFolder,
    WebSocketRoute,
    WithSession,
    WithStatus,
)
from runtime.web.serving import serve_app
from runtime.web.site import Site

__all__ = [
    "PUBLIC",
    "SIGNED_IN",
    "ApiInfo",
    "DoorLimits",
    "Download",
    "Handler",
    "NotFound",
    "OneOf",
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
    "openapi",
    "role_matrix",
    "serve_app",
]
