"""Faults of the figures."""

from tests.mutations.mutant import Mutant

MUTANTS = (
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
