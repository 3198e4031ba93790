"""The desk process: web, knowledge, orders and analytics on one loop, the log writer and the consumers beside it."""

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from hotline.api_document import INFO
from hotline.auditing import AuditPages, heads_file, key_file
from hotline.health import LogWriterTurns, Looks, health_routes, note_parts
from hotline.migrations import refuse_pending, refuse_power
from hotline.process_configs import DeskProcess
from hotline.running_city import RunningCity
from hotline.self_probe import answer_oneself
from hotline.settings import ROOT, WebSettings
from hotline.wiring import DeskHouse, wire
from runtime.audit import AuditWatch, ensure_key
from runtime.background import background
from runtime.bus import Bus, ensure_streams, open_bus, watch_fill
from runtime.clock import Clock, SystemClock
from runtime.log import run_consumers, run_log_writer
from runtime.postgres import Database, open_database
from runtime.supervision import Pulse
from runtime.web import DoorLimits, Route, Site, StaticFolder, WebApp, build_app, serve_app

STATIC = ROOT / "hotline" / "static"


async def run_desk(config: DeskProcess, *, pulse: Pulse) -> None:
    """Serve until told to stop."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        database, watch = await _open_record(stack, config, clock)
        bus = await _open_bus(stack, config)
        city = RunningCity(database=database, bus=bus, clock=clock, folder=Path(config.settings.city))
        await city.start()
        house = await wire(stack, config, database=database, bus=bus, clock=clock, running=city)
        turns = LogWriterTurns()
        looks = Looks(database=database, bus=bus, board=house.desk.live.board, writer=turns, audit=watch)
        routes = (
            *house.routes,
            *AuditPages(database=database, watch=watch, clock=clock).routes(),
            *health_routes(looks, host=Path(config.health_file), clock=clock),
        )
        app = _app(routes, house, web=config.settings.web)
        await stack.enter_async_context(
            background(
                city.run(),
                house.desk.run(),
                house.accounts.sessions.run(),
                house.accounts.failures.run(),
                house.analytics.warm_up(),
                watch_fill(bus),
                watch.run(),
                run_log_writer(database, bus=bus, clock=clock, turned=turns.turned),
                note_parts(looks, pulse=pulse),
                run_consumers(database, consumers=house.consumers, clock=clock),
            )
        )
        web = config.settings.web
        limits = DoorLimits(proxies=_site(web).proxies)
        async with serve_app(app, host=web.host, port=web.port, limits=limits) as port:
            print(f"ready {json.dumps({'host': web.host, 'port': port})}", flush=True)
            await answer_oneself(pulse, host=web.host, port=port)


def _app(routes: Sequence[Route], house: DeskHouse, *, web: WebSettings) -> WebApp:
    return build_app(
        routes,
        sockets=house.sockets,
        statics=(StaticFolder(prefix="/", directory=STATIC, fallback="index.html"),),
        sessions=house.accounts,
        info=INFO,
        site=_site(web),
    )


async def _open_bus(stack: AsyncExitStack, config: DeskProcess) -> Bus:
    """Connect to the bus and see to its streams."""
    bus = await stack.enter_async_context(
        open_bus(url=config.bus_url, name="desk", user=config.bus_user, password=config.bus_password)
    )
    await ensure_streams(bus, demo=config.settings.demo)
    return bus


def _site(web: WebSettings) -> Site:
    proxies = frozenset(one.strip() for one in web.proxies.split(",") if one.strip())
    return Site(public_url=web.public_url.rstrip("/"), host=web.host, proxies=proxies)


async def _open_record(stack: AsyncExitStack, config: DeskProcess, clock: Clock) -> tuple[Database, AuditWatch]:
    """Open the database with the key of its audit; one sentence when the schema is behind or our role may rewrite."""
    url = config.database_url
    async with open_database(url, size=1) as looked_at:
        await refuse_pending(looked_at)
        await refuse_power(looked_at)
    key = await ensure_key(key_file(config.settings), database_url=url, clock=clock)
    database = await stack.enter_async_context(open_database(url, audit_secret=key.secret))
    return database, AuditWatch(database, key=key, heads=heads_file(config.settings), clock=clock)
