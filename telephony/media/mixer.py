"""One tick of sound for all legs at once: rows of a matrix. No I/O but through ``Source``.

Row i of what is heard comes from slot i; row i of what is told is the row of the one slot it listens to, the sum of
several, a prompt, or silence. A talk of two is two entries of one index array; only who hears several costs a sum.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from runtime.boundary import each
from telephony.media import g711
from telephony.media.concealment import FADE, conceal
from telephony.media.g711 import Law, Samples
from telephony.media.jitter import Frame
from telephony.media.playlist import Playlist
from vocabulary.audio import FRAME_SAMPLES

_LOWEST, _HIGHEST = -(2**15), 2**15 - 1


class Source(Protocol):
    """Where a slot's sound comes from."""

    law: Law
    """The law of the octets that ``take`` returned last."""

    def take(self) -> bytes | Frame:
        """Return the octets of this tick, or why there are none."""
        ...


class Slot:
    """One row: whom it listens to and what is played to it."""

    def __init__(self, source: Source, *, law: Law) -> None:
        """``law`` is that of the octets to be sent."""
        self.source = source
        self.law = law
        self.listens_to: tuple[Slot, ...] = ()
        self.playlist: Playlist | None = None
        self.row = -1
        self.missing = FADE.size
        self.frame: bytes | Frame = Frame.WAITING

    def take(self) -> None:
        """Take the frame of this tick from the source; ValueError when it has another length."""
        self.frame = frame = self.source.take()
        if not isinstance(frame, Frame) and len(frame) != FRAME_SAMPLES:
            raise ValueError(f"a frame of {len(frame)} octets")


class Mixer:
    """All rows. After ``mix``: ``heard`` and ``told`` hold linear samples, ``payload(slot)`` the octets to send."""

    def __init__(self) -> None:
        self.faults: dict[Slot, str] = {}
        """Slots whose source or playlist raised, and in what: their rows are silent, the others sound."""
        self.slots: list[Slot] = []
        self.heard: Samples = np.zeros((1, FRAME_SAMPLES), dtype=np.int16)
        self.told: Samples = np.zeros((0, FRAME_SAMPLES), dtype=np.int16)
        self._good: Samples = self.told
        self._listening: NDArray[np.intp] = np.zeros(0, dtype=np.intp)
        self._sums: list[tuple[int, list[int]]] = []
        """Rows that hear several, and which."""
        self._laws: NDArray[np.intp] = np.zeros(0, dtype=np.intp)
        self._octets = self._pcm = b""
        self.played: dict[Slot, Samples] = {}
        """What prompts gave in this tick, by whom they were played to."""
        self.peaks: list[int] = []
        """Largest magnitude of each row that was heard."""
        self._stale = False

    def add(self, slot: Slot, /) -> None:
        """Give a slot a row from the next tick on."""
        self._reorder([*self.slots, slot])

    def remove(self, slot: Slot, /) -> None:
        """Take a slot's row away; who listened to it hears silence."""
        for other in self.slots:
            if slot in other.listens_to:
                other.listens_to = tuple(one for one in other.listens_to if one is not slot)
        self._reorder([other for other in self.slots if other is not slot])
        slot.row, slot.listens_to = -1, ()

    def rewire(self) -> None:
        """Say that ``listens_to`` or ``law`` of a slot was changed."""
        self._stale = True

    def mix(self) -> list[tuple[Slot, Playlist]]:
        """Do one tick; return the playlists that came to their end and were taken off."""
        if self._stale:
            self._wire()
        heard = self._hear()
        self.told = heard.take(self._listening, axis=0)
        for row, several in self._sums:
            self.told[row] = heard[several].sum(axis=0, dtype=np.int32).clip(_LOWEST, _HIGHEST)
        ended = self._prompts()
        self._octets = g711.encode(self.told, self._laws).tobytes()
        sources = heard[:-1]
        self._pcm = sources.tobytes()
        self.peaks = np.abs(sources).max(axis=1).tolist() if self.slots else []
        return ended

    def payload(self, slot: Slot, /) -> bytes:
        """Return the 160 octets to send to ``slot``."""
        return self._octets[slot.row * FRAME_SAMPLES : (slot.row + 1) * FRAME_SAMPLES]

    def heard_pcm(self, slot: Slot, /) -> bytes:
        """Return the 160 s16le samples that came from ``slot``."""
        return self._pcm[slot.row * 2 * FRAME_SAMPLES : (slot.row + 1) * 2 * FRAME_SAMPLES]

    def _hear(self) -> Samples:
        count = len(self.slots)
        frames, missing, laws = [], np.zeros(count, dtype=np.intp), np.empty(count, dtype=np.intp)
        for slot in each(self.slots, Slot.take, of="sound"):
            slot.frame = Frame.WAITING
            self.faults.setdefault(slot, "sound")
        for row, slot in enumerate(self.slots):
            frame = slot.frame
            laws[row] = law = slot.source.law
            if isinstance(frame, Frame):
                slot.missing = FADE.size if frame is Frame.WAITING else slot.missing + 1
                missing[row] = slot.missing
                frame = g711.SILENCE[law] * FRAME_SAMPLES
            else:
                slot.missing = 0
            frames.append(frame)
        octets = np.frombuffer(b"".join(frames), dtype=np.uint8).reshape(count, FRAME_SAMPLES)
        now = conceal(g711.decode(octets, laws), self._last(missing), missing)
        self.heard = np.concatenate([now, np.zeros((1, FRAME_SAMPLES), dtype=np.int16)])
        return self.heard

    def _last(self, missing: NDArray[np.intp]) -> Samples:
        """Return the last good frames; ``conceal`` fades from them, so rows in mid-fade keep theirs."""
        self._good = np.where((missing > 1)[:, np.newaxis], self._good, self.heard[:-1])
        return self._good

    def _prompts(self) -> list[tuple[Slot, Playlist]]:
        ended: list[tuple[Slot, Playlist]] = []
        self.played.clear()

        def play(slot: Slot) -> None:
            playlist = slot.playlist
            frame = playlist.next_frame() if playlist is not None else None
            if frame is not None:
                self.told[slot.row] = self.played[slot] = frame
            elif playlist is not None:
                slot.playlist = None
                ended.append((slot, playlist))

        for slot in each([slot for slot in self.slots if slot.playlist is not None], play, of="prompt"):
            self.faults.setdefault(slot, "prompt")
        return ended

    def _reorder(self, slots: list[Slot]) -> None:
        rows = np.array([slot.row for slot in slots], dtype=np.intp)
        self.heard = np.concatenate([self.heard.take(rows, axis=0), self.heard[-1:]])
        self._good = self.heard[:-1].copy()
        self.slots = slots
        for row, slot in enumerate(slots):
            slot.row = row
        self._stale = True

    def _wire(self) -> None:
        nobody = len(self.slots)
        self._listening = np.array(
            [slot.listens_to[0].row if len(slot.listens_to) == 1 else nobody for slot in self.slots], dtype=np.intp
        )
        several = [slot for slot in self.slots if len(slot.listens_to) > 1]
        self._sums = [(slot.row, [one.row for one in slot.listens_to]) for slot in several]
        self._laws = np.array([slot.law for slot in self.slots], dtype=np.intp)
        self._stale = False
