"""The faults: which text of which file is replaced by what, and which tests must notice."""

from dataclasses import dataclass

MEDIA, LEGS = "telephony/media/commands.py", "telephony/media/legs.py"
PACED = "tests/telephony/test_media_process.py"
WRITER = "tests/runtime/test_log_writer.py"
FORM = ("tests/form.test.ts", "tests/fields.test.ts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """``old`` stands exactly once in ``file``. ``tests`` are pytest's, or, for a .ts file, vitest's."""

    name: str
    fault: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def of_the_pages(self) -> bool:
        """Whether it is a fault of the front end."""
        return self.file.endswith(".ts")


MUTANTS = (
    Mutant(
        name="ulaw-for-alaw",
        fault="µ-law for A-law",
        file="telephony/media/g711.py",
        old="np.frombuffer(g711.LINEAR_TO_ALAW, dtype=np.uint8)",
        new="np.frombuffer(g711.LINEAR_TO_ULAW, dtype=np.uint8)",
        tests=("tests/telephony/test_mixer.py",),
    ),
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
        name="typed-text-overwritten",
        fault="typed text overwritten",
        file="agent_desk/web/src/order_form/fields.ts",
        old="const untouched = field.hand === 'none' || field.hand === 'auto'",
        new="const untouched = field.hand !== 'accepted'",
        tests=FORM,
    ),
    Mutant(
        name="parties-swapped-in-taps",
        fault="parties swapped",
        file=LEGS,
        old="party=leg.party, first_sample=self.samples",
        new="party=Party.AGENT if leg.party is Party.CALLER else Party.CALLER, first_sample=self.samples",
        tests=("tests/telephony/test_parties.py",),
    ),
    Mutant(
        name="parties-swapped-in-recording",
        fault="parties swapped",
        file="telephony/media/mixer.py",
        old="np.stack((sources, self.told), axis=2)",
        new="np.stack((self.told, sources), axis=2)",
        tests=(f"{PACED}::test_the_recording_holds_caller_and_what_the_caller_is_told_at_call_time",),
    ),
    Mutant(
        name="call-time-without-queue",
        fault="call time off by the queue wait",
        file=LEGS,
        old="party=leg.party, first_sample=self.samples",
        new="party=leg.party, first_sample=0",
        tests=("tests/telephony/test_taps.py::test_each_leg_is_heard_before_mixing_from_call_time_zero_on",),
    ),
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
        name="lease-not-checked",
        fault="lease not checked",
        file="telephony/acd/distributor.py",
        old=" or moment.mono >= waiting.ends:",
        new=":",
        tests=("tests/telephony/test_acd.py",),
    ),
    Mutant(
        name="number-in-a-log-line",
        fault="phone number in a log",
        file="telephony/calls/reception.py",
        old='log.warning("a call was refused", why=why, caller=invited.caller, dialled=invited.dialled)',
        new='log.warning("a call was refused", why=why, caller=invited.caller.reveal(), dialled=invited.dialled)',
        tests=("tests/telephony/test_log_lines.py",),
    ),
    Mutant(
        name="number-in-a-message",
        fault="phone number in a log",
        file="telephony/calls/switch.py",
        old='log.info("call ended", call=live.call.call,',
        new='log.info(f"call of {live.call.caller.reveal()} ended", call=live.call.call,',
        tests=("tests/telephony/test_log_lines.py",),
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
        name="re-invite-second-sender",
        fault="a re-INVITE starts a second sender",
        file=MEDIA,
        old="self._floor.change_law(leg.slot)",
        new="self._floor.change_law(self._floor.add_port(_rtp_port(leg)))",
        tests=("tests/telephony/test_one_sender.py::test_after_three_re_invites_as_many_packets_come_as_before",),
    ),
    Mutant(
        name="re-invite-other-leg",
        fault="a re-INVITE starts a second sender",
        file="telephony/calls/reception.py",
        old="            leg=live.call.caller_leg,\n",
        new="            leg=LegId(new_id()),\n",
        tests=("tests/telephony/test_one_sender.py::test_a_re_invite_reaches_the_leg_that_the_call_opened",),
    ),
)
"""Every fault of the issue's list has one mutant or more."""
