"""The one place where a server of requests outlives a fault in a handler: it is logged and becomes a value."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from runtime.failures import Failure, Family, failure_of
from runtime.telemetry import get_logger
from vocabulary.errors import HotlineError

T = TypeVar("T")
K = TypeVar("K")
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The handler returned."""

    value: T


def _unforeseen(of: str) -> Failure:
    """Return what the asker gets of a fault that is in the log."""
    text = f"{of} failed in an unforeseen way; see the log of its process"
    return Failure(family=Family.PERMANENT, reason="fault", text=text)


async def outcome(work: Awaitable[T], /, *, of: str) -> Done[T] | Failure:
    """Await a handler; foreseen errors and faults come back as Failure, faults are logged under the name ``of``."""
    try:
        return Done(await work)
    except HotlineError as error:
        return failure_of(error)
    except Exception:
        log.exception("a handler failed in an unforeseen way", handler=of)
        return _unforeseen(of)


def attempt(work: Callable[[], T], /, *, of: str) -> Done[T] | Failure:
    """Do the same for a function that does not wait: a datagram, a step of a call, a leg's part of a tick."""
    try:
        return Done(work())
    except HotlineError as error:
        return failure_of(error)
    except Exception:
        log.exception("a handler failed in an unforeseen way", handler=of)
        return _unforeseen(of)


def each(items: Iterable[K], work: Callable[[K], object], /, *, of: str) -> list[K]:
    """Do ``work`` for every item and return those for which it failed: a fault of one item costs only that item."""
    failed: list[K] = []
    for item in items:
        try:
            work(item)
        except Exception:
            log.exception("a part failed in an unforeseen way", part=of)
            failed.append(item)
    return failed
