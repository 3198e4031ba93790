"""One softphone in one process: orders as lines on standard input, reports as lines on standard output."""

import os
import queue
import sys
import threading
import time
from pathlib import Path

from runtime.codec import decode, encode
from runtime.wav import read_wav, write_wav
from telephony.testcalls.loudness import Loudness
from telephony.testcalls.phone_words import Dial, Order, Report, State
from telephony.testcalls.softphone import USER_AGENT, Softphone

_RETRANSMIT_S = 0.5


class Child:
    """The life of one call."""

    def __init__(self, dial: Dial) -> None:
        self._dial = dial
        self._began = time.monotonic()
        self._heard = bytearray()
        self._loudness = Loudness()
        self._events: queue.Queue[Order | int | None] = queue.Queue(maxsize=100)
        self._writing = threading.Lock()
        self._phone = Softphone((dial.host, dial.port), caller=dial.caller, headers=dial.headers)
        self._phone.on_frame, self._phone.on_said = self._hear, lambda name: self._report(State.SAID, said=name)
        self._phone.on_status, self._phone.on_bye = self._events.put, lambda: self._events.put(None)
        self._call_id = ""

    def run(self) -> int:
        """Dial, obey, report; return the exit status: 0 when the call was answered."""
        self._phone.sip.start()
        self._call_id = self._phone.dial(self._dial.number)
        if not self._wait_for_answer():
            return 1
        while True:
            event = self._events.get()
            if event is None:
                return self._end("them")
            if isinstance(event, Order) and event.hang_up:
                self._phone.give_up()
                return self._end("us")
            if isinstance(event, Order) and event.say and self._phone.sound is not None:
                self._phone.sound.play(event.say, read_wav(event.say))

    def obey(self) -> None:
        """Read orders until standard input ends, which means: hang up."""
        for line in sys.stdin:
            self._events.put(decode(line, Order))
        self._events.put(Order(hang_up=True))

    def _wait_for_answer(self) -> bool:
        until = self._began + self._dial.answer_within_s
        while (left := until - time.monotonic()) > 0:
            try:
                event = self._events.get(timeout=left)
            except queue.Empty:
                break
            if isinstance(event, Order):
                if event.hang_up:
                    self._phone.give_up()
                    self._report(State.ENDED, by="us")
                    return False
            elif event is None or event >= 300:
                self._report(State.REFUSED, status=event or 0)
                return False
            elif event >= 200:
                self._report(State.ANSWERED, status=event)
                return True
            elif event >= 180:
                self._report(State.RINGING, status=event)
        self._phone.give_up()
        self._report(State.REFUSED, status=408)
        return False

    def _end(self, by: str) -> int:
        if self._dial.record:
            write_wav(Path(self._dial.record), bytes(self._heard))
        self._report(State.ENDED, by=by)
        return 0

    def _hear(self, pcm: bytes) -> None:
        self._heard += pcm
        change = self._loudness.feed(pcm)
        if change is not None:
            self._report(State.SPEAKING if change else State.SILENT)

    def _report(self, state: State, *, status: int = 0, by: str = "", said: str = "") -> None:
        sound = self._phone.sound
        report = Report(
            state=state,
            at_ms=round((time.monotonic() - self._began) * 1000),
            status=status,
            by=by,
            said=said,
            samples=len(self._heard) // 2,
            sent=0 if sound is None else sound.outgoing.sent,
            sip_call_id=self._call_id,
            user_agent=USER_AGENT,
        )
        with self._writing:
            sys.stdout.write(encode(report).decode() + "\n")
            sys.stdout.flush()


def main() -> None:
    """Read the first line, make the call, leave no thread behind."""
    dial = decode(sys.stdin.readline(), Dial)
    alarm = threading.Timer(dial.deadline_s, os._exit, [3])
    alarm.daemon = True
    alarm.start()
    child = Child(dial)
    threading.Thread(target=child.obey, name="orders", daemon=True).start()
    status = child.run()
    time.sleep(0.1)
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
