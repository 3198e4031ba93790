"""Messages put back into stream order after redelivery, so that a later one never overtakes an earlier one."""

from collections.abc import Sequence

from runtime.bus.port import StoredFact


class InOrder:
    """Holds what came too early. ``floor`` is the last number that is done with."""

    def __init__(self, *, floor: int) -> None:
        self.floor = floor
        self._held: dict[int, StoredFact] = {}

    @property
    def waiting(self) -> bool:
        """Whether something is held behind a number that has not come."""
        return bool(self._held)

    def add(self, facts: Sequence[StoredFact], /) -> list[StoredFact]:
        """Take what was pulled; return those at or below the floor: done before, or never missed."""
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

    def raise_floor(self, to: int, /) -> None:
        """Take the stream's word that everything up to ``to`` is done with or gone."""
        self.floor = max(self.floor, to)
        self._held = {number: fact for number, fact in self._held.items() if number > self.floor}

    def give_up_gap(self) -> tuple[int, int]:
        """Go on behind the gap before the first held message; return the first and last number given up."""
        first, last = self.floor + 1, min(self._held) - 1
        self.floor = last
        return first, last
