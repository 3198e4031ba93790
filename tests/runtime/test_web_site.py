"""Under which names the desk answers, whose pages may act, and what the session cookie is called."""

import aiohttp
import pytest

from runtime.web import PUBLIC, ApiInfo, Request, Site, WebSocketRoute, WithSession, build_app, get, post, serve_app
from tests.runtime.test_web import TokenIsRole, count_up
from vocabulary.people import Role

CITY = Site(public_url="https://12345.example.gov.cn", host="10.0.0.5", proxies=frozenset({"127.0.0.1"}))
LOCAL = Site()


async def enter(request: Request[None]) -> WithSession[list[str]]:
    return WithSession(body=[request.remote], token="agent")


ROUTES = (
    post("/api/session", enter, PUBLIC, "In"),
    get("/api/who", enter, frozenset({Role.AGENT}), "Who"),
)
SOCKETS = (WebSocketRoute(path="/api/live", handler=count_up, roles=frozenset({Role.AGENT})),)


async def answer(site: Site, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    app = build_app(ROUTES, sessions=TokenIsRole(), info=ApiInfo(title="t", version="1"), sockets=SOCKETS, site=site)
    async with serve_app(app, host="127.0.0.1", port=0) as port, aiohttp.ClientSession() as client:
        sent = {"X-Requested-With": "hotline", **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with client.request(method, f"http://127.0.0.1:{port}{path}", headers=sent) as response:
            return response.status, dict(response.headers), await response.text()


@pytest.mark.parametrize(
    ("site", "authority", "served"),
    [
        (LOCAL, "127.0.0.1:8012", True),
        (LOCAL, "localhost:8012", True),
        (LOCAL, "[::1]:8012", True),
        (LOCAL, "192.168.1.9:8012", True),
        (LOCAL, "evil.example:8012", False),
        (LOCAL, "127.0.0.1.evil.example", False),
        (LOCAL, "", False),
        (LOCAL, "a@127.0.0.1", False),
        (CITY, "12345.example.gov.cn", True),
        (CITY, "12345.EXAMPLE.gov.cn:443", True),
        (CITY, "x.12345.example.gov.cn", False),
    ],
)
def test_only_our_own_names_are_served(site: Site, authority: str, *, served: bool) -> None:
    assert site.serves(authority) == served


@pytest.mark.parametrize(
    ("site", "origin", "authority", "own"),
    [
        (LOCAL, None, "127.0.0.1:8012", True),
        (LOCAL, "http://127.0.0.1:8012", "127.0.0.1:8012", True),
        (LOCAL, "https://127.0.0.1:8012", "127.0.0.1:8012", False),
        (LOCAL, "http://127.0.0.1:9999", "127.0.0.1:8012", False),
        (LOCAL, "null", "127.0.0.1:8012", False),
        (CITY, "https://12345.example.gov.cn", "12345.example.gov.cn", True),
        (CITY, "http://12345.example.gov.cn", "12345.example.gov.cn", False),
        (CITY, "https://12345.example.gov.cn:8443", "12345.example.gov.cn", False),
        (CITY, "https://12345.example.gov.cn", "10.0.0.5:8012", True),
    ],
)
def test_an_origin_is_ours_by_scheme_host_and_port(
    site: Site, origin: str | None, authority: str, *, own: bool
) -> None:
    assert site.own_origin(origin, authority=authority) == own


async def test_a_foreign_name_is_misdirected_even_for_a_page() -> None:
    status, _, text = await answer(LOCAL, "GET", "/", Host="evil.example")

    assert (status, "web.public_url" in text) == (421, True)


@pytest.mark.parametrize("authorization", ["", "Bearer agent"])
async def test_a_change_from_another_origin_is_refused(authorization: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}

    status, _, _ = await answer(LOCAL, "POST", "/api/session", Origin="http://localhost:1", **headers)

    assert status == 403


async def test_over_https_the_cookie_is_bound_to_the_host_and_browsers_stay_on_https() -> None:
    host = {"Host": "12345.example.gov.cn", "Origin": "https://12345.example.gov.cn"}

    _, sent, _ = await answer(CITY, "POST", "/api/session", **host)
    known, _, _ = await answer(CITY, "GET", "/api/who", Cookie="__Host-hotline=agent", **host)
    plain, _, _ = await answer(CITY, "GET", "/api/who", Cookie="hotline_session=agent", **host)

    assert sent["Set-Cookie"].startswith("__Host-hotline=agent;")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(sent["Set-Cookie"].split("; "))
    assert "Domain" not in sent["Set-Cookie"]
    assert sent["Strict-Transport-Security"].startswith("max-age=")
    assert (known, plain) == (200, 401)


async def test_the_address_of_a_visitor_is_what_our_own_proxy_saw() -> None:
    _, _, behind = await answer(CITY, "POST", "/api/session", Host="10.0.0.5", X_Forwarded_For="1.2.3.4, 9.9.9.9")
    _, _, direct = await answer(LOCAL, "POST", "/api/session", X_Forwarded_For="9.9.9.9")

    assert "9.9.9.9" in behind
    assert "127.0.0.1" in direct
