"""How long to wait between tries of something that may come back."""


class Pauses:
    """Seconds: ``first_s``, then twice as long each time up to ``longest_s``; the first again after ``anew``."""

    def __init__(self, *, first_s: float, longest_s: float) -> None:
        self._first_s, self._longest_s = first_s, longest_s
        self._next_s = first_s

    @property
    def fresh(self) -> bool:
        """Whether no pause was taken since the beginning, or since ``anew``."""
        return self._next_s == self._first_s

    def next_s(self) -> float:
        """Return the seconds to wait now."""
        now_s = self._next_s
        self._next_s = min(2 * now_s, self._longest_s)
        return now_s

    def anew(self) -> None:
        """Begin with the first pause again: it worked."""
        self._next_s = self._first_s
