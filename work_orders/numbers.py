"""The number people quote: yyyymmdd, six-digit daily number, check digit (ISO/IEC 7812 Luhn)."""

from datetime import date

from vocabulary.ids import WorkOrderNo
from vocabulary.luhn import check_digit, checks


def order_no(*, day: date, number: int) -> WorkOrderNo:
    """Return the order number of the ``number``-th order (1..999,999) of the local ``day``; ValueError beyond."""
    if not 1 <= number <= 999_999:
        raise ValueError(f"the daily number {number} is outside 1..999999")
    digits = f"{day:%Y%m%d}{number:06d}"
    return WorkOrderNo(f"{digits}{check_digit(digits)}")


def is_order_no(text: str, /) -> bool:
    """Tell whether ``text`` is an order number with a right check digit: one wrong digit is always found."""
    return len(text) == 15 and text.isascii() and text.isdigit() and checks(text)


def read_order_no(text: str, /) -> WorkOrderNo:
    """Return ``text`` as an order number; ValueError for what cannot be one."""
    if not is_order_no(text):
        raise ValueError(f"{text!r} is no order number")
    return WorkOrderNo(text)
