"""The desk as a browser page uses it: HTTP for wishes, one WebSocket for what happens; all of it read by its types."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args, get_type_hints

import aiohttp

from agent_desk import messages
from runtime.codec import MalformedMessage, decode, encode
from vocabulary.ids import ContactId

T = TypeVar("T")
LiveSaid = messages.LiveMessage | messages.LiveControl
_KINDS: dict[str, type[LiveSaid]] = {
    get_args(get_type_hints(one)["kind"])[0]: one
    for one in (*get_args(messages.LiveMessage), *get_args(messages.LiveControl))
}
_JSON = {"Content-Type": "application/json"}
_DEADLINE = aiohttp.ClientTimeout(total=15)
_HEARTBEAT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What each live message says before what it is about; control messages have no contact."""

    kind: str
    contact: ContactId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    """The part of a problem document that is looked at."""

    fields: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveHeard:
    """A live message, and the contact that it is about."""

    contact: ContactId | None
    said: LiveSaid = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status and JSON of an HTTP answer."""

    status: int
    raw: bytes = field(repr=False)

    def read(self, kind: type[T], /) -> T:
        """Return the answer as a value of its type; MalformedMessage when the desk answers something else."""
        return decode(self.raw, kind)

    def wrong_fields(self) -> frozenset[str]:
        """Return the fields that a refusal names; none when it is no problem document."""
        try:
            return frozenset(self.read(_Refusal).fields or ())
        except MalformedMessage:
            return frozenset()

    @property
    def body(self) -> Any:
        """The JSON as it is; an empty dict where there is none."""
        return decode(self.raw, dict) if self.raw.startswith(b"{") else decode(self.raw, list) if self.raw else {}

    @property
    def ok(self) -> bool:
        """Whether it was carried out."""
        return self.status < 400


class DeskClient:
    """One logged-in page."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url

    async def get(self, path: str, /) -> Answer:
        """Ask."""
        async with self._session.get(self._url + path) as reply:
            return await _answer(reply)

    async def text(self, path: str, /) -> str:
        """Read a page."""
        async with self._session.get(self._url + path) as reply:
            reply.raise_for_status()
            return await reply.text()

    async def post(self, path: str, body: dict[str, object] | None = None, /) -> Answer:
        """Wish."""
        async with self._session.post(self._url + path, data=encode(body or {}), headers=_JSON) as reply:
            return await _answer(reply)

    async def live(self) -> AsyncIterator[LiveHeard]:
        """Yield the live messages from a snapshot on; ends when the desk closes. MalformedMessage: it says another."""
        async with self._session.ws_connect(f"{self._url}/api/desk/live", heartbeat=_HEARTBEAT_S) as socket:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    yield live_heard(message.data)


@asynccontextmanager
async def log_in(url: str, /, *, login: str, password: str) -> AsyncIterator[DeskClient]:
    """Log in for the length of the block; PermissionError when the desk refuses."""
    headers = {"X-Requested-With": "hotline"}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(timeout=_DEADLINE, headers=headers, cookie_jar=jar) as session:
        client = DeskClient(session, url.rstrip("/"))
        answer = await client.post("/api/session", {"login": login, "password": password})
        if not answer.ok:
            raise PermissionError(f"the desk refused the log-in with status {answer.status}")
        yield client


def live_heard(text: str, /) -> LiveHeard:
    """Return a message of the live socket; MalformedMessage when it is none of the desk's."""
    head = decode(text, _Head)
    if head.kind not in _KINDS:
        raise MalformedMessage(f"the desk says {head.kind[:40]!r}, which is no live message")
    return LiveHeard(contact=head.contact, said=decode(text, _KINDS[head.kind]))


async def _answer(reply: aiohttp.ClientResponse) -> Answer:
    raw = await reply.read()
    return Answer(status=reply.status, raw=raw if raw.startswith((b"{", b"[")) else b"")
