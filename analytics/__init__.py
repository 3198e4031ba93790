"""FACTS → FIGURES: service level, volumes, hot issues and briefings, each number with the way back to its second."""

from pathlib import Path

from analytics import replies
from analytics.facts import CALLS, ORDERS, WORDS, consumers
from analytics.loading import MadeUp, Matter, Spot, load_history
from analytics.routes import AnalyticsPages
from analytics.service import AnalyticsNeeds, AnalyticsService

MIGRATIONS = ("analytics", Path(__file__).parent / "migrations")

__all__ = [
    "CALLS",
    "MIGRATIONS",
    "ORDERS",
    "WORDS",
    "AnalyticsNeeds",
    "AnalyticsPages",
    "AnalyticsService",
    "MadeUp",
    "Matter",
    "Spot",
    "consumers",
    "load_history",
    "replies",
]
