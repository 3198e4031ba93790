"""Logs: constant messages with fields, on standard error, personal data masked. Engine: structlog."""

import logging
import os
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import fields, is_dataclass
from typing import Any

import structlog

from vocabulary.personal import Personal

_DEPTH = 6


def get_logger(name: str, /) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module: ``log.info("call ended", call=id)``; the message is a constant."""
    if not structlog.is_configured():
        configure_logging(process="", json=False)
    logging.getLogger(name).setLevel(logging.INFO)
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def configure_logging(*, process: str, json: bool) -> None:
    """Send our logs and those of libraries (warnings and worse) to standard error; ``process`` goes on every line."""

    def name_process(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if process:
            event["process"] = process
            event["pid"] = os.getpid()
        return event

    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_process,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        mask_personal,
    ]
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def mask_personal(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace every ``vocabulary.personal`` value by its masked form, also inside containers and dataclasses."""
    for key, value in event.items():
        event[key] = _masked(value, depth=_DEPTH)
    return event


def _masked(value: Any, /, *, depth: int) -> Any:
    if isinstance(value, Personal):
        return value.masked()
    if depth == 0:
        return value if isinstance(value, str | int | float) else type(value).__name__
    if isinstance(value, Mapping):
        return {_masked(k, depth=depth - 1): _masked(v, depth=depth - 1) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(item, depth=depth - 1) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        shown = [field.name for field in fields(value) if field.repr]
        return {name: _masked(getattr(value, name), depth=depth - 1) for name in shown}
    return value
