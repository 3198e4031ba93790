"""Faults of the plumbing."""

from tests.mutations.mutant import Mutant

WRITER = "tests/runtime/test_log_writer.py"

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
        name="cancellation-forgotten",
        fault="a process does not end when it is asked to",
        file="runtime/cancellation.py",
        old="        if task is not None and task.cancelling() > before:\n",
        new="        if task is None:\n",
        tests=("tests/runtime/test_cancellation.py::test_a_cancellation_that_a_library_forgets_ends_the_task",),
    ),
)
