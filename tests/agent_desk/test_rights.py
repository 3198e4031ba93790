"""Who sees what of a contact: the whole table, written by hand."""

from uuid import UUID

import pytest

from agent_desk.contacts.rights import ContactFacts, Sight, What, may
from tests.agent_desk.serving import ROLE_PRINCIPALS
from vocabulary.ids import AccountId
from vocabulary.people import Principal, Role

AGENT, ANALYST, ADMIN, UNIT = (ROLE_PRINCIPALS[name] for name in ("agent", "analyst", "admin", "unit"))
OTHER = AccountId(UUID(int=777))
SUCCESSOR = Principal(account=AccountId(UUID(int=778)), login="x", name="x", role=Role.AGENT, seat=AGENT.seat)
N, M, F = Sight.NOTHING, Sight.MASKED, Sight.FULL


def contact(of: str, **changes: bool) -> ContactFacts:
    known = {
        "at_hand": False, "open_form": False, "in_hands": False, "confidential": False, "unanswered": not of,
    } | changes  # fmt: skip
    people = {"mine": AGENT.account, "other": OTHER}
    return ContactFacts(agents=frozenset(people[name] for name in of.split()), **known)


TALKING, WRAPPED = contact("mine", at_hand=True), contact("mine", open_form=True)
DONE, OTHERS, NOBODYS = contact("mine"), contact("other", at_hand=True), contact("")
NOT_READ_YET = contact("", unanswered=False)
"""After an upgrade, until the log says who took part."""
TAKEN, HELD = contact("", in_hands=True), contact("other", in_hands=True)
SECRET_TALKING, SECRET_OPEN = (
    contact("mine", at_hand=True, confidential=True),
    contact("mine", open_form=True, confidential=True),
)
SECRET_DONE, SECRET_OTHERS = contact("mine", confidential=True), contact("other", at_hand=True, confidential=True)
HANDED_ON = contact("other mine", at_hand=True)
SECRET_TAKEN = contact("", in_hands=True, confidential=True)

#                                 HEAD WORDS FORM SOUND NUMBER
TABLE = [
    (AGENT, TALKING, (M, F, F, F, F)),
    (AGENT, WRAPPED, (M, F, F, F, F)),
    (AGENT, DONE, (M, M, F, F, N)),
    (AGENT, OTHERS, (N, N, N, N, N)),
    (AGENT, HANDED_ON, (M, F, F, F, F)),
    (AGENT, NOBODYS, (M, N, N, N, N)),
    (AGENT, TAKEN, (M, N, N, N, F)),
    (AGENT, HELD, (M, N, N, N, F)),
    (AGENT, SECRET_TALKING, (M, F, F, F, F)),
    (AGENT, SECRET_OPEN, (M, F, F, F, N)),
    (AGENT, SECRET_DONE, (M, M, F, N, N)),
    (AGENT, SECRET_OTHERS, (N, N, N, N, N)),
    (AGENT, SECRET_TAKEN, (M, N, N, N, N)),
    (SUCCESSOR, TALKING, (N, N, N, N, N)),
    (SUCCESSOR, DONE, (N, N, N, N, N)),
    (SUCCESSOR, NOBODYS, (M, N, N, N, N)),
    (AGENT, NOT_READ_YET, (N, N, N, N, N)),
    (ANALYST, NOT_READ_YET, (M, M, N, F, N)),
    (ANALYST, TALKING, (M, M, N, F, N)),
    (ANALYST, NOBODYS, (M, M, N, F, N)),
    (ANALYST, HELD, (M, M, N, F, N)),
    (ANALYST, SECRET_DONE, (M, M, N, N, N)),
    (ADMIN, TALKING, (M, M, N, F, F)),
    (ADMIN, NOBODYS, (M, M, N, F, F)),
    (ADMIN, SECRET_DONE, (M, M, N, N, N)),
    (UNIT, DONE, (N, N, N, N, N)),
    (UNIT, HELD, (N, N, N, N, N)),
]


@pytest.mark.parametrize(("who", "facts", "sights"), TABLE)
def test_a_person_sees_what_the_table_says(who: Principal, facts: ContactFacts, sights: tuple[Sight, ...]) -> None:
    assert tuple(may(who, facts, what) for what in What) == sights
