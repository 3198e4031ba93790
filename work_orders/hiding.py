"""What others may read of an order: numbers masked, and nothing of who asked when that is confidential (保密)."""

from dataclasses import dataclass, field

from runtime.postgres import Row
from vocabulary.masking import masked_text
from vocabulary.orders import OrderRequest
from vocabulary.requesters import Requester
from vocabulary.unnamed import said_names, unnamed


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiding:
    """Who asked, by names and numbers, and whether that stays unknown."""

    confidential: bool
    names: tuple[str, ...] = field(repr=False)
    numbers: tuple[str, ...] = field(repr=False)

    def shown(self, text: str, /) -> str:
        """Return ``text`` as lists, pages, events and other people may have it."""
        return unnamed(text, names=self.names, numbers=self.numbers) if self.confidential else masked_text(text)


def hiding_of(row: Row, /) -> Hiding:
    """Return what is hidden of a stored order, as ``store`` reads it: the form's name, names said in talk and texts."""
    texts = (row[name] or "" for name in ("title", "content", "place", "wish", "occurred", "reply"))
    return Hiding(
        confidential=row["hidden"],
        names=(row["caller_name"], *row["said_names"], *said_names("。".join(texts))),
        numbers=(row["callback_phone"], row["identity"]),
    )


def hiding_in(request: OrderRequest, /, *, requester: Requester) -> Hiding:
    """Return the same of an order that is being made."""
    texts = (request.title, request.content, request.place, request.wish, request.occurred)
    identity = requester.identity.reveal() if requester.identity else ""
    named = tuple(name.reveal() for name in (request.caller_name, *request.said_names))
    return Hiding(
        confidential=request.confidential,
        names=(*named, *said_names("。".join(texts))),
        numbers=(request.callback_phone.reveal(), identity),
    )
