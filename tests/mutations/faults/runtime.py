"""Faults of the plumbing."""

from tests.mutations.mutant import Mutant

HUNG = "tests/runtime/test_hung_children.py"
WRITER = "tests/runtime/test_log_writer.py"
STATEMENTS = "tests/runtime/test_statements.py"

MUTANTS = (
    Mutant(
        name="ack-before-commit",
        fault="JetStream ack before commit",
        file="runtime/log/writing.py",
        old="""        await self._commit(facts)
        try:
            await reader.ack(facts)
        except Transient:
            log.warning("an acknowledgement did not get through", first=facts[0].sequence, last=facts[-1].sequence)
""",
        new="""        try:
            await reader.ack(facts)
        except Transient:
            log.warning("an acknowledgement did not get through", first=facts[0].sequence, last=facts[-1].sequence)
        await self._commit(facts)
""",
        tests=(
            f"{WRITER}::test_facts_enter_in_stream_order_and_are_acknowledged_after_their_commit",
            f"{WRITER}::test_nothing_is_acknowledged_while_the_database_is_away_and_nothing_is_missing_after_it",
        ),
    ),
    Mutant(
        name="logs-do-not-mask",
        fault="phone number in a log",
        file="runtime/telemetry.py",
        old="        return value.masked()\n",
        new="        return value.reveal()\n",
        tests=("tests/telephony/test_log_lines.py", "tests/runtime/test_telemetry.py"),
    ),
    Mutant(
        name="tracebacks-without-bound",
        fault="a fault of one ends others",
        file="runtime/telemetry.py",
        old="        if count.seen > FAULTS_SHOWN:\n",
        new="        if count.seen < 0:\n",
        tests=("tests/runtime/test_telemetry.py",),
    ),
    Mutant(
        name="cancellation-forgotten",
        fault="a process does not end when it is asked to",
        file="runtime/cancellation.py",
        old="        if task is not None and task.cancelling() > before:\n",
        new="        if task is None:\n",
        tests=("tests/runtime/test_cancellation.py::test_a_cancellation_that_a_library_forgets_ends_the_task",),
    ),
    Mutant(
        name="stopped-child-unseen",
        fault="a hung process is taken for a living one",
        file="runtime/supervision/pulse.py",
        old="        if self._count and self._count == self._told:\n",
        new="        if not self._count:\n",
        tests=(f"{HUNG}::test_a_pulse_beats_only_when_its_work_went_on_once_it_began",),
    ),
    Mutant(
        name="busy-machine-kills",
        fault="a healthy process is killed because the machine is busy",
        file="runtime/supervision/watch.py",
        old="        self.seconds += min(elapsed_s, _MOST_OF_A_TURN_S) /",
        new="        self.seconds += elapsed_s /",
        tests=(f"{HUNG}::test_a_supervisor_that_slept_calls_nobody_hung_by_its_own_absence",),
    ),
    Mutant(
        name="permanent-restarted",
        fault="what can never serve is started again and again",
        file="runtime/supervision/supervisor.py",
        old="        if self._served or (code != PERMANENT_EXIT and",
        new="        if self._served or code == PERMANENT_EXIT or (code != PERMANENT_EXIT and",
        tests=(f"{HUNG}::test_a_child_that_cannot_serve_says_why_at_once_and_is_not_started_again",),
    ),
    Mutant(
        name="values-by-alphabet",
        fault="a value stands in another column",
        file="runtime/postgres/statements.py",
        old="    return text, [values[name] for name in names]\n",
        new="    return text, [values[name] for name in sorted(names)]\n",
        tests=(f"{STATEMENTS}::test_named_places_become_numbers_and_their_values_come_in_that_order",),
    ),
    Mutant(
        name="condition-numbered-first",
        fault="a value stands in another column",
        file="runtime/postgres/statements.py",
        old="    places = enumerate(_checked(where), len(columns) + 1)\n",
        new="    places = enumerate(_checked(where), 1)\n",
        tests=(f"{STATEMENTS}::test_an_alteration_numbers_its_columns_first_and_its_condition_after_them",),
    ),
    Mutant(
        name="column-falls-away",
        fault="a value stands in another column",
        file="runtime/postgres/statements.py",
        old="    if found != expected:\n",
        new="    if not set(found) >= set(expected):\n",
        tests=(f"{STATEMENTS}::test_a_column_that_is_no_field_is_refused_by_its_name",),
    ),
)
