"""Faults of the recogniser."""

from tests.mutations.mutant import Mutant

FAULTS = "tests/asr/test_faults.py"

MUTANTS = (
    Mutant(
        name="failed-write-called-done",
        fault="a fault of one ends others",
        file="asr/checkpoint.py",
        old="            self._failing = True\n            return False",
        new="            self._failing = True\n            return True",
        tests=("tests/asr/test_checkpoint.py",),
    ),
    Mutant(
        name="unwritten-checkpoint-counts-as-written",
        fault="a fault of one ends others",
        file="asr/recogniser.py",
        old="            if await self._parts.checkpoints.write(marks):\n                written = marks",
        new="            await self._parts.checkpoints.write(marks)\n            written = marks",
        tests=(f"{FAULTS}::test_a_checkpoint_that_cannot_be_written_is_tried_again_and_stops_no_hearing",),
    ),
    Mutant(
        name="poisoned-leg-kept",
        fault="a fault of one ends others",
        file="asr/recogniser.py",
        old='of="block of a leg"), Failure):\n            self._failed(actor)',
        new='of="block of a leg"), Failure):\n            return',
        tests=(f"{FAULTS}::test_a_leg_whose_sound_raises_is_closed_as_incomplete_and_the_other_is_heard",),
    ),
)
