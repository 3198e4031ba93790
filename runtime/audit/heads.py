"""Heads of the chain, written outside the database: whoever cuts its end off, or makes it anew, contradicts them."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from runtime.codec import MalformedMessage, decode, encode
from vocabulary.errors import Permanent


class HeadsFault(Permanent):
    """The file of heads cannot be read; the text names its line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """At instant ``at`` the audit ended at entry ``number`` with the chain value ``chain`` (64 hex digits)."""

    at: datetime
    number: int
    chain: str


def append_head(file: Path, head: Head, /) -> None:
    """Add a line to the file (mode 0600) and wait until it is on the disk. OSError when it cannot be written.

    A last line that a loss of power left unfinished is taken away first.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        kept = file.read_bytes()
        os.ftruncate(descriptor, kept.rfind(b"\n") + 1)
        os.write(descriptor, encode(head) + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_heads(file: Path, /) -> list[Head]:
    """Return all heads, oldest first; none when there is no file. HeadsFault names a line that cannot be read."""
    if not file.is_file():
        return []
    heads: list[Head] = []
    lines = file.read_bytes().split(b"\n")
    for number, line in enumerate(lines[:-1], start=1):  # the last is empty, or was not finished
        try:
            heads.append(decode(line, Head))
        except MalformedMessage as error:
            raise HeadsFault(f"{file} line {number} is no head of the audit: {error}") from None
    return heads
