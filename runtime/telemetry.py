"""Logs: constant messages with fields, on standard error, personal data masked. Engine: structlog."""

import logging
import os
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import structlog

from vocabulary.personal import Personal

_DEPTH = 6
STACKS_SHOWN, FAULTS_SHOWN, FAULTS_WITHIN_S = 5, 100, 60.0
_KINDS_KEPT = 1000


def get_logger(name: str, /) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module: ``log.info("call ended", call=id)``; the message is a constant."""
    if not structlog.is_configured():
        configure_logging(process="", json=False)
    logging.getLogger(name).setLevel(logging.INFO)
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def configure_logging(*, process: str, json: bool) -> None:
    """Send our logs and those of libraries (warnings and worse) to standard error; ``process`` goes on every line."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _NamesProcess(process),
        FaultsBounded(),
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


@dataclass(frozen=True, slots=True)
class _NamesProcess:
    process: str

    def __call__(self, _: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if self.process:
            event["process"] = self.process
            event["pid"] = os.getpid()
        return event


class FaultsBounded:
    """Lets a fault that comes again and again fill no disk: it stays told, and its count with it.

    Of each message of each logger that carries a traceback, ``STACKS_SHOWN`` keep it within ``FAULTS_WITHIN_S``; the
    next, up to ``FAULTS_SHOWN``, are lines alone; the rest are left out, and the first line afterwards says how many.
    """

    def __init__(self, *, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        """Measure with ``monotonic_s``."""
        self._monotonic_s = monotonic_s
        self._counts: OrderedDict[tuple[object, object], _Count] = OrderedDict()

    def __call__(self, _: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Return the line as it may be written; structlog.DropEvent for one too many."""
        if not event.get("exc_info"):
            return event
        count = self._count((event.get("logger"), event.get("event")))
        count.seen += 1
        if count.seen > FAULTS_SHOWN:
            raise structlog.DropEvent
        if count.seen > STACKS_SHOWN:
            event["fault"] = _class_of(event.pop("exc_info"))
        if count.left_out:
            event["left_out"], count.left_out = count.left_out, 0
        return event

    def _count(self, kind: tuple[object, object]) -> "_Count":
        count, now_s = self._counts.setdefault(kind, _Count(since_s=self._monotonic_s())), self._monotonic_s()
        if now_s - count.since_s >= FAULTS_WITHIN_S:
            count.left_out += max(0, count.seen - FAULTS_SHOWN)
            count.since_s, count.seen = now_s, 0
        self._counts.move_to_end(kind)
        if len(self._counts) > _KINDS_KEPT:
            self._counts.popitem(last=False)
        return count


def _class_of(exc_info: object) -> str:
    """Return the class's name of what a log call names: an exception, the triple of a LogRecord, or the current one."""
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    return type(error if isinstance(error, BaseException) else sys.exc_info()[1]).__name__


@dataclass(slots=True, kw_only=True)
class _Count:
    since_s: float
    seen: int = 0
    left_out: int = 0


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
