"""The call-back number of the form: pages have it masked until a person typed it or asked for it with a reason."""

from collections.abc import Iterable, Sequence

from agent_desk.drafting.numerals import spoken_phones
from agent_desk.drafting.propose import caller_text
from vocabulary.errors import FieldError
from vocabulary.personal import PhoneNumber
from vocabulary.requesters import Requester
from vocabulary.speech import Utterance


def known_numbers(requester: Requester, utterances: Sequence[Utterance], /) -> frozenset[PhoneNumber]:
    """Return the numbers that a proposal of this contact can stand for: the signalled one and every one said."""
    said = {PhoneNumber(digits) for digits, _ in spoken_phones(caller_text(utterances))}
    return frozenset(said | ({requester.number} if requester.number else set()))


def resolved_phone(sent: PhoneNumber, /, *, known: Iterable[PhoneNumber]) -> PhoneNumber:
    """Return the number that a page sent back, also when it sent back the masked form it was given.

    FieldError when the masked form stands for none of the ``known`` numbers, or for more than one.
    """
    if "*" not in sent.reveal():
        return sent
    meant = {number for number in known if number.masked() == sent.reveal()}
    if len(meant) != 1:
        raise FieldError({"callback_phone": "这个号码不完整，请填写完整的回访电话"})
    return meant.pop()
