"""Faults of the knowledge base."""

from tests.mutations.mutant import Mutant

MUTANTS = (
    Mutant(
        name="expired-entry-found",
        fault="expired entry suggested",
        file="knowledge/engine/tantivy.py",
        old='make.range_query(schema, "last_day", whole, day, 2**62)',
        new='make.range_query(schema, "last_day", whole, 0, 2**62)',
        tests=("tests/knowledge/test_engines.py::test_an_entry_out_of_force_on_the_day_is_never_found[tantivy]",),
    ),
    Mutant(
        name="expired-card-stays",
        fault="expired entry suggested",
        file="knowledge/service.py",
        old="return current and published is not None and published.entry.in_force(self._today)",
        new="return current and published is not None",
        tests=("tests/knowledge/test_service.py::test_a_card_leaves_at_midnight_when_its_entry_ends",),
    ),
)
