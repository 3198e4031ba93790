"""Telephone numbers as people say them."""

import re

_DIGITS = {"零": "0", "〇": "0", "一": "1", "幺": "1", "妖": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5",
           "六": "6", "七": "7", "八": "8", "九": "9"}  # fmt: skip
_SPOKEN = re.compile(rf"[{''.join(_DIGITS)}0-9][{''.join(_DIGITS)}0-9 ,，、。\-]{{5,40}}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}\d{7,8}")


def spoken_phone(text: str, /) -> tuple[str, str] | None:
    """Return (digits, the words as said) of the last telephone number in ``text``, or None.

    Understands 幺三八…, digits, and pauses between groups; a number must be a whole mobile or landline number.
    """
    found = spoken_phones(text)
    return found[-1] if found else None


def spoken_phones(text: str, /) -> list[tuple[str, str]]:
    """Return (digits, the words as said) of every telephone number in ``text``, in the order they were said."""
    found = []
    for match in _SPOKEN.finditer(text):
        said = match.group()
        digits = "".join(_DIGITS.get(character, character) for character in said if character not in " ,，、。-")
        if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
            found.append((digits, said.strip(" ,，、。-")))
    return found
