"""What work orders need from their neighbours."""

from typing import Protocol

from vocabulary.calls import Origin
from vocabulary.ids import ContactId
from vocabulary.personal import PhoneNumber


class Contacts(Protocol):
    """Who asked."""

    async def caller_of(self, contact: ContactId, /) -> PhoneNumber:
        """Return the signalled number of a contact's caller, empty when withheld; Refused for an unknown contact."""
        ...

    async def origin_of(self, contact: ContactId, /) -> Origin:
        """Tell whether the contact really happened."""
        ...
