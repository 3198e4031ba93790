import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.boundary import Done, outcome
from runtime.failures import Failure, error_of, failure_of
from runtime.wire import (
    MAX_FRAME,
    MalformedFrame,
    NoAnswer,
    Wire,
    by_type,
    connect_wire,
    frames,
    listen_wire,
    message_name,
)
from vocabulary.errors import FieldError, Permanent, Refused, Transient
from vocabulary.personal import PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayTone:
    leg: int
    caller: PhoneNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TonePlayed:
    leg: int
    caller: PhoneNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed:
    key: str


@pytest.fixture
async def place() -> AsyncIterator[Path]:
    with TemporaryDirectory(prefix="wire") as folder:
        yield Path(folder) / "s"


async def played(message: PlayTone) -> TonePlayed:
    if message.leg == 1:
        raise Refused("no-leg", "there is no such leg")
    if message.leg == 2:
        raise FieldError({"leg": "wrong"})
    if message.leg == 3:
        raise Transient("later")
    if message.leg == 4:
        raise ZeroDivisionError
    if message.leg == 5:
        await asyncio.sleep(60)
    return TonePlayed(leg=message.leg, caller=message.caller)


HANDLERS = by_type({PlayTone: played})


def test_the_wire_name_of_a_message_is_its_class_in_kebab_case() -> None:
    assert message_name(PlayTone) == "play-tone"


async def test_a_request_comes_back_as_the_handlers_reply_with_masked_values_whole(place: Path) -> None:
    async with listen_wire(place, handlers=HANDLERS), connect_wire(place) as wire:
        answer = await wire.request(PlayTone(leg=9, caller=PhoneNumber("13900000001")), reply=TonePlayed)

    assert answer == TonePlayed(leg=9, caller=PhoneNumber("13900000001"))


@pytest.mark.parametrize(("leg", "kind"), [(1, Refused), (2, FieldError), (3, Transient), (4, Permanent)])
async def test_what_a_handler_raises_is_raised_at_the_asker_in_its_class(
    place: Path, leg: int, kind: type[Exception]
) -> None:
    async with listen_wire(place, handlers=HANDLERS), connect_wire(place) as wire:
        with pytest.raises(kind):
            await wire.request(PlayTone(leg=leg), reply=TonePlayed)
        assert (await wire.request(PlayTone(leg=9), reply=TonePlayed)).leg == 9


async def test_a_request_without_answer_ends_at_its_deadline(place: Path) -> None:
    async with listen_wire(place, handlers=HANDLERS), connect_wire(place) as wire:
        with pytest.raises(NoAnswer):
            await wire.request(PlayTone(leg=5), reply=TonePlayed, timeout=timedelta(seconds=0.05))


async def test_an_unknown_message_is_refused_and_the_connection_goes_on(place: Path) -> None:
    async with listen_wire(place, handlers=HANDLERS), connect_wire(place) as wire:
        with pytest.raises(Refused, match="key-pressed") as refused:
            await wire.request(KeyPressed(key="0"), reply=TonePlayed)
        assert refused.value.reason == "unknown-message"
        assert not wire.closed


async def test_notifies_arrive_in_order_and_their_handler_may_itself_ask(place: Path) -> None:
    seen: list[str] = []
    done = asyncio.Event()

    async def on_connect(wire: Wire) -> None:
        async def pressed(message: KeyPressed) -> None:
            await wire.request(PlayTone(leg=9), reply=TonePlayed)
            seen.append(message.key)
            if len(seen) == 10:
                done.set()

        wire.handle(KeyPressed, pressed)

    async with listen_wire(place, handlers={}, on_connect=on_connect), connect_wire(place, handlers=HANDLERS) as wire:
        for number in range(10):
            await wire.notify(KeyPressed(key=str(number)))
        await asyncio.wait_for(done.wait(), 2)

    assert seen == [str(number) for number in range(10)]


async def test_audio_travels_beside_messages(place: Path) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def on_connect(wire: Wire) -> None:
        await wire.notify(KeyPressed(key="hello"))
        await wire.send_audio(b"\x01\x02")
        assert wire.offer_audio(b"\x03")

    async with listen_wire(place, handlers={}, on_connect=on_connect), connect_wire(place, on_audio=heard.put_nowait):
        assert await asyncio.wait_for(heard.get(), 2) == b"\x01\x02"
        assert await asyncio.wait_for(heard.get(), 2) == b"\x03"


async def test_a_reader_that_stands_still_fills_a_bounded_queue(place: Path) -> None:
    wires: list[Wire] = []

    async def on_connect(wire: Wire) -> None:
        wires.append(wire)

    async with listen_wire(place, handlers={}, on_connect=on_connect):
        _, writer = await asyncio.open_unix_connection(str(place), limit=1024)
        await asyncio.sleep(0.05)
        offered = 0
        while wires[0].offer_audio(bytes(60000)) and offered < 3000:
            offered += 1
        assert offered < 3000
        writer.close()


async def test_connections_that_say_nothing_make_room_for_one_that_does(place: Path) -> None:
    async with listen_wire(place, handlers=HANDLERS), AsyncExitStack() as open_ones:
        strays = [await asyncio.open_unix_connection(str(place)) for _ in range(64)]
        speaking = [await open_ones.enter_async_context(connect_wire(place)) for _ in range(3)]
        served = [await outcome(wire.request(PlayTone(leg=9), reply=TonePlayed), of="asked") for wire in speaking]
        assert served == [Done(TonePlayed(leg=9))] * 3
        assert [await asyncio.wait_for(reader.read(), 2) for reader, _ in strays[:3]] == [b""] * 3
        for _, writer in strays:
            writer.close()


async def test_nobody_who_speaks_is_closed_for_one_more(place: Path) -> None:
    async with listen_wire(place, handlers=HANDLERS), AsyncExitStack() as open_ones:
        speaking = [await open_ones.enter_async_context(connect_wire(place)) for _ in range(64)]
        for wire in speaking:
            await wire.request(PlayTone(leg=9), reply=TonePlayed)
        reader, writer = await asyncio.open_unix_connection(str(place))
        assert await asyncio.wait_for(reader.read(), 2) == b""
        writer.close()

        assert not any(wire.closed for wire in speaking)


def _deep(levels: int) -> bytes:
    return b'{"name":"play-tone","id":1,"body":' + b"[" * levels + b"]" * levels + b"}"


@pytest.mark.parametrize("levels", [2_000, 100_000, 500_000])
async def test_a_body_as_deep_as_a_frame_is_long_closes_its_connection_alone(place: Path, levels: int) -> None:
    async with listen_wire(place, handlers=HANDLERS) as server, connect_wire(place) as wire:
        reader, writer = await asyncio.open_unix_connection(str(place))
        writer.write(frames.frame(frames.JSON, _deep(levels)))

        assert await asyncio.wait_for(reader.read(), 5) == b""
        assert server.malformed == 1
        assert (await wire.request(PlayTone(leg=9), reply=TonePlayed)).leg == 9
        writer.close()


MALFORMED = [
    b"\0\0\0\0",
    (MAX_FRAME + 1).to_bytes(4, "big") + b"J",
    b"\xff\xff\xff\xff",
    b"\0\0\0\x02Xx",
    b"\0\0\0\x02J{",
    b"\0\0\0\x03J[]",
    b"\0\0\0\x02A\0",
]


@pytest.mark.parametrize("garbage", MALFORMED)
async def test_a_malformed_frame_closes_its_connection_is_counted_and_hurts_nobody_else(
    place: Path, garbage: bytes
) -> None:
    async with listen_wire(place, handlers=HANDLERS) as server, connect_wire(place) as wire:
        reader, writer = await asyncio.open_unix_connection(str(place))
        writer.write(garbage)

        assert await asyncio.wait_for(reader.read(), 2) == b""
        assert server.malformed == 1
        assert (await wire.request(PlayTone(leg=9), reply=TonePlayed)).leg == 9
        writer.close()


async def test_a_body_that_does_not_fit_is_refused_with_the_place_of_the_fault(place: Path) -> None:
    async with listen_wire(place, handlers=HANDLERS) as server:
        reader, writer = await asyncio.open_unix_connection(str(place))
        writer.write(frames.frame(frames.JSON, b'{"name":"play-tone","id":1,"body":{"leg":"x"}}'))
        length = frames.frame_length(await reader.readexactly(4))
        answer = frames.read_message((await reader.readexactly(length))[1:])
        writer.close()

    assert answer.error is not None
    assert answer.error.reason == "malformed"
    assert "$.leg" in answer.error.text
    assert server.malformed == 1


async def test_requests_end_at_once_when_the_other_side_goes_away(place: Path) -> None:
    async with listen_wire(place, handlers=HANDLERS) as server, connect_wire(place) as wire:
        asking = asyncio.create_task(wire.request(PlayTone(leg=5), reply=TonePlayed, timeout=timedelta(seconds=30)))
        await asyncio.sleep(0.05)
        for other in set(server.wires):
            other.close()
        with pytest.raises(NoAnswer):
            await asyncio.wait_for(asking, 2)
        await asyncio.wait_for(wire.wait_closed(), 1)


async def test_connecting_where_nobody_listens_says_so_and_a_stale_socket_is_replaced(place: Path) -> None:
    with pytest.raises(NoAnswer):
        async with connect_wire(place):
            pass
    stale = await asyncio.start_unix_server(lambda _r, _w: None, str(place))
    stale.close()
    async with listen_wire(place, handlers=HANDLERS), connect_wire(place) as wire:
        assert place.stat().st_mode & 0o777 == 0o600
        assert (await wire.request(PlayTone(leg=9), reply=TonePlayed)).leg == 9
    assert not place.exists()


async def test_a_failure_of_the_block_is_raised_as_it_is(place: Path) -> None:
    with pytest.raises(KeyError):
        async with listen_wire(place, handlers=HANDLERS), connect_wire(place):
            raise KeyError


async def test_a_socket_path_that_no_system_takes_is_named() -> None:
    with pytest.raises(Permanent, match="107"):
        async with listen_wire("/" + "x" * 120, handlers={}):
            pass


@given(st.binary(max_size=64))
def test_any_bytes_are_a_message_or_malformed(payload: bytes) -> None:
    try:
        frames.read_message(payload)
    except MalformedFrame:
        return


@given(st.sampled_from([Refused("a", "b"), FieldError({"x": "y"}), Transient("t"), Permanent("p")]))
def test_a_failure_keeps_its_class_and_sentence_on_the_way(error: Transient | Permanent) -> None:
    sent: Failure = failure_of(error)
    back = error_of(sent)

    assert type(back) is type(error)
    assert str(back) == str(error)


async def test_whoever_waits_for_room_is_told_when_the_connection_closes(place: Path) -> None:
    wires: list[Wire] = []

    async def on_connect(wire: Wire) -> None:
        wires.append(wire)

    async with listen_wire(place, handlers={}, on_connect=on_connect):
        _, writer = await asyncio.open_unix_connection(str(place), limit=1024)
        await asyncio.sleep(0.05)
        while wires[0].offer_audio(bytes(60000)):
            pass
        await asyncio.sleep(0.05)
        while wires[0].offer_audio(bytes(60000)):
            pass
        waiting = asyncio.create_task(wires[0].send_audio(b"1"))
        await asyncio.sleep(0.05)
        wires[0].close()
        with pytest.raises(NoAnswer):
            await asyncio.wait_for(waiting, 2)
        writer.close()
