"""REQUEST → ANSWER: who asked, what was sent to whom, and what came back in time."""

from pathlib import Path

from work_orders.catalogue import Catalogue, Category, Unit
from work_orders.deadlines import Limit, LimitUnit, WorkingCalendar
from work_orders.routes import OrderPages
from work_orders.service import OrderService
from work_orders.views import OrderView, UnitOrder

MIGRATIONS = ("work_orders", Path(__file__).parent / "migrations")

__all__ = [
    "MIGRATIONS",
    "Catalogue",
    "Category",
    "Limit",
    "LimitUnit",
    "OrderPages",
    "OrderService",
    "OrderView",
    "Unit",
    "UnitOrder",
    "WorkingCalendar",
]
