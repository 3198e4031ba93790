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
)
