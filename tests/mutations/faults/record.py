"""Faults of the record: roles, audit, erasure."""

from tests.mutations.mutant import Mutant

BENT = "the record can be changed by who serves"
STAYS = "personal data stay where they must go"
ERASURE = "tests/hotline/test_erasure.py"
AUDIT = "tests/runtime/test_audit.py"

MUTANTS = (
    Mutant(
        name="audit-chained-without-key",
        fault=BENT,
        file="runtime/audit/chain.py",
        old="    return hmac.new(secret, text, hashlib.sha256).digest() if secret else hashlib.sha256(text).digest()\n",
        new="    return hashlib.sha256(text).digest()\n",
        tests=(f"{AUDIT}::test_a_change_with_every_value_computed_anew_is_found_because_the_key_lies_elsewhere",),
    ),
    Mutant(
        name="cut-off-end-unseen",
        fault=BENT,
        file="runtime/audit/verdict.py",
        old="        if known is not None and known.number > self.rows:\n",
        new="        if known is not None and known.number > self.rows + 1000:\n",
        tests=(f"{AUDIT}::test_a_tail_that_was_cut_off_is_found_by_the_heads",),
    ),
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
    Mutant(
        name="erasure-leaves-words",
        fault=STAYS,
        file="hotline/erasure.py",
        old='"caller_name", "text", "words",',
        new='"caller_name", "words",',
        tests=(f"{ERASURE}::test_after_an_erasure_nothing_of_the_person_is_left_and_the_record_is_whole",),
    ),
    Mutant(
        name="server-logs-values",
        fault=STAYS,
        file="runtime/postgres/embedded.py",
        old='"log_min_messages": "log"',
        new='"log_min_messages": "warning"',
        tests=("tests/hotline/test_private_files.py",),
    ),
)
