"""Routes served for real: gate, validation, replies, problems, sockets and files."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import aiohttp
import pytest
from yarl import URL

from runtime.codec import Meta
from runtime.metrics import exposition
from runtime.web import (
    PUBLIC,
    SIGNED_IN,
    ApiInfo,
    Download,
    NotFound,
    PathPart,
    Request,
    Socket,
    StaticFolder,
    WebSocketRoute,
    WithSession,
    build_app,
    delete,
    get,
    post,
    role_matrix,
    serve_app,
)
from runtime.web.serving import PortTaken
from vocabulary.errors import FieldError, Refused, Transient
from vocabulary.ids import AccountId
from vocabulary.people import Principal, Role
from vocabulary.personal import PhoneNumber

OWN = {"X-Requested-With": "hotline"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    title: str
    phone: PhoneNumber
    copies: int = 1


async def echo(request: Request[Order]) -> Order:
    return request.body


AnyName = Annotated[str, PathPart(missing="没有 {text}")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    n: Annotated[int, Meta(ge=0, le=9, description="How many")] = 7
    role: Annotated[Role, Meta(description="Of which role")] | None = None


async def whoami(request: Request[None], *, name: AnyName, query: Wanted) -> list[str]:
    return [request.principal.login, name, str(query.n)]


async def allowed(request: Request[None]) -> list[str]:
    return list(request.may)


async def nothing(_: Request[None]) -> None:
    return None


async def fail(_: Request[None], *, how: AnyName) -> None:
    match how:
        case "fields":
            raise FieldError({"title": "标题不能为空", "phone": "号码不对"})
        case "refused":
            raise Refused("offer-over", "来电已转给他人")
        case "missing":
            raise NotFound("没有这张工单")
        case "transient":
            raise Transient("数据库暂时不可用")
        case _:
            raise ZeroDivisionError("a secret of the house")


async def sign_in(_: Request[None]) -> WithSession[dict[str, bool]]:
    return WithSession(body={"ok": True}, token="agent")


async def sign_out(_: Request[None]) -> WithSession[None]:
    return WithSession(body=None, token=None)


async def sheet(_: Request[None]) -> Download:
    return Download(content_type="text/csv", body=b"a,b", filename='q"x.csv')


async def count_up(socket: Socket, principal: Principal | None) -> None:
    assert principal is not None
    await socket.send(f"{principal.login} {socket.query.get('after')}")
    while (text := await socket.receive()) is not None:
        await socket.send(text + "!")


ROUTES = (
    post("/api/echo", echo, SIGNED_IN, "Echo"),
    get("/api/who/{name}", whoami, SIGNED_IN, "Who"),
    get("/api/may", allowed, SIGNED_IN, "May"),
    get("/api/admin", nothing, frozenset({Role.ADMIN}), "Admin"),
    delete("/api/thing", nothing, frozenset({Role.AGENT}), "Remove"),
    get("/api/fail/{how}", fail, PUBLIC, "Fail"),
    post("/api/session", sign_in, PUBLIC, "In"),
    delete("/api/session", sign_out, PUBLIC, "Out"),
    get("/api/sheet", sheet, PUBLIC, "Sheet"),
)
SOCKETS = (WebSocketRoute(path="/api/live", handler=count_up, roles=frozenset({Role.AGENT})),)


class TokenIsRole:
    """Sessions in which the token is the role."""

    async def ended(self, token: str, principal: Principal, /) -> None:
        await asyncio.Event().wait()

    async def principal(self, token: str, /) -> Principal | None:
        if token not in set(Role):
            return None
        return Principal(account=AccountId(UUID(int=1)), login=token, name=token, role=Role(token))


@pytest.fixture
async def base(tmp_path: Path) -> AsyncIterator[str]:
    pages = tmp_path / "pages"
    (pages / "assets").mkdir(parents=True)
    (pages / "index.html").write_text("<p>page</p>")
    (pages / "assets" / "a.js").write_text("1")
    (pages / ".hidden").write_text("no")
    (tmp_path / "secret.txt").write_text("no")
    app = build_app(
        ROUTES,
        sessions=TokenIsRole(),
        info=ApiInfo(title="t", version="1"),
        sockets=SOCKETS,
        statics=[StaticFolder(prefix="/", directory=pages, fallback="index.html")],
    )
    async with serve_app(app, host="127.0.0.1", port=0) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
async def client(base: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


def as_role(role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {role}"}


async def ask(client: aiohttp.ClientSession, method: str, path: str, **options: Any) -> tuple[int, Any, Any]:
    async with client.request(method, path, **options) as response:
        kind = response.content_type
        body = await (response.json(content_type=None) if kind.endswith("json") else response.text())
        return response.status, body, response.headers


async def test_a_body_of_the_right_type_reaches_the_handler_and_its_reply_the_client(
    client: aiohttp.ClientSession,
) -> None:
    sent = {"title": "停水", "phone": "19900001111"}

    status, body, _ = await ask(client, "POST", "/api/echo", json=sent, headers=as_role("agent"))

    assert (status, body) == (200, {"title": "停水", "phone": "19900001111", "copies": 1})


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"{", 400, "truncated"),
        (b'{"title": 5, "phone": "1"}', 400, "$.title"),
        (b'{"title": "a"}', 400, "phone"),
        (b'{"title": "a\\u0000", "phone": "1"}', 400, "U+0000"),
        (b'{"title": "\xff", "phone": "1"}', 400, ""),
        (b'{"title": "' + b"a" * 2**20 + b'"}', 413, "1 MiB"),
    ],
)
async def test_a_wrong_body_is_answered_with_what_is_wrong(
    client: aiohttp.ClientSession, data: bytes, status: int, words: str
) -> None:
    headers = {**as_role("agent"), "Content-Type": "application/json"}

    got, body, sent = await ask(client, "POST", "/api/echo", data=data, headers=headers)

    assert (got, sent["Content-Type"]) == (status, "application/problem+json")
    assert words in body["detail"]


async def test_a_body_that_is_not_json_is_answered_415(client: aiohttp.ClientSession) -> None:
    status, body, _ = await ask(client, "POST", "/api/echo", data="title=a", headers=as_role("agent"))

    assert (status, body["reason"]) == (415, "not-json")


@pytest.mark.parametrize("case", role_matrix(ROUTES), ids=lambda case: case.name)
async def test_every_route_lets_in_exactly_the_roles_of_its_row(client: aiohttp.ClientSession, case: Any) -> None:
    path = case.route.path.replace("{name}", "x").replace("{how}", "refused")
    headers = {**OWN, **(as_role(case.role) if case.role else {})}

    status, _, _ = await ask(client, case.route.method, path, headers=headers)

    assert (status not in {401, 403}) == case.allowed
    if not case.allowed:
        assert status == (403 if case.role else 401)


@pytest.mark.parametrize(
    ("how", "status", "reason"),
    [
        ("fields", 422, "invalid-fields"),
        ("refused", 409, "offer-over"),
        ("missing", 404, "not-found"),
        ("transient", 503, "away"),
        ("fault", 500, "internal"),
    ],
)
async def test_failures_are_problem_documents(
    client: aiohttp.ClientSession, how: str, status: int, reason: str
) -> None:
    got, body, headers = await ask(client, "GET", f"/api/fail/{how}")

    assert (got, body["status"], body["reason"]) == (status, status, reason)
    assert headers["Content-Type"] == "application/problem+json"
    assert "secret" not in str(body)
    assert (headers.get("Retry-After") is not None) == (status == 503)
    assert body.get("fields") == ({"title": "标题不能为空", "phone": "号码不对"} if how == "fields" else None)


async def test_a_handler_knows_which_routes_let_the_asker_in(client: aiohttp.ClientSession) -> None:
    _, told, _ = await ask(client, "GET", "/api/may", headers=as_role("analyst"))

    assert told == [f"{one.method} {one.path}" for one in ROUTES if one.path not in {"/api/admin", "/api/thing"}]


async def test_a_change_without_our_pages_header_is_refused_whoever_asks(client: aiohttp.ClientSession) -> None:
    cookies = {"Cookie": "hotline_session=agent"}

    refused, body, _ = await ask(client, "DELETE", "/api/thing", headers=cookies)
    done, _, _ = await ask(client, "DELETE", "/api/thing", headers={**cookies, **OWN})
    public, _, _ = await ask(client, "POST", "/api/session")

    assert (refused, body["reason"], done, public) == (403, "cross-site", 204, 403)


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites_and_goes_at_sign_out(
    client: aiohttp.ClientSession,
) -> None:
    _, _, headers = await ask(client, "POST", "/api/session", headers=OWN)
    cookie = headers["Set-Cookie"]
    status, body, _ = await ask(client, "GET", "/api/who/x")
    gone, _, _ = await ask(client, "DELETE", "/api/session", headers=OWN)
    after, _, _ = await ask(client, "GET", "/api/who/x")

    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert (status, body[0], gone, after) == (200, "agent", 204, 401)


async def test_path_parts_and_query_parameters_reach_the_handler(client: aiohttp.ClientSession) -> None:
    status, body, _ = await ask(client, "GET", "/api/who/%E7%8E%8B?n=9", headers=as_role("agent"))

    assert (status, body) == (200, ["agent", "王", "9"])


@pytest.mark.parametrize("n", ["x", "10", "-1", "", "9" * 30, "٣"])
async def test_a_query_parameter_that_is_no_number_in_bounds_is_named(client: aiohttp.ClientSession, n: str) -> None:
    status, body, _ = await ask(client, "GET", "/api/who/x", params={"n": n}, headers=as_role("agent"))

    assert (status, body["reason"]) == (400, "bad-query")
    assert "参数 n" in body["detail"]


@pytest.mark.parametrize("query", ["role=boss", "limit=5", "n=1&n=2"])
async def test_a_query_parameter_of_an_unknown_name_or_value_or_said_twice_is_named(
    client: aiohttp.ClientSession, query: str
) -> None:
    status, body, _ = await ask(client, "GET", f"/api/who/x?{query}", headers=as_role("agent"))

    assert (status, body["reason"]) == (400, "bad-query")
    assert body["fields"].keys() == {query.partition("=")[0]}


async def test_who_may_not_ask_learns_nothing_of_the_parameters(client: aiohttp.ClientSession) -> None:
    status, body, _ = await ask(client, "GET", "/api/who/x?n=99")

    assert (status, body["reason"]) == (401, "unauthenticated")


async def test_answers_are_counted_by_the_template_of_their_route_and_by_no_text_of_a_visitor(
    client: aiohttp.ClientSession,
) -> None:
    await ask(client, "GET", "/api/who/王小明?n=99", headers=as_role("agent"))
    await ask(client, "PROPFIND", "/api/who/x")
    text = exposition().decode()

    assert 'hotline_http_requests_total{method="GET",route="/api/who/{name}",status="400"}' in text
    assert 'hotline_http_request_seconds_count{method="GET",route="/api/who/{name}"}' in text
    assert 'method="other"' in text
    assert "王小明" not in text
    assert "PROPFIND" not in text


async def test_a_download_has_its_type_and_a_safe_name(client: aiohttp.ClientSession) -> None:
    status, body, headers = await ask(client, "GET", "/api/sheet")

    assert (status, body, headers["Content-Type"]) == (200, "a,b", "text/csv")
    assert headers["Content-Disposition"] == 'attachment; filename="qx.csv"'


@pytest.mark.parametrize("path", ["/api/sheet", "/api/fail/fault", "/", "/api/nothing", "/assets/a.js"])
async def test_every_answer_carries_the_security_headers(client: aiohttp.ClientSession, path: str) -> None:
    _, _, headers = await ask(client, "GET", path)

    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


async def test_the_wrong_method_is_answered_with_the_right_ones(client: aiohttp.ClientSession) -> None:
    status, body, headers = await ask(client, "PUT", "/api/session", headers=OWN)

    assert (status, headers["Allow"]) == (405, "DELETE, POST")
    assert body["reason"] == "method"


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/", 200, "page"),
        ("/orders/2026", 200, "page"),
        ("/assets/a.js", 200, "1"),
        ("/assets/none.js", 404, ""),
        ("/api/none", 404, ""),
        ("/.hidden", 404, ""),
        ("/..%2fsecret.txt", 404, ""),
        ("/%2e%2e/secret.txt", 404, ""),
        ("/a%00b", 400, "U+0000"),
    ],
)
async def test_files_are_served_from_their_folder_only(
    base: str, client: aiohttp.ClientSession, path: str, status: int, text: str
) -> None:
    async with aiohttp.ClientSession() as plain, plain.get(URL(base + path, encoded=True)) as response:
        body = await response.text()

    assert response.status == status
    assert text in body


async def test_a_socket_knows_who_opened_it_and_ends_with_its_page(client: aiohttp.ClientSession) -> None:
    async with client.ws_connect("/api/live?after=3", headers={"Cookie": "hotline_session=agent"}) as socket:
        assert await socket.receive_str() == "agent 3"
        await socket.send_str("a")
        assert await socket.receive_str() == "a!"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Cookie": "hotline_session=analyst"}, 403),
        ({"Cookie": "hotline_session=agent", "Origin": "https://elsewhere.example"}, 403),
    ],
)
async def test_a_socket_of_a_stranger_or_of_another_sites_page_is_refused(
    client: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await client.ws_connect("/api/live", headers=headers)

    assert refusal.value.status == status


async def test_binary_messages_close_the_socket(client: aiohttp.ClientSession) -> None:
    async with client.ws_connect("/api/live", headers=as_role("agent")) as socket:
        await socket.receive_str()
        await socket.send_bytes(b"x")
        await asyncio.wait_for(socket.receive(), 5)

        assert socket.close_code == 1003


async def test_a_taken_port_is_said_in_one_sentence() -> None:
    app = [build_app(ROUTES, sessions=TokenIsRole(), info=ApiInfo(title="t", version="1")) for _ in range(2)]
    async with serve_app(app[0], host="127.0.0.1", port=0) as port:
        with pytest.raises(PortTaken, match=f"Port {port} on 127.0.0.1 is taken"):
            async with serve_app(app[1], host="127.0.0.1", port=port):
                pass


def test_two_rows_of_one_address_are_refused_when_the_application_is_built() -> None:
    twin = replace(ROUTES[1], path="/api/who/{other}")

    with pytest.raises(ValueError, match="two routes claim GET /api/who"):
        build_app([*ROUTES, twin], sessions=TokenIsRole(), info=ApiInfo(title="t", version="1"))


def test_a_public_request_has_no_principal() -> None:
    with pytest.raises(LookupError):
        _ = Request(body=None).principal
