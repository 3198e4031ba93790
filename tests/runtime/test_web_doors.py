"""Slow and silent visitors: raw sockets that send half requests keep nobody out."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from runtime.web import ApiInfo, Route, build_app, serve_app
from runtime.web.doors import DoorLimits
from tests.runtime.test_web import ROUTES, SOCKETS, TokenIsRole, as_role

HALF = b"GET /api/sheet HTTP/1.1\r\nHost: 127.0.0.1\r\nX-"
WHOLE = b"GET /api/sheet HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@asynccontextmanager
async def server(limits: DoorLimits, routes: tuple[Route, ...] = ROUTES) -> AsyncIterator[int]:
    app = build_app(routes, sessions=TokenIsRole(), info=ApiInfo(title="t", version="1"), sockets=SOCKETS)
    async with serve_app(app, host="127.0.0.1", port=0, limits=limits) as port:
        yield port


async def connect(port: int, first: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    return reader, writer


async def closed_after_s(reader: asyncio.StreamReader) -> float:
    began = time.monotonic()
    try:
        async with asyncio.timeout(20):
            while await reader.read(65536):
                pass
    except ConnectionError:
        pass
    return time.monotonic() - began


async def test_three_hundred_half_requests_do_not_make_the_desk_unreachable() -> None:
    async with server(DoorLimits(most=64)) as port:
        held = [await connect(port, HALF) for _ in range(300)]

        async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{port}/api/sheet") as response:
            assert response.status == 200
        for _, writer in held:
            writer.close()


@pytest.mark.parametrize("sent", [[], [HALF], [WHOLE, HALF]], ids=["nothing", "half a head", "half a second head"])
async def test_a_connection_without_a_whole_request_is_closed_in_time(sent: list[bytes]) -> None:
    async with server(DoorLimits(request_s=1.0, idle_s=30.0)) as port:
        reader, writer = await connect(port)
        for part in sent:
            writer.write(part)
            if part is WHOLE:
                await reader.readuntil(b"a,b")
                await asyncio.sleep(0.2)

        assert await closed_after_s(reader) < 10


async def test_a_head_sent_drop_by_drop_is_cut_as_well() -> None:
    async with server(DoorLimits(request_s=1.0)) as port:
        reader, writer = await connect(port, HALF)

        async def drip() -> None:
            for _ in range(40):
                writer.write(b"a")
                await asyncio.sleep(0.25)

        dripping = asyncio.create_task(drip())
        assert await closed_after_s(reader) < 6
        dripping.cancel()


async def test_a_connection_is_kept_for_the_next_request_and_not_for_ever() -> None:
    async with server(DoorLimits(request_s=5.0, idle_s=2.0)) as port:
        reader, writer = await connect(port, WHOLE)
        assert b"200 OK" in await reader.readuntil(b"a,b")
        await asyncio.sleep(0.5)
        writer.write(WHOLE)
        assert b"200 OK" in await reader.readuntil(b"a,b")

        assert await closed_after_s(reader) < 10


async def test_an_open_socket_outlives_every_limit_and_is_never_cut_for_a_newcomer() -> None:
    async with server(DoorLimits(most=8, request_s=0.5, idle_s=0.5)) as port, aiohttp.ClientSession() as client:
        url = f"http://127.0.0.1:{port}/api/live"
        async with client.ws_connect(url, headers=as_role("agent")) as socket:
            await socket.receive_str()
            for _ in range(20):
                await connect(port, HALF)
            await asyncio.sleep(1.5)
            await socket.send_str("still")

            assert await socket.receive_str() == "still!"


async def test_one_account_opens_a_bounded_number_of_sockets() -> None:
    async with server(DoorLimits()) as port, aiohttp.ClientSession() as client:
        url = f"http://127.0.0.1:{port}/api/live"
        held = [await client.ws_connect(url, headers=as_role("agent")) for _ in range(16)]

        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await client.ws_connect(url, headers=as_role("agent"))

        assert refusal.value.status == 429
        for socket in held:
            await socket.close()
