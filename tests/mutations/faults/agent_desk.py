"""Faults of the desk's room."""

from tests.mutations.mutant import Mutant

CALLS = "tests/agent_desk/test_calls_of_a_contact.py"

MUTANTS = (
    Mutant(
        name="decline-answers",
        fault="a key does what another is for",
        file="agent_desk/pages/seat.py",
        old="self._done(SeatDecline(",
        new="self._done(SeatAnswer(",
        tests=(
            "tests/agent_desk/test_desk.py::test_each_key_of_the_bar_is_one_wish_to_the_switch_for_the_own_seat",
            "tests/agent_desk/test_desk.py::test_every_verb_has_its_key",
        ),
    ),
    Mutant(
        name="only-the-last-seat-took-part",
        fault="who took part in a call is not told",
        file="agent_desk/contacts/store.py",
        old=" and p.agent = $2) order by",
        new=" and p.agent = $2 and exists (select from agent_desk.call k where k.agent = p.agent"
        " and k.contact = c.contact)) order by",
        tests=(
            "tests/agent_desk/test_projections.py::test_a_contact_is_that_of_everybody_who_took_part_and_of_no_later_agent_of_the_seat",
        ),
    ),
    Mutant(
        name="draft-overwritten",
        fault="a page overwrites what another page typed",
        file="agent_desk/drafting/draft.py",
        old="    if lost:\n",
        new="    if ahead:\n",
        tests=("tests/agent_desk/test_draft_merging.py",),
    ),
    Mutant(
        name="number-of-every-contact",
        fault="a number is shown to who must not see it",
        file="agent_desk/contacts/rights.py",
        old="    needed = mine and (facts.at_hand or facts.open_form)",
        new="    needed = principal.role is Role.AGENT",
        tests=("tests/agent_desk/test_rights.py", "tests/agent_desk/test_scopes.py"),
    ),
    Mutant(
        name="look-without-audit",
        fault="a look at somebody else's words leaves no trace",
        file="agent_desk/contacts/view.py",
        old="        if sight is Sight.MASKED and not own(principal, facts):",
        new="        if sight is Sight.FULL and not own(principal, facts):",
        tests=("tests/agent_desk/test_scopes.py",),
    ),
    Mutant(
        name="confidential-transcript-named",
        fault="a confidential order names who asked",
        file="agent_desk/contacts/view.py",
        old="        return unnamed(text, names=names) if view.confidential else masked_text(text)",
        new="        return masked_text(text)",
        tests=("tests/agent_desk/test_scopes.py",),
    ),
    Mutant(
        name="account-made-unseen",
        fault="an account changes without a trace",
        file="agent_desk/accounts/service.py",
        old="            await write_down(tx, at=self._clock.now(), account=by, what=what, contact=None, why=why)\n",
        new="            _ = (by, what, why)\n",
        tests=(
            "tests/hotline/test_account_commands.py::test_what_an_operator_changes_stands_in_the_audit_which_stays_whole",
        ),
    ),
    Mutant(
        name="skill-of-no-queue",
        fault="a skill is of no queue",
        file="hotline/commands/users.py",
        old="    unknown = sorted(account.skills - set(queues))\n",
        new="    unknown = sorted(account.skills - account.skills)\n",
        tests=(
            "tests/hotline/test_account_commands.py::test_an_account_that_cannot_be_is_refused_in_a_sentence_and_leaves_no_trace",
        ),
    ),
    Mutant(
        name="seat-instead-of-agent",
        fault="who has the seat now sees what its former agent took part in",
        file="agent_desk/contacts/rights.py",
        old="principal.account in facts.agents",
        new="principal.seat is not None",
        tests=("tests/agent_desk/test_rights.py::test_a_person_sees_what_the_table_says",),
    ),
    Mutant(
        name="former-agents-messages-kept",
        fault="who has the seat now sees what its former agent took part in",
        file="agent_desk/live/hub.py",
        old="        elif feed.agent != agent:",
        new="        elif feed is None:",
        tests=(f"{CALLS}::test_what_a_former_agent_was_told_is_not_sent_to_the_next_one_of_the_seat",),
    ),
    Mutant(
        name="words-of-two-calls-at-one-place",
        fault="a second call's words overwrite the first's",
        file="agent_desk/contacts/view.py",
        old="finals = {(heard.leg, heard.start_ms): heard for heard in kept}",
        new="finals = {(heard.party, heard.start_ms): heard for heard in kept}",
        tests=(f"{CALLS}::test_both_calls_are_shown_in_order_each_with_its_words_and_its_sound",),
    ),
)
