"""Personal data in types that mask themselves: ``str``, ``repr`` and formatting never show the value."""

from typing import final

from vocabulary.masking import masked_text


class Personal:
    """Base of the masking types. Two are equal when class and value are; the value leaves only by ``reveal``."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Keep ``value`` as it is; checking belongs to whoever reads input."""
        self._value = value

    def reveal(self) -> str:
        """Return the plain value. Callers that show it to a person record why (audit)."""
        return self._value

    def masked(self) -> str:
        """Return a form that may be shown and logged."""
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and type(other) is type(self) and other._value == self._value

    def __hash__(self) -> int:
        return hash((type(self), self._value))

    def __str__(self) -> str:
        return self.masked()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.masked()})"

    def __format__(self, format_spec: str) -> str:
        return format(self.masked(), format_spec)


@final
class PhoneNumber(Personal):
    """A telephone number as dialled or signalled; empty when the caller withheld it."""

    __slots__ = ()

    def masked(self) -> str:
        """Keep 3 and 4 digits of a mobile (``138****5678``), area code and 3 of a landline, 3 and 2 of others."""
        digits = self._value
        if not digits:
            return "未显示号码"
        if "****" in digits:
            return digits
        if digits.isascii() and digits.isdigit():
            shown = masked_text(digits)
            if shown != digits:
                return shown
        return f"{digits[:3]}****{digits[-2:]}" if len(digits) >= 8 else "****"


@final
class PersonName(Personal):
    """A person's name as spoken or typed."""

    __slots__ = ()

    def masked(self) -> str:
        """Keep the family name: ``王**``."""
        return f"{self._value[:1]}**" if self._value else ""


@final
class ChannelAccount(Personal):
    """Who somebody is on a channel of the net: an account of portal or app, an OpenID (OIDC ``sub``)."""

    __slots__ = ()

    def masked(self) -> str:
        """Keep the first two and the last characters of what is longer than eight, nothing of what is shorter."""
        shown = self._value
        return f"{shown[:2]}****{shown[-2:]}" if len(shown) > 8 else "****"
