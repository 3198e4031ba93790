"""The desk as a browser page uses it: HTTP for wishes, one WebSocket for what happens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

_DEADLINE = aiohttp.ClientTimeout(total=15)
_HEARTBEAT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status and JSON of an HTTP answer; ``body`` is an empty dict where there is none."""

    status: int
    body: Any = field(repr=False)

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
        async with self._session.post(self._url + path, json=body or {}) as reply:
            return await _answer(reply)

    async def live(self) -> AsyncIterator[dict[str, Any]]:
        """Yield the live messages from a snapshot on; ends when the desk closes."""
        async with self._session.ws_connect(f"{self._url}/api/desk/live", heartbeat=_HEARTBEAT_S) as socket:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    yield message.json()


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


async def _answer(reply: aiohttp.ClientResponse) -> Answer:
    text = await reply.text()
    body = await reply.json(content_type=None) if text.startswith(("{", "[")) else {}
    return Answer(status=reply.status, body=body)
