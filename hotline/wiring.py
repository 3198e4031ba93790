"""The one screen where a provider meets a need: the desk process put together."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from agent_desk import Accounts, AgentDesk, City, DeskNeeds, PlaceName
from analytics import AnalyticsNeeds, AnalyticsPages, AnalyticsService
from analytics import consumers as analytics_consumers
from hotline.adapters import KnowledgeForDesk, TelephonyForDesk
from hotline.city_files import CityFiles, catalogue, desk_choices, leaves, place_names, read_city, working_calendar
from hotline.city_pages import CityPages
from hotline.process_configs import DeskProcess
from hotline.running_city import RunningCity
from hotline.settings import Settings
from knowledge import KnowledgeConfig, open_knowledge
from runtime.bus import Bus
from runtime.clock import Clock
from runtime.log import Consumer
from runtime.postgres import Database
from runtime.web import Route, WebSocketRoute
from runtime.workers import Workers
from telephony import TelephonyClient
from work_orders import OrderPages, OrderService

if TYPE_CHECKING:
    from knowledge import KnowledgeService


class DeskHouse:
    """The rooms of the desk process, wired."""

    def __init__(
        self, *, desk: AgentDesk, analytics: AnalyticsService, accounts: Accounts, routes: tuple[Route, ...]
    ) -> None:
        self.desk = desk
        self.analytics = analytics
        self.accounts = accounts
        self.routes = routes
        self.sockets: tuple[WebSocketRoute, ...] = desk.sockets()
        self.consumers: tuple[Consumer, ...] = ()


async def wire(
    stack: AsyncExitStack, config: DeskProcess, /, *, database: Database, bus: Bus, clock: Clock, running: RunningCity
) -> DeskHouse:
    """Open every room of the desk process on ``stack`` and return the whole; ``running`` need not be started yet."""
    city = read_city(Path(config.settings.city))
    known = catalogue(city)
    workers = await stack.enter_async_context(Workers(threads=2, name="desk"))
    knowledge = await stack.enter_async_context(
        open_knowledge(_knowledge_config(config.settings, city), database, clock)
    )
    log_in = await stack.enter_async_context(Workers(threads=2, waiting=32, name="log-in"))
    accounts = Accounts(database=database, workers=log_in, clock=clock)
    desk = AgentDesk(
        DeskNeeds(
            database=database,
            bus=bus,
            clock=clock,
            accounts=accounts,
            telephony=TelephonyForDesk(TelephonyClient(bus)),
            knowledge=KnowledgeForDesk(knowledge),
            city=City(gazetteer=await _gazetteer(city, knowledge), leaves=leaves(known)),
            choices=desk_choices(city, known=known, seat_times=running.seat_times, demo=config.settings.demo),
            microphone=_rendered_voice(city) if config.settings.demo else None,
        )
    )
    orders = OrderService(
        database=database,
        catalogue=known,
        calendar=working_calendar(city),
        zone=city.zone,
        clock=clock,
        contacts=desk.contacts,
    )
    analytics = _analytics(config, city, database=database, workers=workers, clock=clock)
    pages = (OrderPages(orders), knowledge, AnalyticsPages(analytics), CityPages(running, workers=workers))
    routes = (*desk.routes(orders=orders), *(route for page in pages for route in page.routes()))
    house = DeskHouse(desk=desk, analytics=analytics, accounts=accounts, routes=routes)
    house.consumers = (*desk.consumers(orders=orders), *analytics_consumers())
    return house


def _rendered_voice(city: CityFiles) -> bytes:
    return (city.folder / "voices" / "prompts" / "browser_mic.wav").read_bytes()


def _knowledge_config(settings: Settings, city: CityFiles) -> KnowledgeConfig:
    return KnowledgeConfig(
        city=settings.city,
        index=str(settings.data_path / "search-index"),
        zone=str(city.zone),
        search_url=settings.search.url,
        search_user=settings.search.user,
        search_password=settings.search.password,
    )


async def _gazetteer(city: CityFiles, knowledge: "KnowledgeService") -> list[PlaceName]:
    return [
        PlaceName(name=name, district=district, syllables=await knowledge.syllables(name))
        for name, district in place_names(city)
    ]


def _analytics(
    config: DeskProcess, city: CityFiles, /, *, database: Database, workers: Workers, clock: Clock
) -> AnalyticsService:
    return AnalyticsService(
        AnalyticsNeeds(
            database=database,
            database_url=config.database_url,
            workers=workers,
            clock=clock,
            zone=city.zone,
            city=city.info.name,
        )
    )
