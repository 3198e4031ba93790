"""A whole house without recogniser, with people, calls, orders and briefings in it: what generated requests are sent to."""

import asyncio
import shutil
import tempfile
import wave
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from agent_desk import Accounts, NewAccount
from analytics.figures import FIGURES
from hotline.auditing import key_file
from hotline.city_files import catalogue, read_city
from hotline.commands.serve import started
from hotline.demo.made_up import load_made_up
from hotline.demo.running import moved
from hotline.house import Addresses, House, open_house
from hotline.places import places_of
from hotline.settings import DatabaseSettings, Settings, read_settings
from runtime.audit import read_key
from runtime.clock import SystemClock
from runtime.nats_server import free_port
from runtime.postgres import Database, DatabaseUrls, open_database
from runtime.workers import Workers
from telephony import testcalls
from tests import servers
from tests.agent_desk.people import MadeCall
from vocabulary.ids import AccountId, SeatNo, UnitCode
from vocabulary.orders import Stage
from vocabulary.people import Role

PASSWORD = "a long enough word"
WITHIN_S = 30.0
RECORDING = "asked.wav"
CATEGORY = "010101"
Values = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedHouse:
    """Where it is, who may be whom in it, and what is known there: values by the name of a field, part or parameter."""

    url: str
    accounts: Accounts
    people: Mapping[str, AccountId]
    known: Values
    fitting: Mapping[str, Values] = field(default_factory=dict)
    document: Mapping[str, Any] = field(repr=False)
    metrics: str
    """Where the supervisor answers Prometheus."""

    def known_to(self, operation: str, /) -> Values:
        """Return what is known by name, with that in the first place which one operation can do something with."""
        return {**self.known, **self.fitting.get(operation, {})}

    async def token(self, role: str, /) -> str:
        """Open a session of ``role`` without its password, which log-in would slow down."""
        lasts = timedelta(hours=1)
        return await self.accounts.sessions.open(self.people[role], lasts=lasts, idle=None, source="127.0.0.1")


@asynccontextmanager
async def served_house() -> AsyncIterator[ServedHouse]:
    """Bring the house up in folders and a database of its own."""
    folder = Path(tempfile.mkdtemp(prefix="asked-"))
    try:
        async with servers.fresh_database(servers.postgres_url()) as urls:
            settings = _settings(folder, urls)
            places = places_of(settings)
            _write_recording(places.recordings / RECORDING)
            async with (
                open_house(settings, places, logs=folder / "logs", say=lambda part: None) as (house, nats),
                started(house, addresses=Addresses(database_url=urls.app, nats=nats)) as addresses,
                Workers(threads=1) as workers,
                open_database(urls.app, audit_secret=_secret(settings)) as database,
            ):
                await _test_calls(house, addresses, settings)
                accounts = Accounts(database=database, workers=workers, clock=SystemClock())
                yield await _furnished(database, accounts, settings, url=addresses.web)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _secret(settings: Settings) -> bytes:
    key = read_key(key_file(settings))
    assert key is not None
    return key.secret


def _settings(folder: Path, urls: DatabaseUrls) -> Settings:
    database = DatabaseSettings(url=urls.app, owner_url=urls.owner)
    settings = read_settings(flags={"data": str(folder / "data"), "run": str(folder / "run")})
    settings = replace(settings, database=database, roles=("telephony", "desk"))
    telephony, web = replace(settings.telephony, sip_port=free_port()), replace(settings.web, port=free_port())
    metrics = replace(settings.metrics, port=free_port())
    return moved(replace(settings, telephony=telephony, web=web, metrics=metrics))


def _write_recording(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(4 * 80_000))


async def _test_calls(house: House, addresses: Addresses, settings: Settings) -> None:
    host, _, port = addresses.sip.rpartition(":")
    city, nats = Path(settings.city), addresses.nats
    config = testcalls.TestCallsConfig(
        nats_url=nats.url, nats_user=nats.user, nats_password=nats.password, sip_host=host, sip_port=int(port),
        dialogues=str(city / "dialogues"), voices=str(city / "voices"),
    )  # fmt: skip
    await house.start("test-calls", config)


async def _furnished(database: Database, accounts: Accounts, settings: Settings, *, url: str) -> ServedHouse:
    city = read_city(Path(settings.city))
    unit = next(iter(catalogue(city).units))
    people = {
        role.value: await accounts.add(
            NewAccount(
                login=role.value, name=f"名{role.value}", role=role, seat=SeatNo("007") if role is Role.AGENT else None,
                unit=UnitCode(unit) if role is Role.UNIT else None,
            ),
            password=PASSWORD,
        )
        for role in Role
    }  # fmt: skip
    others = [
        await accounts.add(NewAccount(login=f"other{n}", name=f"旁{n}", role=Role.ANALYST), password=PASSWORD)
        for n in range(4)
    ]
    await load_made_up(database, city, now=SystemClock().now())
    answered, missed = await _calls(database, agent=people["agent"])
    house = ServedHouse(
        url=url,
        accounts=accounts,
        people=people,
        known={},
        document={},
        metrics=f"http://127.0.0.1:{settings.metrics.port}/metrics",
    )
    async with aiohttp.ClientSession(url) as client:
        ask = _Asking(client, {role: await house.token(role) for role in people})
        document = await ask("GET", "/api/openapi.json", role="admin")
        made = await ask.made(answered[:8], missed[:3])
    known = _known_values(unit) | {
        "account": [*others, people["admin"]],
        "session": [row.session for other in others for row in await _opened(accounts, other)],
        "contact": [call.contact for call in (*answered, *missed)],
        "matter": [call.contact for call in answered],
        "call": [call.call for call in answered],
        "offer": [call.offer for call in answered],
        **made,
    }
    fitting = {
        "POST /api/callbacks/{contact}/claim": {"contact": [call.contact for call in missed[3:]]},
        "POST /api/callbacks/{contact}/done": {"contact": [call.contact for call in missed]},
        "POST /api/contacts/{contact}/matters/{matter}/order": {
            "contact": [answered[8].contact],
            "matter": [answered[8].contact],
        },
        "GET /api/contacts/{contact}/calls/{call}/audio": {
            "contact": [answered[0].contact],
            "call": [answered[0].call],
        },
        "POST /api/contacts/{contact}/suggestions/{entry}": {
            "contact": [call.contact for call in answered],
            "version": [1],
        },
        "POST /api/orders/{order_no}/follow-up": {"order_no": made["order_no"][:4]},
        "POST /api/unit/orders/{order_no}/reply": {"order_no": made["order_no"][4:]},
        "POST /api/contacts/{contact}/matters": {"contact": [call.contact for call in answered]},
        "PATCH /api/contacts/{contact}/matters/{matter}/draft": {
            "contact": [answered[0].contact],
            "matter": [answered[0].contact],
            "revision": [0],
        },
        "POST /api/accounts/{account}/end": {"account": others},
        "POST /api/city/versions": {"note": ["改回"]},
        "POST /api/city/versions/rollback": {"number": [1], "note": ["改回"]},
    }
    return replace(house, known=known, fitting=fitting, document=document)


async def _opened(accounts: Accounts, account: AccountId) -> Sequence[Any]:
    for _ in range(3):
        await accounts.sessions.open(account, lasts=timedelta(hours=1), idle=None, source="")
    return await accounts.administration.sessions(account=account)


async def _calls(database: Database, *, agent: AccountId) -> tuple[list[MadeCall], list[MadeCall]]:
    """Write calls of seat 007 and missed ones to the log."""
    start = SystemClock().now() - timedelta(hours=1)
    answered = [MadeCall(start=start, caller=f"199000001{n:02}") for n in range(16)]
    missed = [MadeCall(start=start, caller=f"199000002{n:02}") for n in range(10)]
    async with database.transaction() as tx:
        for call in (*answered, *missed):
            tx.emit(call.accepted())
            tx.emit(call.heard("我叫王小明，长青路停水了"))
        for call in answered:
            tx.emit(replace(call.joined(), agent=agent))
            tx.emit(replace(call.connected(), agent=agent))
            tx.emit(call.ended())
            tx.emit(replace(call.recorded(), host="local", name=RECORDING))
        for call in missed:
            tx.emit(call.abandoned())
    return answered, missed


class _Asking:
    """Asks the house for what must be there before anybody else asks."""

    def __init__(self, client: aiohttp.ClientSession, tokens: Mapping[str, str]) -> None:
        self._client, self._tokens = client, tokens

    async def __call__(self, method: str, path: str, *, role: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {self._tokens[role]}"}
        async with self._client.request(method, path, json=body, headers=headers) as response:
            assert response.status < 300, await response.text()
            return await response.json() if response.content_length else None

    async def made(self, calls: Sequence[MadeCall], missed: Sequence[MadeCall], /) -> dict[str, list[Any]]:
        """Take missed calls in hand, make orders of calls and two briefings; return their numbers."""
        wanted = {str(call.contact) for call in calls}
        async with asyncio.timeout(WITHIN_S):
            while not wanted <= {row["contact"] for row in await self("GET", "/api/contacts?limit=500", role="agent")}:
                await asyncio.sleep(0.1)
            while len(await self("GET", "/api/callbacks", role="agent")) < len(missed):
                await asyncio.sleep(0.1)
        for call in missed:
            await self("POST", f"/api/callbacks/{call.contact}/claim", role="agent")
        form = {
            "kind": "complaint", "category": CATEGORY, "title": "长青路停水", "content": "长青路从昨天起停水",
            "place": "长青路", "callback_phone": "19900000101",
        }  # fmt: skip
        orders = [
            await self("POST", f"/api/contacts/{call.contact}/matters/{call.contact}/order", role="agent", body=form)
            for call in calls
        ]
        for order in orders[: len(orders) // 2]:
            path = f"/api/unit/orders/{order['order_no']}/reply"
            await self("POST", path, role="unit", body={"reply": "已派人抢修，今晚恢复供水", "internal_note": ""})
        await self("POST", "/api/seat/sign-in", role="agent")
        briefings = [
            await self("POST", "/api/analytics/briefings", role="analyst", body={"origin": "demo", "days": days})
            for days in (1, 7)
        ]
        return {
            "order_no": [order["order_no"] for order in orders],
            "briefing": [made["briefing"] for made in briefings],
        }


def _known_values(unit: str) -> dict[str, Sequence[Any]]:
    instants = ("2026-11-25T08:00:00+08:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")
    return {
        "name": [*FIGURES],
        "code": ["K0001", "K0002"], "entry": ["K0001"], "version": [1, 1, 2**31 - 1],
        "q": ["停水", "退货", "(((", "%"], "days": [1, 30, 400], "origin": ["live", "demo"],
        "limit": [1, 500, -1], "from_ms": [0, 500, -1], "to_ms": [1000, 2**53],
        "why": ["回访诉求人", "核对诉求内容"], "stage": [stage.value for stage in Stage], "unit": [unit],
        "since": instants, "until": instants, "below": [1, 2**53], "what": ["recording-played"],
        "page": ["one"], "login": [role.value for role in Role], "password": [PASSWORD], "old": [PASSWORD],
        "new": [PASSWORD], "dialogue": ["silent-caller"], "reason": ["break"], "category": [CATEGORY],
        "kind": ["complaint"], "title": ["长青路停水"], "content": ["长青路从昨天起停水"], "place": ["长青路"],
        "callback_phone": ["19900000101"], "revision": [0, 1], "reply": ["已派人抢修，今晚恢复供水"], "satisfied": [True, False], "excused": [False],
    }  # fmt: skip


def lists_of(document: Mapping[str, Any], /) -> list[tuple[str, str]]:
    """Return a role that may ask and the path, for each GET without parts in its path."""
    return [
        (min(one["get"].get("x-roles", ["agent"]), key=lambda role: role != "agent"), path)
        for path, one in sorted(document["paths"].items())
        if "get" in one and "{" not in path
    ]
