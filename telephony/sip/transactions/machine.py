"""What every transaction is: a state, the timers that run in it, and a table of what each input leads to."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from telephony.sip.transactions.timers import FIRST, T1, T2, Timer


class State(StrEnum):
    """States of RFC 3261 §17; ACCEPTED is that of RFC 6026."""

    CALLING = "calling"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    TERMINATED = "terminated"


class Got(StrEnum):
    """What goes into a transaction beside its timers: a client's from the wire, a server's responses from its user."""

    PROVISIONAL = "1xx"
    SUCCESS = "2xx"
    FAILURE = "3xx-6xx"
    REPEATED = "request"
    ACK = "ACK"


class Sends(StrEnum):
    """What a transition puts on the wire."""

    NOTHING = "nothing"
    MESSAGE = "message"
    """The request of a client, the newest response of a server."""
    ACK = "ACK"


@dataclass(frozen=True, slots=True)
class TransactionStep:
    """One row of a table. ``tells`` means that the transaction's user learns of the input."""

    to: State
    sends: Sends = Sends.NOTHING
    tells: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One kind of transaction. An input that has no row in a state is absorbed there."""

    transitions: dict[tuple[State, Got | Timer], TransactionStep]
    timers: dict[State, tuple[Timer, ...]]
    """Those that run in a state; one that ran in the state before goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where a transaction is. Instants are monotonic seconds; ``interval`` is that of the timer that sends again."""

    state: State
    timers: tuple[tuple[Timer, float], ...] = ()
    interval: float = T1
    first: float = inf
    """When the next timer fires."""


def started(rules: Rules, state: State, /, *, now: float) -> Running:
    """Return a transaction at its beginning."""
    return _in(rules, state, before=(), interval=T1, now=now)


def stepped(rules: Rules, running: Running, what: Got | Timer, /, *, now: float) -> tuple[Running, TransactionStep]:
    """Return where ``what`` leads, and the row that said so."""
    row = rules.transitions.get((running.state, what), TransactionStep(running.state))
    if row.to is not running.state:
        return _in(rules, row.to, before=running.timers, interval=running.interval, now=now), row
    if not isinstance(what, Timer):
        return running, row
    interval = _next_interval(what, running)
    timers = tuple((timer, now + interval if timer is what else at) for timer, at in running.timers)
    return _running(running.state, timers, interval), row


def due(running: Running, /, *, now: float) -> list[Timer]:
    """Return the timers that fire by now, the earliest first; of those at one instant the one that ends it."""
    found = [(at, timer in _AGAIN, timer) for timer, at in running.timers if at <= now]
    return [timer for _, _, timer in sorted(found)]


_AGAIN = frozenset({Timer.A, Timer.E, Timer.G})


def _next_interval(timer: Timer, running: Running) -> float:
    """Doubled; to T2 at most but for an INVITE; T2 at once after a provisional response (RFC 3261 §17.1.2.2)."""
    if timer is Timer.A:
        return running.interval * 2
    return T2 if running.state is State.PROCEEDING else min(running.interval * 2, T2)


def _in(rules: Rules, state: State, *, before: tuple[tuple[Timer, float], ...], interval: float, now: float) -> Running:
    kept = dict(before)
    timers = tuple((timer, kept.get(timer, now + FIRST[timer])) for timer in rules.timers.get(state, ()))
    return _running(state, timers, interval)


def _running(state: State, timers: tuple[tuple[Timer, float], ...], interval: float) -> Running:
    return Running(state=state, timers=timers, interval=interval, first=min((at for _, at in timers), default=inf))
