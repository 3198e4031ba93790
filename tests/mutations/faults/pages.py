"""Faults of the pages."""

from tests.mutations.mutant import Mutant

FORM = ("tests/form.test.ts", "tests/fields.test.ts")

MUTANTS = (
    Mutant(
        name="typed-text-overwritten",
        fault="typed text overwritten",
        file="agent_desk/web/src/order_form/fields.ts",
        old="const untouched = field.hand === 'none' || field.hand === 'auto'",
        new="const untouched = field.hand !== 'accepted'",
        tests=FORM,
    ),
)
