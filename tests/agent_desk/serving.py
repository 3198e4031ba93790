"""Routes of a room really served, and a client that asks them in a role."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID

import aiohttp

from runtime.web import ApiInfo, Route, Sessions, WebSocketRoute, build_app, serve_app
from vocabulary.ids import AccountId, SeatNo, UnitCode
from vocabulary.people import Principal, Role

ROLE_PRINCIPALS = {
    role.value: Principal(
        account=AccountId(UUID(int=100 + number)), login=role.value, name=f"名{number}", role=role,
        seat=SeatNo("007") if role is Role.AGENT else None, unit=UnitCode("U001") if role is Role.UNIT else None,
    )
    for number, role in enumerate(Role)
}  # fmt: skip


class TokenIsRole:
    """Sessions in which the token is the role; ``others`` are more people by token."""

    def __init__(self, others: Mapping[str, Principal] | None = None) -> None:
        self._people = {**ROLE_PRINCIPALS, **(others or {})}

    async def ended(self, token: str, principal: Principal, /) -> None:
        await asyncio.Event().wait()

    async def principal(self, token: str, /) -> Principal | None:
        return self._people.get(token)


class Answer(NamedTuple):
    status: int
    body: Any
    text: str


class Asker:
    """Asks a served app."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def __call__(self, method: str, path: str, *, role: str | None = None, body: object = None) -> Answer:
        headers = {"X-Requested-With": "hotline"} | ({"Authorization": f"Bearer {role}"} if role else {})
        async with self.session.request(method, path, json=body, headers=headers) as response:
            raw = await response.read()
            if response.content_type.endswith("json"):
                return Answer(response.status, await response.json(content_type=None), raw.decode())
            return Answer(response.status, raw, raw.decode(errors="replace"))


@asynccontextmanager
async def served(
    routes: Sequence[Route], *, sockets: Sequence[WebSocketRoute] = (), sessions: Sessions | None = None
) -> AsyncIterator[Asker]:
    app = build_app(routes, sessions=sessions or TokenIsRole(), info=ApiInfo(title="t", version="1"), sockets=sockets)
    async with (
        serve_app(app, host="127.0.0.1", port=0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}", cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
    ):
        yield Asker(session)
