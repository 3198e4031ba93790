"""Bodies of requests, and addresses: what the web wall lets through can be encoded, stored and shown."""

from dataclasses import dataclass
from pathlib import Path

from runtime.codec import MalformedMessage, decode, encode
from runtime.web.walls import body_faults, target_fault, too_deep
from vocabulary.ids import SeatNo
from vocabulary.personal import PersonName

CORPUS = Path(__file__).parent / "corpus" / "http_bodies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A body with every kind of member."""

    title: str = ""
    seat: SeatNo | None = None
    name: PersonName | None = None
    revision: int = 0
    weight: float = 0.0
    notes: dict[str, list[str]] | None = None


def fuzz_one(data: bytes) -> None:
    """Take one body: it is refused in words, or it goes through the codec unchanged and has nothing that cannot be kept."""
    target_fault(data.decode("utf-8", "surrogateescape"))
    if too_deep(data):
        return
    try:
        paper = decode(data, Paper)
    except MalformedMessage:
        return
    if body_faults(paper):
        return
    kept = encode(paper)
    assert decode(kept, Paper) == paper
    assert b"\\u0000" not in kept
    assert -(2**31) <= paper.revision < 2**31
