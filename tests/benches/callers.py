"""``python -m tests.benches.callers``: many telephones in one process, a child of the bench.

Plan in (JSON on standard input), lines out: ``{"edge": "before-begin"}`` … and last ``{"result": {...}}``. Packets
are dated by the kernel when they arrive (SO_TIMESTAMPNS), so an interval is the sender's, not this reader's.
"""

import json
import socket
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime.wav import read_wav
from tests.benches.dialog import Dialog
from tests.benches.statistics import of_call, summary
from vocabulary.g711 import LINEAR_TO_ULAW, encode

SO_TIMESTAMPNS = 35
SLOTS, SLOT_S = 10, 0.002
DRAIN_EVERY = 8
"""A telephone is read every eighth packet time; its buffer holds many more."""
SOUND = Path(__file__).resolve().parents[2] / "city" / "voices" / "prompts" / "greeting.wav"
GIVE_UP_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``calls`` telephones dial ``port`` at ``per_second``; two stretches of ``stretch_s`` with a re-INVITE between."""

    port: int
    own_port: int
    calls: int
    per_second: float
    settle_s: float
    stretch_s: float


def stamped_socket(port: int = 0) -> socket.socket:
    """Return a bound UDP socket whose datagrams carry the kernel's time of arrival."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    made.bind(("127.0.0.1", port))
    made.setblocking(False)
    return made


def received(udp: socket.socket) -> list[tuple[float, bytes]]:
    """Return all waiting datagrams with their times of arrival, in seconds of the wall clock."""
    found = []
    while True:
        try:
            data, ancillary, _, _ = udp.recvmsg(4096, 64)
        except (BlockingIOError, ConnectionRefusedError):
            return found
        at = time.time()
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                seconds, nanoseconds = struct.unpack("qq", value[:16])
                at = seconds + nanoseconds / 1e9
        found.append((at, data))


class Telephone:
    """One call: its dialog, its RTP socket, the instants of what it got."""

    def __init__(self, number: int, *, sip: socket.socket, target: tuple[str, int]) -> None:
        self.rtp = stamped_socket()
        self.dialog = Dialog(number, sip=sip, target=target, media_port=self.rtp.getsockname()[1])
        self.arrivals: list[float] = []
        self.sequence = number

    def send(self, payload: bytes) -> None:
        """Send the next 20 ms once the answer said where to."""
        if self.dialog.media is None or self.dialog.over:
            return
        self.sequence += 1
        head = struct.pack("!BBHII", 0x80, 0, self.sequence & 0xFFFF, self.sequence * 160 & 0xFFFFFFFF, 7)
        try:
            self.rtp.sendto(head + payload, self.dialog.media)
        except OSError:
            return

    def drain(self) -> None:
        """Note the arrivals of RTP."""
        self.arrivals += [at for at, data in received(self.rtp) if len(data) > 12]


class Fleet:
    """All telephones on one clock of 2 ms slots."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.sip = stamped_socket(plan.own_port)
        self.target = ("127.0.0.1", plan.port)
        self.phones: list[Telephone] = []
        self.by_call: dict[str, Dialog] = {}
        octets = encode(read_wav(SOUND), LINEAR_TO_ULAW)
        self._frames = [octets[at : at + 160] for at in range(0, len(octets) - 160, 160)]
        self._slot, self._due = 0, time.monotonic()

    def dial(self) -> None:
        """Begin one more call."""
        phone = Telephone(len(self.phones), sip=self.sip, target=self.target)
        self.phones.append(phone)
        self.by_call[phone.dialog.call_id] = phone.dialog
        phone.dialog.invite()

    def run(self, seconds: float) -> None:
        """Let time pass: send, hear, answer."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._due += SLOT_S
            time.sleep(max(0.0, self._due - time.monotonic()))
            self._slot += 1
            turn, part = divmod(self._slot, SLOTS)
            frame = self._frames[turn % len(self._frames)]
            for phone in self.phones[part::SLOTS]:
                phone.send(frame)
                if (turn + part) % DRAIN_EVERY == 0:
                    phone.drain()
            for at, data in received(self.sip):
                self._signal(at, data.decode("utf-8", "replace"))

    def _signal(self, at: float, text: str) -> None:
        for line in text.split("\r\n"):
            if line.lower().startswith("call-id:"):
                dialog = self.by_call.get(line.partition(":")[2].strip())
                if dialog is not None:
                    dialog.take(at, text)
                return

    def stretch(self, name: str) -> tuple[float, float]:
        """Let a measured stretch pass; return its begin and end."""
        say({"edge": f"{name}-begin"})
        begin = time.time()
        self.run(self.plan.stretch_s)
        say({"edge": f"{name}-end"})
        return begin, time.time()


def say(value: dict[str, Any]) -> None:
    """Tell the bench."""
    sys.stdout.write(f"{json.dumps(value)}\n")
    sys.stdout.flush()


def main() -> None:
    """Run the plan."""
    plan = Plan(**json.loads(sys.stdin.readline()))
    fleet, pause = Fleet(plan), 1.0 / plan.per_second
    for _ in range(plan.calls):
        fleet.dial()
        fleet.run(pause)
    waited = 0.0
    while waited < GIVE_UP_S and not all(phone.dialog.media for phone in fleet.phones):
        fleet.run(0.1)
        waited += 0.1
    fleet.run(plan.settle_s)
    before = fleet.stretch("before")
    for phone in fleet.phones:
        phone.dialog.invite()
        fleet.run(pause)
    fleet.run(1.0)
    after = fleet.stretch("after")
    for phone in fleet.phones:
        phone.dialog.bye()
        fleet.run(0.005)
    fleet.run(1.0)
    for phone in fleet.phones:
        phone.drain()
    calls = [of_call(p.arrivals, dialog=p.dialog, before=before, after=after) for p in fleet.phones]
    usage = time.process_time()
    say({"result": summary(calls) | {"callers_cpu_s": round(usage, 2)}})


if __name__ == "__main__":
    main()
