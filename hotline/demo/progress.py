"""Progress for people on standard error, so that standard output ends with the one line that scripts read."""

import sys
import time

from hotline.host_health import Part


class Progress:
    """Prints each step with the seconds since the start."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def say(self, text: str, /) -> None:
        """Print one line."""
        print(f"[{time.monotonic() - self._started:6.1f} s] {text}", file=sys.stderr, flush=True)

    def part(self, part: Part, /) -> None:
        """Print one line of a part that began or ceased to work."""
        self.say(f"{'恢复' if part.ok else '注意'} {part.name}：{part.detail}")
