"""A small town with two units, and contacts whose callers are known."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from runtime.clock import ManualClock
from runtime.ids import new_id
from runtime.postgres import Database
from runtime.web import NotFound
from vocabulary.calls import Origin
from vocabulary.ids import AccountId, CategoryCode, ContactId, SeatNo, UnitCode
from vocabulary.orders import OrderRequest, RequestKind
from vocabulary.people import Principal, Role
from vocabulary.personal import PersonName, PhoneNumber
from vocabulary.requesters import Requester, caller
from work_orders import Catalogue, Category, Limit, LimitUnit, OrderService, Unit, WorkingCalendar

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WATER, ROADS = UnitCode("U001"), UnitCode("U002")
STOPPED, HOLES, PAPERS = CategoryCode("0201"), CategoryCode("0301"), CategoryCode("0401")
CALLER = "19900000101"
AGENT = Principal(account=AccountId(UUID(int=70)), login="agent007", name="钱工", role=Role.AGENT, seat=SeatNo("007"))


def unit(code: UnitCode, name: str) -> Unit:
    return Unit(code=code, name=name, level=1, parent=None, leader="甲", office="乙", handler="丙")


def catalogue() -> Catalogue:
    every, limit = frozenset(RequestKind), Limit(amount=24, unit=LimitUnit.HOURS)
    return Catalogue(
        categories=(
            Category(code=STOPPED, path=("城乡建设", "供水", "停水"), kinds=every, unit=WATER, limit=limit),
            Category(code=HOLES, path=("交通", "道路", "坑洼"), kinds=every, unit=ROADS, limit=limit),
            Category(
                code=PAPERS, path=("政务", "证照"), kinds=frozenset({RequestKind.CONSULT}), unit=ROADS,
                limit=Limit(amount=3, unit=LimitUnit.WORKING_DAYS),
            ),
        ),
        units=(unit(WATER, "市供水公司"), unit(ROADS, "市道路养护中心")),
    )  # fmt: skip


BY_PHONE = caller(PhoneNumber(CALLER))


class KnownContacts:
    """Every contact is that of one requester, except those that nobody knows."""

    def __init__(self, requester: Requester = BY_PHONE) -> None:
        self.requester = requester
        self.unknown: set[ContactId] = set()

    async def requester_of(self, contact: ContactId, /) -> Requester:
        if contact in self.unknown:
            raise NotFound("没有这次来电")
        return self.requester

    async def origin_of(self, contact: ContactId, /) -> Origin:
        await self.requester_of(contact)
        return Origin.LIVE


def orders_of(database: Database, *, clock: ManualClock, contacts: KnownContacts | None = None) -> OrderService:
    return OrderService(
        database=database, catalogue=catalogue(), calendar=WorkingCalendar(), zone=ZoneInfo("Asia/Shanghai"),
        clock=clock, contacts=contacts or KnownContacts(),
    )  # fmt: skip


def wanted(**changes: object) -> OrderRequest:
    contact = changes.get("contact", ContactId(new_id()))
    known: dict[str, object] = {
        "contact": contact, "matter": contact, "kind": RequestKind.COMPLAINT, "category": STOPPED,
        "title": "长青路12号停水", "content": "长青路12号从昨天早上起停水，要求尽快恢复", "district": "云山区",
        "place": "长青路12号", "occurred": "昨天早上", "wish": "尽快恢复", "caller_name": PersonName("王小明"),
        "callback_phone": PhoneNumber(CALLER), "direct": False,
    }  # fmt: skip
    return OrderRequest(**{**known, **changes})  # type: ignore[arg-type] # the fields are those of OrderRequest


def question(**changes: object) -> OrderRequest:
    """A consultation that is answered in the call."""
    return wanted(kind=RequestKind.CONSULT, category=PAPERS, title="居住证怎么办", direct=True, **changes)
