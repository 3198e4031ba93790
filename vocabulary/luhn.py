"""The check digit of order numbers and bank cards (ISO/IEC 7812-1, Luhn)."""


def check_digit(digits: str, /) -> int:
    """Return the digit 0..9 that completes ``digits`` (ASCII)."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character)
        doubled = value * 2 if place % 2 == 0 else value
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10


def checks(digits: str, /) -> bool:
    """Tell whether the last digit of ``digits`` (ASCII, at least two) completes the others."""
    return check_digit(digits[:-1]) == int(digits[-1])
