"""The knowledge base in service, on PostgreSQL and the embedded engine."""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knowledge import KnowledgeConfig, open_knowledge
from knowledge.analysis.tokens import TokenQuery
from knowledge.engine.failover import FIRST_PAUSE, FailoverEngine
from knowledge.engine.memory import MemoryEngine
from knowledge.engine.protocol import EngineAway, Hit
from knowledge.service import KnowledgeService
from knowledge.suggest import NOT_SAID, NOTHING_FOUND
from runtime.clock import ManualClock
from runtime.ids import new_id
from runtime.postgres import Database
from runtime.web import NotFound, Request
from tests.knowledge.city_book import CITY, DAY, ENDED, analyzer, city_book, city_entries, golden
from tests.knowledge.test_window import talk
from vocabulary.audio import Party
from vocabulary.ids import ContactId, EntryCode

pytestmark = pytest.mark.real
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HEATING = "屋里暖气片不热，取暖的钱能不能退"
LAMP = "巷子里一排路灯不亮，晚上伸手不见五指"


def opened(
    database: Database, folder: Path, clock: ManualClock, **changes: object
) -> AbstractAsyncContextManager[KnowledgeService]:
    config = KnowledgeConfig(index=str(folder / "index"), city=str(CITY))
    return open_knowledge(replace(config, **changes), database, clock)  # type: ignore[arg-type]  # a test's changes


def dialogue(path: Path) -> tuple[list[tuple[Party, str]], str | None]:
    """The turns of one of the city's calls and the entry it asks for."""
    read = json.loads(path.read_text(encoding="utf-8"))
    return [(Party(turn["party"]), turn["text"]) for turn in read["turns"]], read["expect"]["entry"]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def service(database: Database, tmp_path: Path, clock: ManualClock) -> AsyncIterator[KnowledgeService]:
    async with opened(database, tmp_path, clock) as made:
        yield made


async def test_a_talk_gets_its_entry_with_the_reason(service: KnowledgeService) -> None:
    got = await service.suggest(talk((Party.AGENT, "您好请讲"), (Party.CALLER, HEATING)), revision=7)

    assert got.items[0].entry == "K0023"
    assert got.items[0].version == 1
    assert "暖气片" in got.items[0].why
    assert (got.revision, got.reason) == (7, "")
    assert got.took_ms >= 0


@pytest.mark.parametrize("path", sorted((CITY / "dialogues").glob("*.json")), ids=lambda path: path.stem)
async def test_every_call_of_the_demo_has_its_entry_before_the_agent_until_the_end(
    service: KnowledgeService, path: Path
) -> None:
    lines, wanted = dialogue(path)
    contact, seen = ContactId(new_id()), []
    for end in range(1, len(lines) + 1):
        got = await service.suggest(talk(*lines[:end]), contact=contact)
        seen.append([item.entry for item in got.items])

    assert wanted in seen[-1] if wanted else seen[-1] == []


async def test_before_anything_is_said_the_reason_is_given(service: KnowledgeService) -> None:
    got = await service.suggest(talk((Party.AGENT, "您好请讲"), (Party.CALLER, "喂喂")))

    assert (got.items, got.reason) == ((), NOT_SAID)


async def test_words_not_finished_yet_count(service: KnowledgeService) -> None:
    got = await service.suggest([], partial=HEATING)

    assert got.items[0].entry == "K0023"


async def test_what_the_agent_says_alone_suggests_nothing(service: KnowledgeService) -> None:
    got = await service.suggest(talk((Party.AGENT, f"请问{HEATING}吗")))

    assert got.items == ()


async def test_cards_of_a_talk_leave_at_the_second_missing_and_are_forgotten_on_request(
    service: KnowledgeService,
) -> None:
    contact = ContactId(new_id())
    heating, lamp = talk((Party.CALLER, HEATING)), talk((Party.CALLER, LAMP))

    async def entries(utterances: list[object]) -> list[str]:
        got = await service.suggest(utterances, contact=contact)  # type: ignore[arg-type]  # utterances
        return [item.entry for item in got.items]

    assert "K0023" in await entries([*heating])
    assert "K0023" in await entries([*lamp])
    assert "K0023" not in await entries([*lamp])
    await service.forget(contact)
    assert "K0026" not in await entries([*heating])


async def test_a_card_leaves_at_midnight_when_its_entry_ends(database: Database, tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 3, 31, 15, 59, tzinfo=UTC))
    ended = next(one for one in city_entries() if one.effective_to == ENDED)
    contact = ContactId(new_id())
    asked = talk((Party.CALLER, f"{ended.standard_question}，{ended.similar_questions[0]}"))
    async with opened(database, tmp_path, clock) as service:
        before = await service.suggest(asked, contact=contact)
        clock.advance(timedelta(minutes=2))
        after = await service.suggest(asked, contact=contact)

    assert ended.code in [item.entry for item in before.items]
    assert ended.code not in [item.entry for item in after.items]


async def test_a_correction_is_suggested_at_once_under_its_new_version(service: KnowledgeService) -> None:
    old = (await service.entry(EntryCode("K0023"))).entry
    done = await service.publish([replace(old, script=replace(old.script, answer="新的答复口径。"))])
    got = await service.suggest(talk((Party.CALLER, HEATING)))

    assert (done.written, done.unchanged) == (1, 0)
    assert (got.items[0].version, got.items[0].answer) == (2, "新的答复口径。")
    assert (await service.entry(EntryCode("K0023"), version=1)).entry == old
    assert (await service.entry(EntryCode("K0023"))).version == 2


async def test_a_second_start_finds_everything_in_step(database: Database, tmp_path: Path, clock: ManualClock) -> None:
    async with opened(database, tmp_path, clock):
        pass
    async with opened(database, tmp_path, clock) as service:
        assert not (await service.refresh()).changed


async def test_a_search_by_hand_shows_what_it_found_or_says_so(service: KnowledgeService) -> None:
    assert (await service.search("落户")).items[0].entry == "K0070"
    assert (await service.search("骆驼祥子")).reason == NOTHING_FOUND
    assert (await service.search("")).items == ()


async def test_entries_not_there_are_not_found(service: KnowledgeService) -> None:
    with pytest.raises(NotFound, match="K9999"):
        await service.entry(EntryCode("K9999"))


async def test_the_pages_answer_with_suggestions_and_entries(service: KnowledgeService) -> None:
    routes = {route.path: route for route in service.routes()}
    search, entry = routes["/api/knowledge/search"], routes["/api/knowledge/entries/{code}"]
    asked = search.signature.arguments(path={}, query=[("q", "路灯不亮")])
    found = await search.handler(Request(body=None), **asked)
    shown = await entry.handler(Request(body=None), **entry.signature.arguments(path={"code": "K0026"}, query=[]))

    assert found.items[0].entry == "K0026"  # type: ignore[attr-defined]  # Suggestions
    assert shown.code == "K0026"  # type: ignore[attr-defined]  # Entry
    assert all(route.path.startswith("/api/knowledge/") for route in service.routes())


async def test_category_and_syllables_for_the_draft(service: KnowledgeService) -> None:
    guesses = await service.category_guesses("小区电梯坏了把人困在里面")

    assert guesses[0].category == "010401"
    assert await service.syllables("重A庆") == ("zhong", "A", "qing")


async def test_the_service_measures_itself(service: KnowledgeService) -> None:
    report = await service.evaluate(golden(), rate=0.2, seeds=(0, 1))

    assert report["recall_at_3"] >= 0.8, report["misses"]  # type: ignore[operator]  # a share
    assert report["abstained_off_topic"] == 1.0


async def test_an_elasticsearch_that_is_not_there_hinders_nothing(
    database: Database, tmp_path: Path, clock: ManualClock
) -> None:
    async with opened(database, tmp_path, clock, search_url="http://127.0.0.1:9") as service:
        got = await service.suggest(talk((Party.CALLER, HEATING)))

    assert got.items[0].entry == "K0023"


class Moody(MemoryEngine):
    """An engine that can be switched off; counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.away, self.asked = False, 0

    async def search(self, query: TokenQuery, /, *, on: object, limit: int) -> tuple[Hit, ...]:
        self.asked += 1
        if self.away:
            raise EngineAway("off")
        return ()


async def test_a_broken_engine_is_left_alone_for_longer_each_time_and_then_used_again(clock: ManualClock) -> None:
    far, near = Moody(), MemoryEngine()
    engine = FailoverEngine(far=far, near=near, clock=clock)
    await engine.rebuild(city_book().documents(), analysis=analyzer().version)
    engine.far_ready = far.away = True
    query = TokenQuery(terms={channel: {"路": 1.0} for channel in city_book().analyzer.of_text("")})

    async def ask() -> int:
        before = far.asked
        assert bool(await engine.search(query, on=DAY, limit=3)) is far.away
        return far.asked - before

    assert [await ask(), await ask()] == [1, 0]
    clock.advance(FIRST_PAUSE)
    assert [await ask(), await ask()] == [1, 0]
    clock.advance(FIRST_PAUSE)
    assert await ask() == 0
    clock.advance(FIRST_PAUSE)
    far.away = False
    assert await ask() == 1


async def test_an_engine_out_of_step_is_not_asked(clock: ManualClock) -> None:
    far, near = Moody(), MemoryEngine()
    engine = FailoverEngine(far=far, near=near, clock=clock)
    await engine.rebuild(city_book().documents(), analysis=analyzer().version)
    await engine.search(TokenQuery(terms={}), on=DAY, limit=3)

    assert far.asked == 0
