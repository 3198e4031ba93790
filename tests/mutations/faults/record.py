"""Faults of the record: roles, audit, erasure."""

from tests.mutations.mutant import Mutant

BENT = "the record can be changed by who serves"
STAYS = "personal data stay where they must go"
GROWS = "a log takes the disk of all"
UNTRUE = "a command says that it did what it did not"
RETENTION = "tests/hotline/test_retention.py"
FILES = "tests/hotline/test_private_files.py"
ERASURE = "tests/hotline/test_erasure.py"
AUDIT = "tests/runtime/test_audit.py"
WATCH = "tests/runtime/test_audit_watch.py"

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
        old="        if known is not None and known.number > self.end.number:\n",
        new="        if known is not None and known.number > self.end.number + 1000:\n",
        tests=(f"{AUDIT}::test_a_tail_that_was_cut_off_is_found_by_the_heads",),
    ),
    Mutant(
        name="walked-once-walked-for-ever",
        fault=BENT,
        file="runtime/audit/watch.py",
        old="key=self._key, heads=heads, since=Walked())",
        new="key=self._key, heads=heads, since=self._walked)",
        tests=(f"{WATCH}::test_a_change_in_what_was_walked_is_found_by_the_walk_of_the_next_day_and_stays_found",),
    ),
    Mutant(
        name="end-of-the-last-walk-not-compared",
        fault=BENT,
        file="runtime/audit/verdict.py",
        old="            if kept != since.chain:\n",
        new="            if kept is None:\n",
        tests=(f"{WATCH}::test_an_end_that_is_not_the_one_that_was_walked_is_found_at_once_without_any_head_outside",),
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
        name="retention-of-one-batch",
        fault=STAYS,
        file="hotline/retention.py",
        old="        batch = await _old_recordings(db, before=before, behind=batch[-1])\n",
        new="        batch = []\n",
        tests=(f"{RETENTION}::test_all_that_is_due_goes_however_many_batches_it_takes_each_with_its_entry",),
    ),
    Mutant(
        name="table-forgotten-by-the-policy",
        fault=STAYS,
        file="hotline/personal_columns.py",
        old='    "agent_desk.known_source": ("source",),\n',
        new="",
        tests=(
            f"{RETENTION}::test_every_column_that_can_hold_text_is_named_with_how_it_leaves_and_none_is_named_that_is_gone",
        ),
    ),
    Mutant(
        name="failed-retention-waits-a-day",
        fault=STAYS,
        file="hotline/retention_watch.py",
        old="(EVERY if isinstance(done, Done) else AGAIN)",
        new="EVERY",
        tests=(f"{RETENTION}::test_a_run_that_fails_is_said_ends_nothing_and_is_tried_again",),
    ),
    Mutant(
        name="desk-told-of-the-owner",
        fault=BENT,
        file="hotline/house.py",
        old='database=replace(self.settings.database, owner_url="")',
        new="database=self.settings.database",
        tests=(f"{RETENTION}::test_no_child_is_told_how_the_owner_of_the_tables_enters",),
    ),
    Mutant(
        name="erasure-of-nobody-is-a-success",
        fault=UNTRUE,
        file="hotline/erasure.py",
        old="    if not known:\n",
        new="    if False:\n",
        tests=(f"{RETENTION}::test_an_erasure_of_somebody_unknown_says_so_and_is_no_success",),
    ),
    Mutant(
        name="log-of-the-server-grows",
        fault=GROWS,
        file="runtime/postgres/embedded.py",
        old="            log_files.trim(choose_places(data).home)\n",
        new="",
        tests=(
            f"{FILES}::test_the_log_of_a_server_that_talks_without_end_stays_bounded_while_it_runs_and_keeps_the_newest",
        ),
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
