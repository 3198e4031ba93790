"""Takes out of a text who asked, for orders whose caller wants to stay unknown (保密)."""

from vocabulary.masking import masked_text


def unnamed(text: str, /, *, name: str, numbers: tuple[str, ...]) -> str:
    """Return ``text`` without the caller's name and numbers; other people's numbers are masked as well.

    A name of one character is left, for it is part of ordinary words.
    """
    if len(name) > 1:
        text = text.replace(name, "诉求人")
    for number in numbers:
        if number:
            text = text.replace(number, "****")
    return masked_text(text)
