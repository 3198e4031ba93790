"""Faults of the sound."""

from tests.mutations.mutant import Mutant

MEDIA = "telephony/media/commands.py"
LEGS = "telephony/media/legs.py"
PACED = "tests/telephony/test_media_process.py"

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
        name="re-invite-second-sender",
        fault="a re-INVITE starts a second sender",
        file=MEDIA,
        old="self._floor.change_law(leg.slot)",
        new="self._floor.change_law(self._floor.add_port(_rtp_port(leg)))",
        tests=("tests/telephony/test_one_sender.py::test_after_three_re_invites_as_many_packets_come_as_before",),
    ),
    Mutant(
        name="strangers-latched",
        fault="sound is taken over by a stranger",
        file="telephony/media/latch.py",
        old="        if now - self._named_at < SILENT_S or not self.fits(address[0]):",
        new="        if now - self._named_at < SILENT_S:",
        tests=("tests/telephony/test_latch.py",),
    ),
    Mutant(
        name="signalled-never-wins-back",
        fault="sound is taken over by a stranger",
        file="telephony/media/latch.py",
        old="        if address == self._signalled:\n",
        new="        if address == self._signalled and self._source in {None, address}:\n",
        tests=("tests/telephony/test_latch.py",),
    ),
    Mutant(
        name="sound-before-ack",
        fault="sound is sent to whom nobody called",
        file="telephony/media/rtp_port.py",
        old="unknown = not self.confirmed and self.outgoing.sent >= MOST_UNCONFIRMED",
        new="unknown = False",
        tests=("tests/telephony/test_media_limits.py",),
    ),
    Mutant(
        name="own-port-allowed",
        fault="sound is sent to whom nobody called",
        file=MEDIA,
        old="        if taken or self._ports.owns(address, host=host):",
        new="        if False:",
        tests=("tests/telephony/test_media_limits.py",),
    ),
    Mutant(
        name="failed-row-moves-others",
        fault="a fault of one ends others",
        file="telephony/media/floor.py",
        old='        self._note("send", (slot for slot, _ in each(ports, self._send, of="send")))\n',
        new='        for slot, _ in each(ports, self._send, of="send"):\n            self.remove_port(slot)\n',
        tests=("tests/telephony/test_floor_faults.py",),
    ),
    Mutant(
        name="frame-of-any-length-mixed",
        fault="a fault of one ends others",
        file="telephony/media/mixer.py",
        old="if not isinstance(frame, Frame) and len(frame) != FRAME_SAMPLES:",
        new="if not isinstance(frame, Frame) and not frame:",
        tests=("tests/telephony/test_floor_faults.py",),
    ),
    Mutant(
        name="any-connection-is-the-switch",
        fault="a fault of one ends others",
        file="telephony/media/media_process.py",
        old="        wire.handle(Orphans, orphans)\n",
        new="        link.wire, link.gone_at = wire, None\n        wire.handle(Orphans, orphans)\n",
        tests=(
            "tests/telephony/test_media_limits.py::test_a_connection_that_says_nothing_replaces_no_switch_and_ends_no_call",
        ),
    ),
    Mutant(
        name="full-disk-not-seen",
        fault="a recording is missing without a word",
        file="telephony/media/archive.py",
        old="        if not self._has_room(calls):\n",
        new="        if disk.free_bytes < 0:\n",
        tests=("tests/telephony/test_media_disk.py::test_a_new_call_is_refused_before_its_recording_would_be_missing",),
    ),
    Mutant(
        name="stamped-ends-are-keys",
        fault="a key counts twice",
        file="telephony/media/dtmf.py",
        old="if end and duration >= press.duration and 0 <= passed <= duration + _END_SLACK:",
        new="if end and duration < 0:",
        tests=("tests/telephony/test_dtmf.py",),
    ),
    Mutant(
        name="vanished-folder-not-seen",
        fault="a recording is missing without a word",
        file="telephony/media/archive.py",
        old="return not disk.fault and disk.free_bytes >= wanted",
        new="return disk.free_bytes >= wanted",
        tests=("tests/telephony/test_media_disk.py::test_a_folder_that_cannot_be_used_refuses_calls_until_it_can",),
    ),
)
