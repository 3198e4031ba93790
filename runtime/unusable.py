"""Files that cannot be used: kept under another name, so that they stop nobody and are not lost."""

from contextlib import suppress
from pathlib import Path

from runtime.telemetry import get_logger

_log = get_logger(__name__)
_NAME_SHOWN = 80


def set_aside(path: Path, /, *, what: str, reason: str) -> None:
    """Rename the file to NAME.refused and warn with ``what`` it was and the ``reason``; a disk that refuses is ignored.

    What is set aside is never read again by itself; who looks after the house may mend it and rename it back.
    """
    _log.warning("a file cannot be used and is set aside", what=what, file=path.name[:_NAME_SHOWN], reason=reason)
    with suppress(OSError):
        path.replace(path.with_name(f"{path.name}.refused"))
