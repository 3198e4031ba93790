"""The event log in PostgreSQL: facts in one order, consumers with a cursor, the writer that fills it from the bus.

Facts enter by ``Transaction.emit`` (the desk's rooms) or by ``run_log_writer`` (everybody else's, over JetStream).
"""

from pathlib import Path

from runtime.log.consumer import Consumer
from runtime.log.consuming import ConsumerState, consumer_states, has_passed, reset_projection, run_consumers
from runtime.log.ports import FactSource
from runtime.log.reading import LogRow, log_end, read_log, refused_count
from runtime.log.writing import run_log_writer

LOG_MIGRATIONS = ("log", Path(__file__).parent / "migrations")
"""The row of the log (and the audit) for ``migrate``; put it first."""

__all__ = [
    "LOG_MIGRATIONS",
    "Consumer",
    "ConsumerState",
    "FactSource",
    "LogRow",
    "consumer_states",
    "has_passed",
    "log_end",
    "read_log",
    "refused_count",
    "reset_projection",
    "run_consumers",
    "run_log_writer",
]
