"""Foreseen failures on their way between processes: the class travels as a word, the sentence as it is."""

import errno
from dataclasses import dataclass, field
from enum import StrEnum

from vocabulary.errors import FieldError, HotlineError, Permanent, Refused, Transient


class NoAnswer(Transient):
    """Nobody answered in time. Whether the request was carried out is unknown."""


class Family(StrEnum):
    """What the asker may do: REFUSED and PERMANENT never retry unchanged, TRANSIENT may."""

    REFUSED = "refused"
    FIELDS = "fields"
    TRANSIENT = "transient"
    PERMANENT = "permanent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure as it is sent: ``reason`` is a stable code, ``text`` for people."""

    family: Family
    reason: str
    text: str
    fields: dict[str, str] = field(default_factory=dict)


def failure_of(error: HotlineError, /) -> Failure:
    """Return what is sent for an exception."""
    match error:
        case FieldError():
            return Failure(family=Family.FIELDS, reason=error.reason, text=error.text, fields=dict(error.fields))
        case Refused():
            return Failure(family=Family.REFUSED, reason=error.reason, text=error.text)
        case Transient():
            return Failure(family=Family.TRANSIENT, reason=type(error).__name__, text=str(error))
        case _:
            return Failure(family=Family.PERMANENT, reason=type(error).__name__, text=str(error))


def error_of(failure: Failure, /) -> HotlineError:
    """Return the exception the asker raises."""
    match failure.family:
        case Family.FIELDS:
            return FieldError(dict(failure.fields))
        case Family.REFUSED:
            return Refused(failure.reason, failure.text)
        case Family.TRANSIENT:
            return Transient(failure.text)
        case Family.PERMANENT:
            return Permanent(failure.text)


_PASSING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO, errno.EAGAIN, errno.EINTR})


def foreseen_in(error: BaseException, /) -> HotlineError | None:
    """Return the foreseen failure that an exception is or holds, also inside the groups of task groups; else None.

    What the system refused of a file or an address (OSError) becomes a sentence with its name. A full disk and a
    lack of descriptors pass; a missing right, a folder that is a file, a name that is too long do not.
    """
    match error:
        case HotlineError():
            return error
        case OSError() if error.errno is not None:
            text = f"{error.strerror}: {error.filename}" if error.filename else str(error)
            return Transient(text) if error.errno in _PASSING else Permanent(text)
        case BaseExceptionGroup():
            found = [foreseen_in(inner) for inner in error.exceptions]
            return None if None in found else next(iter(found), None)
        case _:
            return None
