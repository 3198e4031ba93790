"""How a simulated person talks: a turn, then listen until the other side has spoken and paused."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from telephony.testcalls.dialogues import Turn
from vocabulary.audio import Party

PAUSE_S = 1.2
TURN_S = 20.0
_POLL_S = 0.05


class Listener(Protocol):
    """What one hears of the other side."""

    speaking: bool
    spoke_times: int
    quiet_since: float


async def pause_of(listener: Listener, /, *, after: int, timeout: float = TURN_S) -> bool:
    """Return True when the other side spoke more than ``after`` times and then paused 1.2 s; False at the deadline."""
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        if (
            not listener.speaking
            and listener.spoke_times > after
            and time.monotonic() - listener.quiet_since >= PAUSE_S
        ):
            return True
        await asyncio.sleep(_POLL_S)
    return False


async def converse(
    turns: tuple[Turn, ...],
    /,
    *,
    party: Party,
    listener: Listener,
    say: Callable[[Path], Awaitable[None]],
    voices: Path,
) -> None:
    """Say the turns of ``party``, each after the other side's turn; two of one's own in a row after a pause."""
    heard = listener.spoke_times
    for before, turn in zip((None, *turns), turns, strict=False):
        if turn.party is not party:
            continue
        if before is None:
            await asyncio.sleep(_POLL_S)
        elif before.party is party:
            await pause_of(listener, after=-1, timeout=2 * PAUSE_S)
        else:
            await pause_of(listener, after=heard)
        await say(voices / turn.wav)
        heard = listener.spoke_times
