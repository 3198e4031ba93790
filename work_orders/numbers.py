"""The number people quote: yyyymmdd, six-digit daily number, check digit (ISO/IEC 7812 Luhn)."""

from datetime import date

from vocabulary.ids import WorkOrderNo


def _check_digit(digits: str, /) -> int:
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character)
        doubled = value * 2 if place % 2 == 0 else value
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10


def order_no(*, day: date, number: int) -> WorkOrderNo:
    """Return the order number of the ``number``-th order (1..999,999) of the local ``day``; ValueError beyond."""
    if not 1 <= number <= 999_999:
        raise ValueError(f"the daily number {number} is outside 1..999999")
    digits = f"{day:%Y%m%d}{number:06d}"
    return WorkOrderNo(f"{digits}{_check_digit(digits)}")


def is_order_no(text: str, /) -> bool:
    """Tell whether ``text`` is an order number with a right check digit: one wrong digit is always found."""
    return len(text) == 15 and text.isascii() and text.isdigit() and _check_digit(text[:-1]) == int(text[-1])
