"""Faults of the figures."""

from tests.mutations.mutant import Mutant

MUTANTS = (
    Mutant(
        name="second-call-dropped",
        fault="a second call of a contact is dropped",
        file="analytics/facts.py",
        old="    if not isinstance(event, CallEnded) or event.contact is None:\n        return\n",
        new=(
            "    if not isinstance(event, CallEnded) or event.contact is None:\n        return\n"
            "    if await tx.fetchval('select true from analytics.call_fact where contact = $1', event.contact):\n"
            "        return\n"
        ),
        tests=("tests/analytics/test_facts.py::test_every_call_of_a_contact_is_counted_and_told_once",),
    ),
    Mutant(
        name="abandon-is-success",
        fault="abandon counted as success",
        file="analytics/metrics/expressions.py",
        old="return calls.connected_at.notnull() & (wait <= SERVICE_LEVEL_S)",
        new="return wait <= SERVICE_LEVEL_S",
        tests=(
            "tests/analytics/test_figures.py::test_every_figure_is_what_a_person_counts_and_its_query_gives_it_again",
        ),
    ),
    Mutant(
        name="confidential-words-in-topics",
        fault="a confidential order names who asked",
        file="analytics/store.py",
        old=" where k.contact = s.contact and k.confidential",
        new=" where k.contact = s.contact and false",
        tests=("tests/analytics/test_facts.py",),
    ),
)
