"""What the simulated agent sends as an order: the proposed values, plain rules for what is missing. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_TITLE_LENGTH = 24
_UNSAID = "来电未说明"


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryOffer:
    """A category of the form."""

    code: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the desk has shown of a talk."""

    finals: tuple[str, ...] = field(repr=False)
    """The caller's sentences."""
    proposed: Mapping[str, str] = field(repr=False)
    suggested_categories: tuple[str, ...] = ()
    phone: str = field(default="", repr=False)


def order_form(
    heard: Heard, /, *, categories: Sequence[CategoryOffer], districts: Sequence[str], named: frozenset[str]
) -> dict[str, object]:
    """Return the form's JSON. ``named`` are fields that the desk asked for: they are filled by rule."""
    said = "，".join(text.rstrip("。，？！") for text in heard.finals if text)
    offer = _category(heard, categories)
    kind = heard.proposed.get("kind", "")
    if kind not in offer.kinds:
        kind = offer.kinds[0] if offer.kinds else "help"
    form: dict[str, object] = {
        "kind": kind,
        "category": offer.code,
        "title": heard.proposed.get("title") or said[:_TITLE_LENGTH] or _UNSAID,
        "content": heard.proposed.get("content") or said or _UNSAID,
        "district": heard.proposed.get("district", ""),
        "place": heard.proposed.get("place", ""),
        "occurred": heard.proposed.get("occurred", ""),
        "wish": heard.proposed.get("wish", ""),
        "caller_name": heard.proposed.get("caller_name", ""),
        "callback_phone": heard.proposed.get("callback_phone", ""),
        "direct": kind == "consult",
        "confidential": False,
    }
    rules = {
        "district": districts[0] if districts else "",
        "place": _UNSAID,
        "occurred": _UNSAID,
        "wish": "希望尽快处理并答复",
        "caller_name": "未留姓名",
        "callback_phone": heard.phone,
        "content": f"{said}（{_UNSAID}）",
        "direct": False,
    }
    return form | {name: rules[name] for name in named & rules.keys()}


def _category(heard: Heard, categories: Sequence[CategoryOffer]) -> CategoryOffer:
    offers = {offer.code: offer for offer in categories}
    for code in (heard.proposed.get("category", ""), *heard.suggested_categories):
        if code in offers:
            return offers[code]
    return categories[0]
