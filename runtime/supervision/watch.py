"""When a child that says nothing is to be called hung. Silence is counted by the supervisor's own turns. No I/O."""

from dataclasses import dataclass

TURN_S = 0.25
_MOST_OF_A_TURN_S = 0.5
STARTING_S = 30.0
"""So long a child that does not serve yet may be silent: it imports and loads."""
LONGER = 3.0
"""A child that is at work or waits for the processor is given so many times the patience."""


@dataclass(slots=True, kw_only=True)
class Silence:
    """How long a child has said nothing, as far as its supervisor was awake to hear it."""

    patience_s: float
    seconds: float = 0.0

    def heard(self) -> None:
        """Begin anew."""
        self.seconds = 0.0

    def turn(self, elapsed_s: float, /, *, serving: bool, at_work: bool) -> bool:
        """Count one turn of the supervisor and return whether the child is hung.

        A turn that came late counts as half a second: who slept himself cannot say that others were silent. One in
        which the child was ``at_work``, that is had or waited for a processor, counts a third: a busy machine is no
        hung child.
        """
        self.seconds += min(elapsed_s, _MOST_OF_A_TURN_S) / (LONGER if at_work else 1.0)
        return self.seconds > (self.patience_s if serving else max(STARTING_S, self.patience_s))
