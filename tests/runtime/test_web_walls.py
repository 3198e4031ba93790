"""What a request may carry: each kind of text and number that cannot be stored is a 400 by name, never a 500."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, quote_from_bytes

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from runtime.codec import Meta
from runtime.web import PUBLIC, ApiInfo, PathPart, Request, StaticFolder, build_app, get, post, serve_app
from runtime.web.walls import body_faults, part_faults, target_fault, too_deep
from tests.runtime.test_web import TokenIsRole
from vocabulary.ids import SeatNo
from vocabulary.personal import PersonName
from vocabulary.text import text_fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    title: str
    seat: SeatNo | None = None
    name: PersonName | None = None
    revision: int = 0
    weight: float = 0.0
    notes: dict[str, list[str]] | None = None


async def keep(request: Request[Paper]) -> Paper:
    return request.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    q: Annotated[str, Meta(description="Anything")] = ""


async def tell(_: Request[None], *, name: Annotated[str, PathPart(missing="")], query: Told) -> list[str]:
    return [name, query.q]


ROUTES = (
    post("/api/paper", keep, PUBLIC, "Keep"),
    get("/api/tell/{name}", tell, PUBLIC, "Tell"),
)
HEADERS = {"X-Requested-With": "hotline", "Content-Type": "application/json"}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    (tmp_path / "index.html").write_text("<p>page</p>")
    app = build_app(
        ROUTES,
        sessions=TokenIsRole(),
        info=ApiInfo(title="t", version="1"),
        statics=[StaticFolder(prefix="/", directory=tmp_path, fallback="index.html")],
    )
    async with (
        serve_app(app, host="127.0.0.1", port=0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        yield session


async def sent(
    client: aiohttp.ClientSession, path: str, *, data: bytes | None = None, **headers: str
) -> tuple[int, str]:
    assert client._base_url is not None
    url = URL(f"{client._base_url}".rstrip("/") + path, encoded=True)
    method = "GET" if data is None else "POST"
    async with client.request(method, url, data=data, headers={**HEADERS, **headers}) as response:
        return response.status, await response.text()


@pytest.mark.parametrize(
    ("member", "field"),
    [
        ('"title": "a\\u0000"', "title"),
        ('"title": "a\\ud800"', ""),
        ('"title": "a\\u202e"', "title"),
        ('"title": "' + "字" * 20_001 + '"', "title"),
        ('"title": "", "seat": "00\\n7"', "seat"),
        ('"title": "", "name": "王\\u0007"', "name"),
        ('"title": "", "revision": 2147483648', "revision"),
        ('"title": "", "revision": -2147483649', "revision"),
        ('"title": "", "notes": {"a": ["b", "\\u0001"]}', "notes.a.1"),
        ('"title": "", "notes": {"a\\u0000": []}', "notes"),
        ('"title": "", "revision": 9e99', ""),
        ('"title": "", "weight": 1e999', ""),
    ],
)
async def test_a_body_that_cannot_be_stored_is_a_400_that_names_the_field(
    client: aiohttp.ClientSession, member: str, field: str
) -> None:
    status, text = await sent(client, "/api/paper", data=("{" + member + "}").encode())

    assert status == 400, text
    assert not field or field in json.loads(text)["fields"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/tell/a%00b", 400),
        ("/api/tell/a%0ab", 400),
        ("/api/tell/%ff", 400),
        ("/api/tell/%ed%a0%80", 400),
        ("/api/tell/" + "a" * 257, 400),
        ("/api/tell/x?q=%00", 400),
        ("/api/tell/x?q=%fe", 400),
        ("/api/tell/x?%00=1", 400),
        ("/api/tell/x?q=" + "a" * 257, 400),
        ("/api/tell/x?" + "&".join(f"q{n}=1" for n in range(33)), 400),
        ("/api/tell/x?q=" + "a" * 5000, 414),
        ("/a%00b", 400),
        ("/" + "a" * 253 + ".js", 404),
        ("/" + "a/" * 1000, 400),
        ("/" + "a" * 6000, 414),
        ("/api/tell/x?q=" + quote("长青路"), 200),
    ],
)
async def test_an_address_that_cannot_be_read_is_refused(client: aiohttp.ClientSession, path: str, status: int) -> None:
    got, text = await sent(client, path)

    assert got == status, text


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"a":' * 100_000, b'{"title": ' + b"[" * 40 + b"]" * 40 + b"}"])
async def test_a_deep_body_is_refused_before_it_is_read(client: aiohttp.ClientSession, raw: bytes) -> None:
    status, text = await sent(client, "/api/paper", data=raw)

    assert (status, "deeper" in text) == (400, True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Cookie": "hotline_session=\udcff"}, 200),
        ({"Authorization": "Bearer \u00ff"}, 200),
        ({"Origin": "http://[::1"}, 403),
        ({"Content-Encoding": "deflate"}, 400),
        ({"Content-Type": "\u00ff"}, 415),
    ],
)
async def test_odd_headers_are_no_fault_of_ours(
    client: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    got, text = await sent(client, "/api/paper", data=b'{"title": "a"}', **headers)

    assert got == status, text


def nested(depth: int) -> bytes:
    return b'{"a": ["]]]", ' * (depth // 2) + b"0" + b"]}" * (depth // 2)


def test_nesting_is_counted_outside_strings() -> None:
    assert not too_deep(nested(32))
    assert too_deep(nested(34))
    assert not too_deep(b'{"a": "' + b"[" * 1000 + b'"}')
    assert not too_deep(b'{"a": "\\"' + b"[" * 1000 + b'"}')
    assert not too_deep(b"[" + b"[]," * 1000 + b"[]]")


@pytest.mark.parametrize("part", [b"[", b'"', b'\\"', b"[]", b'["', b"{}", b"\\"])
def test_counting_takes_time_in_proportion_to_the_length(part: bytes) -> None:
    def spent(length: int) -> float:
        raw = b"[" * 33 + part * (length // len(part))
        began = time.process_time()
        for _ in range(20):
            too_deep(raw)
        return time.process_time() - began

    spent(1000)
    assert spent(80_000) < 40 * max(spent(10_000), 1e-4)


@given(st.text())
def test_what_passes_the_wall_can_be_encoded_and_has_no_control(text: str) -> None:
    faults = body_faults(Paper(title=text))

    assert (faults == {}) == (text_fault(text) is None)
    if not faults:
        assert "\0" not in text
        assert text.encode().decode() == text


@given(st.binary(max_size=40))
def test_an_address_passes_exactly_when_it_is_utf_8(raw: bytes) -> None:
    def readable() -> bool:
        try:
            raw.decode()
        except UnicodeDecodeError:
            return False
        return True

    assert (target_fault("/" + quote_from_bytes(raw)) is None) == readable()


def test_each_wrong_part_is_named() -> None:
    assert set(part_faults({"a": "\n", "b": "fine"}, {"c": "x" * 257, "d": "y"})) == {"a", "c"}
