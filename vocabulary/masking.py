"""Masks numbers that identify a person inside free text, so that events, lists and facts may carry the text."""

import re

_IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(1\d{2})[ -]?\d{4}[ -]?(\d{4})(?!\d)")
_GROUPED = re.compile(r"(?<![\dA-Za-z])(1\d{2})\d?[- ][\dA-Za-z]{3,4}[- ]?[\dA-Za-z]{2,4}(?![\dA-Za-z])")
"""A mobile number as recognisers write it: in groups, now and then with a letter for a digit."""
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})-?\d{4,5}(\d{3})(?!\d)")
_SPOKEN = re.compile(r"[一幺](?:[零〇一幺二两三四五六七八九][ ,，、]?){10}")


def masked_text(text: str, /) -> str:
    """Return ``text`` with identity card, mobile and landline numbers masked, also mobile numbers spelled in words."""
    text = _IDENTITY.sub(r"\1********\2", text)
    text = _MOBILE.sub(r"\1****\2", text)
    text = _GROUPED.sub(r"\1****", text)
    text = _LANDLINE.sub(r"\1****\2", text)
    return _SPOKEN.sub(lambda found: f"{found.group()[:2]}****", text)
