"""A call that runs: its machine's state, its signalling, and the order in which media is asked for it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from runtime.boundary import outcome
from runtime.failures import Failure
from runtime.telemetry import get_logger
from telephony.calls.absence import Absence
from telephony.calls.inputs import Input
from telephony.calls.record import Call
from telephony.ivr.keys import KeyPresses
from telephony.media_link import MediaLink
from vocabulary.ids import CallId

log = get_logger(__name__)
_JOBS = 256
DEADLINE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaJob:
    """One command to media. ``then`` makes the call's next input of the reply, ``instead`` of a failure."""

    command: object
    reply: type[Any]
    then: Callable[[Any], Input | None] = field(default=lambda _: None)
    instead: Input | None = None
    timeout: timedelta = DEADLINE


@dataclass(slots=True, kw_only=True)
class Live:
    """A call between our 200 and its last fact. ``tag`` names its SIP dialog."""

    call: Call
    tag: str
    wanted_seat: str
    keys: KeyPresses = field(default_factory=KeyPresses)
    absence: Absence = field(default_factory=Absence)
    jobs: asyncio.Queue[MediaJob | None] = field(default_factory=lambda: asyncio.Queue(_JOBS))

    def ask(self, job: MediaJob, /) -> None:
        """Queue a command; one that finds the queue full is dropped and logged, the call's deadlines go on."""
        if self.jobs.full():
            log.error("too many commands wait for media, one was dropped", call=self.call.call)
            return
        self.jobs.put_nowait(job)

    def finish(self) -> None:
        """No command follows; those that wait are dropped when there is no room to say so."""
        if self.jobs.full():
            self.jobs.get_nowait()
        self.jobs.put_nowait(None)

    async def work(self, link: MediaLink, post: Callable[[CallId, Input], None]) -> None:
        """Send the commands one after the other until None comes."""
        while (job := await self.jobs.get()) is not None:
            reply = await outcome(link.request(job.command, reply=job.reply, timeout=job.timeout), of="media command")
            if isinstance(reply, Failure):
                name = type(job.command).__name__
                log.warning("media did not do it", command=name, call=self.call.call, reason=reply.text)
                following = job.instead
            else:
                following = job.then(reply.value)
            if following is not None:
                post(self.call.call, following)
