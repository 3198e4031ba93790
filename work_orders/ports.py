"""What work orders need from their neighbours."""

from typing import Protocol

from vocabulary.calls import Origin
from vocabulary.ids import ContactId
from vocabulary.requesters import Requester


class Contacts(Protocol):
    """Who asked."""

    async def requester_of(self, contact: ContactId, /) -> Requester:
        """Return who asks in a contact; Refused for an unknown contact."""
        ...

    async def origin_of(self, contact: ContactId, /) -> Origin:
        """Tell whether the contact really happened."""
        ...
