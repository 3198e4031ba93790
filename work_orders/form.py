"""Checks an order request as a person typed it: every wrong field is named, in Chinese."""

import re

from vocabulary.errors import FieldError
from vocabulary.orders import OrderRequest
from vocabulary.requesters import Requester
from vocabulary.text import text_fault
from work_orders.catalogue import Catalogue

LIMITS = {"title": 60, "content": 2000, "place": 120, "occurred": 60, "wish": 200, "district": 30}
ANSWER_LIMIT = 4000
LONG_TEXTS = frozenset({"content", "wish"})
"""Fields of several lines."""
NAME_LIMIT = 40
_NAMES = {
    "title": "标题",
    "content": "诉求内容",
    "place": "事发地点",
    "occurred": "发生时间",
    "wish": "期望结果",
    "district": "所属区县",
    "reply": "公开答复",
    "internal_note": "内部备注",
    "reason": "理由",
}
_PHONE = re.compile(r"\+?[\d-]{3,20}")


def check_texts(texts: dict[str, str], /) -> None:
    """Raise FieldError for answers, notes and reasons that are too long or cannot be stored."""
    wrong = {
        name: f"{_NAMES[name]}：{fault}"
        for name, text in texts.items()
        if (fault := text_fault(text, longest=ANSWER_LIMIT))
    }
    if wrong:
        raise FieldError(wrong)


def check(request: OrderRequest, /, *, catalogue: Catalogue, requester: Requester) -> None:
    """Raise FieldError with a sentence for every field that cannot be taken as it is."""
    wrong: dict[str, str] = {}
    for name, most in LIMITS.items():
        value: str = getattr(request, name)
        if fault := text_fault(value, longest=most, lines=name in LONG_TEXTS):
            wrong[name] = f"{_NAMES[name]}：{fault}"
    if len(request.title.strip()) < 4:
        wrong["title"] = "标题至少4个字，写明“哪里、什么事”"
    if len(request.content.strip()) < 8:
        wrong["content"] = "诉求内容至少8个字，写明时间、地点、事项、诉求"
    wrong |= _wrong_choice(request, catalogue) | _wrong_reach(request, requester)
    if wrong:
        raise FieldError(wrong)


def _wrong_choice(request: OrderRequest, catalogue: Catalogue) -> dict[str, str]:
    category = catalogue.categories.get(request.category)
    if category is None:
        return {"category": f"没有编号为{request.category}的诉求分类" if request.category else "请选择诉求分类"}
    if request.kind not in category.kinds:
        return {"kind": f"“{category.name}”不受理这一诉求性质，请改选性质或分类"}
    return {}


def _wrong_reach(request: OrderRequest, requester: Requester) -> dict[str, str]:
    """Where it is, and where the answer goes: a dispatched order needs both, but of a requester without a number.

    Nobody who withholds the number or asks by another channel has to give one.
    """
    wrong: dict[str, str] = {}
    phone = request.callback_phone.reveal()
    if fault := text_fault(request.caller_name.reveal(), longest=NAME_LIMIT, lines=False):
        wrong["caller_name"] = f"来电人：{fault}"
    if phone and not _PHONE.fullmatch(phone):
        wrong["callback_phone"] = "回访电话只能是数字和短横线，3至20位"
    if not request.direct:
        if not request.place.strip() and not request.district.strip():
            wrong["place"] = "转办的诉求须写明区县或事发地点"
        if not phone and requester.number is not None:
            wrong["callback_phone"] = "转办的诉求须留回访电话"
    return wrong
