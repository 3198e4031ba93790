"""Work orders (工单) as two or more rooms see them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from vocabulary.ids import CategoryCode, ContactId, MatterId, UnitCode, WorkOrderNo
from vocabulary.personal import PersonName, PhoneNumber


class Stage(StrEnum):
    """The seven stages of an order (受理 转办 交办 办理 督办 回访 归档); every order event carries one."""

    ACCEPT = "accept"
    DISPATCH = "dispatch"
    ASSIGN = "assign"
    HANDLE = "handle"
    SUPERVISE = "supervise"
    FOLLOW_UP = "follow-up"
    ARCHIVE = "archive"


STAGE_ZH = {
    Stage.ACCEPT: "受理",
    Stage.DISPATCH: "转办",
    Stage.ASSIGN: "交办",
    Stage.HANDLE: "办理",
    Stage.SUPERVISE: "督办",
    Stage.FOLLOW_UP: "回访",
    Stage.ARCHIVE: "归档",
}


class RequestKind(StrEnum):
    """The nature of a request."""

    CONSULT = "consult"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"


KIND_ZH = {
    RequestKind.CONSULT: "咨询",
    RequestKind.HELP: "求助",
    RequestKind.COMPLAINT: "投诉",
    RequestKind.REPORT: "举报",
    RequestKind.SUGGESTION: "建议",
}


class Draftable(StrEnum):
    """Fields of the order form that can be proposed from the talk."""

    TITLE = "title"
    KIND = "kind"
    CATEGORY = "category"
    DISTRICT = "district"
    PLACE = "place"
    OCCURRED = "occurred"
    CONTENT = "content"
    WISH = "wish"
    CALLER_NAME = "caller_name"
    CALLBACK_PHONE = "callback_phone"


DRAFTABLE_ZH = {
    Draftable.TITLE: "标题",
    Draftable.KIND: "诉求性质",
    Draftable.CATEGORY: "诉求分类",
    Draftable.DISTRICT: "所属区县",
    Draftable.PLACE: "事发地点",
    Draftable.OCCURRED: "发生时间",
    Draftable.CONTENT: "诉求内容",
    Draftable.WISH: "期望结果",
    Draftable.CALLER_NAME: "来电人",
    Draftable.CALLBACK_PHONE: "回访电话",
}


class Way(StrEnum):
    """How a request goes on: answered in the call (直办), sent to a unit (转办), or not chosen yet."""

    OPEN = ""
    DIRECT = "direct"
    DISPATCH = "dispatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftField:
    """A proposed value with where it came from: ``source`` = the caller's words, ``source_ms`` = call time of them."""

    name: Draftable
    value: str = field(repr=False)
    source: str = field(repr=False)
    source_ms: int
    confidence: float
    """0..1; below 0.6 a chip is shown, never filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """What an agent sends: the corrected form of one matter of a contact."""

    contact: ContactId
    matter: MatterId
    kind: RequestKind
    category: CategoryCode
    title: str = field(repr=False)
    content: str = field(repr=False)
    district: str
    place: str = field(repr=False)
    occurred: str = field(repr=False)
    wish: str = field(repr=False)
    caller_name: PersonName
    callback_phone: PhoneNumber
    direct: bool
    """True closes a consultation at once as 直办."""
    confidential: bool = False
    """保密: nobody who reads the order learns who asked."""
    said_names: tuple[PersonName, ...] = ()
    """Names by which somebody was introduced in the talk; hidden as the caller's own when it is confidential."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBrief:
    """One order in a list: caller history, figure drill-down."""

    order_no: WorkOrderNo
    contact: ContactId
    matter: MatterId
    kind: RequestKind
    category: CategoryCode
    category_name: str
    title: str = field(repr=False)
    district: str
    stage: Stage
    unit: UnitCode | None
    unit_name: str
    created_at: datetime
    due_at: datetime | None
    closed_at: datetime | None


def first_matter(contact: ContactId, /) -> MatterId:
    """Return the matter with which a contact begins: it has the contact's own id, so nobody needs to open it."""
    return MatterId(contact)
