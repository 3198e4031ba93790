"""Faults of the record: roles, audit, erasure."""

from tests.mutations.mutant import Mutant

BENT = "the record can be changed by who serves"

MUTANTS = (
    Mutant(
        name="facts-may-be-rewritten",
        fault=BENT,
        file="runtime/log/migrations/grants.txt",
        old="events       select insert\n",
        new="events       select insert update delete\n",
        tests=("tests/runtime/test_roles.py::test_the_application_is_refused",),
    ),
    Mutant(
        name="roles-keep-what-they-had",
        fault=BENT,
        file="runtime/postgres/roles.py",
        old="login nosuperuser nocreatedb",
        new="login superuser nocreatedb",
        tests=("tests/runtime/test_roles.py::test_the_application_is_refused",),
    ),
)
