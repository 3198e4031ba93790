"""Slow and silent visitors: raw sockets that send half requests keep nobody out."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from runtime.boundary import Done, outcome
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


async def come_within(reader: asyncio.StreamReader, seconds: float) -> tuple[bytes, bool]:
    """Return what comes until the other side closes, and whether it does in time."""
    came = b""
    try:
        async with asyncio.timeout(seconds):
            while part := await reader.read(65536):
                came += part
    except ConnectionError:
        pass
    except TimeoutError:
        return came, False
    return came, True


async def first_line(reader: asyncio.StreamReader) -> bytes:
    """Read one whole answer; return its first line."""
    async with asyncio.timeout(20):
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split()[0]))
    return head.partition(b"\r\n")[0]


async def test_three_hundred_half_requests_do_not_make_the_desk_unreachable() -> None:
    async with server(DoorLimits(most=64)) as port:
        held = [await connect(port, HALF) for _ in range(300)]

        async with aiohttp.ClientSession() as client:
            answer = await outcome(client.get(f"http://127.0.0.1:{port}/api/sheet"), of="test")
            assert isinstance(answer, Done)
            assert answer.value.status == 200
        for _, writer in held:
            writer.close()


POST = (
    b"POST /api/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer agent\r\nContent-Type: application/json\r\n"
)
BODY = b'{"title": "a", "phone": ""}'
WHOLE_POST = POST + b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)


@pytest.mark.parametrize("whole", [WHOLE, WHOLE_POST, CHUNKED], ids=["no body", "body", "body in chunks"])
@pytest.mark.parametrize("half", [b"G", HALF, WHOLE[:-2]], ids=["a letter", "half a head", "all but its last octets"])
async def test_half_a_request_sent_in_one_with_a_whole_one_is_closed_in_time(whole: bytes, half: bytes) -> None:
    async with server(DoorLimits(request_s=0.5, idle_s=30.0)) as port:
        reader, _ = await connect(port, whole + half)
        answer, closed = await come_within(reader, 6)

        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert closed


@pytest.mark.parametrize("whole", [WHOLE, WHOLE_POST, CHUNKED], ids=["no body", "body", "body in chunks"])
async def test_after_whole_requests_a_connection_is_kept_longer_than_half_a_request_may_take(whole: bytes) -> None:
    async with server(DoorLimits(request_s=0.5, idle_s=20.0)) as port:
        reader, writer = await connect(port)
        for parts in ([whole], [whole[:30], whole[30:]], [whole[:-1], whole[-1:]], [whole]):
            for part in parts:
                writer.write(part)
                await asyncio.sleep(0.1)
            assert await first_line(reader) == b"HTTP/1.1 200 OK"
            await asyncio.sleep(1.0)

        writer.write(whole)
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"


async def test_requests_sent_one_behind_the_other_are_all_answered() -> None:
    async with server(DoorLimits()) as port:
        reader, _ = await connect(port, WHOLE + WHOLE_POST + CHUNKED + WHOLE_POST + WHOLE)

        assert [await first_line(reader) for _ in range(5)] == [b"HTTP/1.1 200 OK"] * 5


@pytest.mark.parametrize("drips", [True, False], ids=["drop by drop", "not at all"])
async def test_a_body_that_does_not_come_in_time_is_answered_408_and_its_connection_closed(*, drips: bool) -> None:
    async with server(DoorLimits(body_s=1.0, request_s=30.0, idle_s=30.0)) as port:
        reader, writer = await connect(port, POST + b"Content-Length: 4000\r\n\r\n")
        began = time.monotonic()

        async def drip() -> None:
            while True:
                writer.write(b"[")
                await asyncio.sleep(0.1)

        dripping = asyncio.create_task(drip() if drips else asyncio.sleep(0))
        answer, closed = await come_within(reader, 10)
        closed_s = time.monotonic() - began
        dripping.cancel()

        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"connection: close" in answer.lower()
        assert b'"reason":"too-slow"' in answer
        assert (closed, 0.9 < closed_s < 9) == (True, True)


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
