"""Attacks on the desk's port: requests that were answered 500, half requests, a socket after log-out."""

import asyncio
from collections.abc import Mapping

import aiohttp

from tests.fault_runs.bounds import Check
from tests.fault_runs.whole_house import WholeHouse

HALF, ANSWERS_S, CLOSES_S = 300, 3.0, 3.0
OWN_PAGE = {"X-Requested-With": "hotline"}
JSON = {**OWN_PAGE, "Content-Type": "application/json"}
DEEP = b"[" * 100_000 + b"]" * 100_000


def _requests(contact: str) -> list[tuple[str, str, bytes, Mapping[str, str]]]:
    one = f"/api/contacts/{contact}"
    draft = b'{"revision": %s, "values": {"title": {"value": "%s", "hand": "typed"}}}'
    return [
        ("GET", "/api/contacts?limit=%00", b"", {}),
        ("GET", "/api/orders?unit=a%00b", b"", {}),
        ("GET", "/api/orders?stage=%ff%fe", b"", {}),
        ("GET", "/api/orders/a%00b", b"", {}),
        ("GET", "/api/contacts/%ed%a0%80", b"", {}),
        ("GET", "/" + "a" * 6000, b"", {}),
        ("GET", "/a%00b", b"", {}),
        ("PATCH", f"{one}/draft", draft % (b"2147483648", b"x"), JSON),
        ("PATCH", f"{one}/draft", draft % (b"99999999999999999999999", b"x"), JSON),
        ("PATCH", f"{one}/draft", draft % (b"0", b"\\u0000"), JSON),
        ("PATCH", f"{one}/draft", draft % (b"0", b"\\ud800"), JSON),
        ("POST", "/api/session", DEEP, JSON),
        ("POST", "/api/session", b'{"login": "\\u0000", "password": "x"}', JSON),
        ("POST", "/api/session", b"\xff\xfe", JSON),
        ("POST", f"{one}/reveal", DEEP, JSON),
        ("POST", f"{one}/suggestions/%00", b'{"use": "shown", "version": 2147483648}', JSON),
    ]


async def bad_requests(house: WholeHouse) -> list[Check]:
    """Every request that was answered 500."""
    agent = house.demo.people.agent
    url, wrong = house.demo.addresses.web, []
    async with aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        body = {"login": agent.login, "password": agent.password}
        async with session.post("/api/session", json=body, headers=OWN_PAGE) as answer:
            assert answer.status == 200, await answer.text()
        for method, path, data, headers in _requests("01900000-0000-7000-8000-000000000000"):
            request = session.request(method, _raw(url, path), data=data or None, headers=headers)
            async with request as answer:
                if answer.status >= 500:
                    wrong.append(f"{method} {path[:40]}: {answer.status}")
    return [Check(name="answered_5xx", measured=wrong, bound="none", ok=not wrong)]


def _raw(url: str, path: str) -> object:
    from yarl import URL  # noqa: PLC0415 - a part of aiohttp

    return URL(url + path, encoded=True)


async def half_requests(house: WholeHouse) -> list[Check]:
    """300 requests that never end: is the desk still there for others?"""
    host, _, port = house.demo.addresses.web.removeprefix("http://").partition(":")
    writers = []
    for _ in range(HALF):
        try:
            _, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            break
        writer.write(b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n")
        writers.append(writer)
    try:
        status: object = await _health(house)
    except (TimeoutError, aiohttp.ClientError) as error:
        status = type(error).__name__
    for writer in writers:
        writer.close()
    return [Check(name="health_beside", measured=status, bound="200", ok=status == 200)]


async def _health(house: WholeHouse) -> int:
    async with (
        asyncio.timeout(ANSWERS_S),
        aiohttp.ClientSession(house.demo.addresses.web) as session,
        session.get("/api/health") as answer,
    ):
        return answer.status


async def after_log_out(house: WholeHouse) -> list[Check]:
    """The live socket of a person who logged out."""
    visitor = house.demo.people.visitor
    async with aiohttp.ClientSession(house.demo.addresses.web, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        body = {"login": visitor.login, "password": visitor.password}
        async with session.post("/api/session", json=body, headers=OWN_PAGE) as answer:
            assert answer.status == 200, await answer.text()
        async with session.ws_connect("/api/desk/live") as socket:
            await socket.receive(timeout=5)
            async with session.delete("/api/session", headers=OWN_PAGE) as answer:
                assert answer.status < 300, await answer.text()
            closed = await _closes(socket)
    return [Check(name="socket_closed", measured=closed, bound=f"within {CLOSES_S:g} s", ok=closed)]


async def _closes(socket: aiohttp.ClientWebSocketResponse) -> bool:
    try:
        async with asyncio.timeout(CLOSES_S):
            while not socket.closed:
                await socket.receive()
    except TimeoutError:
        return False
    return True
