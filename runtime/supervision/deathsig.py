"""PR_SET_PDEATHSIG (prctl(2), Linux): the kernel ends a child when its parent is gone, kill -9 included."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def die_with_parent(sent: signal.Signals = signal.SIGKILL, /) -> Callable[[], None]:
    """Return a ``preexec_fn``; the child gets ``sent`` when the thread that started it ends.

    Start children from the main thread. Elsewhere than on Linux the function does nothing.
    """
    if sys.platform != "linux":
        return _nothing
    libc = ctypes.CDLL(None, use_errno=True)
    parent, number = os.getpid(), int(sent)

    def arm() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and here
            os._exit(1)

    return arm


def _nothing() -> None:
    return None
