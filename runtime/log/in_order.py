"""Messages put back into stream order after redelivery, so that a later one never overtakes an earlier one."""

from collections.abc import Sequence

from runtime.bus.port import StoredFact


class InOrder:
    """Holds what came too early. ``floor`` is the last number that is committed with all before it."""

    def __init__(self) -> None:
        self.floor = 0
        self._held: dict[int, StoredFact] = {}

    @property
    def waiting(self) -> bool:
        """Whether something is held behind a number that has not come."""
        return bool(self._held)

    def add(self, facts: Sequence[StoredFact], /) -> list[StoredFact]:
        """Take what was pulled; return those that were committed before.

        A first delivery at or below the floor means that the stream began anew, and so does the floor.
        """
        anew = [fact.sequence for fact in facts if fact.sequence <= self.floor and fact.deliveries == 1]
        if anew:
            self.floor = min(anew) - 1
            self._held.clear()
        for fact in facts:
            if fact.sequence > self.floor:
                self._held[fact.sequence] = fact
        return [fact for fact in facts if fact.sequence <= self.floor]

    def ready(self) -> list[StoredFact]:
        """Return the unbroken run that follows the floor; it stays held until ``done``."""
        run: list[StoredFact] = []
        while (fact := self._held.get(self.floor + 1 + len(run))) is not None:
            run.append(fact)
        return run

    def done(self, facts: Sequence[StoredFact], /) -> None:
        """Let go of a run that is committed."""
        for fact in facts:
            del self._held[fact.sequence]
            self.floor = fact.sequence

    def begin_at(self, floor: int, /) -> None:
        """Take over what another writer has committed since."""
        self.floor = floor
        self._held = {number: fact for number, fact in self._held.items() if number > floor}

    def give_up_gap(self) -> tuple[int, int]:
        """Go on behind the gap before the first held message; return the first and last number given up."""
        first, last = self.floor + 1, min(self._held) - 1
        self.floor = last
        return first, last
