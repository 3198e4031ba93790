"""What may be asked for and who answers: categories with limits, and member units (成员单位)."""

from dataclasses import dataclass

from vocabulary.errors import Refused
from vocabulary.ids import CategoryCode, UnitCode
from vocabulary.orders import RequestKind
from work_orders.deadlines import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A member unit and the three who answer for it (谁主管、谁答复、谁负责)."""

    code: UnitCode
    name: str
    level: int
    parent: UnitCode | None
    leader: str
    office: str
    handler: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A leaf of the category tree. ``path`` from the root, ``unit`` is competent, ``limit`` is its time."""

    code: CategoryCode
    path: tuple[str, ...]
    kinds: frozenset[RequestKind]
    unit: UnitCode
    limit: Limit
    urgent: bool = False

    @property
    def name(self) -> str:
        """The path for people."""
        return " / ".join(self.path)


class Catalogue:
    """All categories and units. Refuses a category whose unit is missing or cannot be dispatched to."""

    def __init__(self, *, categories: tuple[Category, ...], units: tuple[Unit, ...]) -> None:
        self.categories = {category.code: category for category in categories}
        self.units = {unit.code: unit for unit in units}
        for category in categories:
            unit = self.units.get(category.unit)
            if unit is None or not unit.handler:
                raise Refused("no-handler", f"分类 {category.name} 的承办单位 {category.unit} 不存在或没有经办人")

    def category(self, code: CategoryCode, /) -> Category:
        """Return a category; Refused with ``unknown-category``."""
        found = self.categories.get(code)
        if found is None:
            raise Refused("unknown-category", f"没有编号为 {code} 的诉求分类，请重新选择")
        return found

    def unit_name(self, code: UnitCode | None, /) -> str:
        """Return a unit's name, empty for none."""
        unit = self.units.get(code) if code else None
        return unit.name if unit else ""
