"""What every search engine promises; tantivy and Elasticsearch rank as plain Python does."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from knowledge import KnowledgeConfig, open_knowledge
from knowledge.analysis.tokens import Channel, TokenQuery
from knowledge.confusion import Confusion
from knowledge.engine.bm25 import kept_length
from knowledge.engine.elasticsearch import ElasticsearchAddress, ElasticsearchEngine
from knowledge.engine.failover import FailoverEngine
from knowledge.engine.memory import MemoryEngine
from knowledge.engine.protocol import Document, EngineAway, SearchEngine, day_number
from knowledge.engine.tantivy import open_tantivy
from knowledge.indexing import update_index
from knowledge.question import question
from knowledge.window import span_of
from runtime.clock import ManualClock, SystemClock
from runtime.postgres import Database
from runtime.workers import Workers
from tests.knowledge.city_book import CITY, DAY, ENDED, analyzer, city_book, golden, syllables
from tests.knowledge.elasticsearch_server import NoElasticsearch, running_elasticsearch
from vocabulary.ids import EntryCode

pytestmark = pytest.mark.timeout(420)
ENGINES = ["memory", "tantivy", pytest.param("elasticsearch", marks=pytest.mark.real)]


@pytest.fixture(scope="module")
def elasticsearch_url() -> Iterator[str]:
    """One real node for this file; where it cannot run the tests skip, saying why, but never in CI."""
    server = running_elasticsearch()
    try:
        url = server.__enter__()
    except NoElasticsearch as why:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no Elasticsearch here: {why}")
    try:
        yield url
    finally:
        server.__exit__(None, None, None)


def patient(url: str, *, alias: str | None = None) -> ElasticsearchEngine:
    """An engine with time for a busy test machine, under a name of its own."""
    name = alias or f"t-{uuid4().hex}"
    return ElasticsearchEngine(ElasticsearchAddress(url=url, alias=name, timeout=timedelta(seconds=20)))


@pytest.fixture(params=ENGINES)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SearchEngine]:
    async with Workers(threads=2) as workers:
        made: SearchEngine
        if request.param == "memory":
            made = MemoryEngine()
        elif request.param == "tantivy":
            made = await open_tantivy(tmp_path / "index", workers=workers)
        else:
            made = patient(request.getfixturevalue("elasticsearch_url"))
        yield made
        await made.close()


def document(code: str, head: str, body: str = "登记后由承办单位办理", **changes: object) -> Document:
    made = Document(code=EntryCode(code), version=1, head=analyzer().of_text(head), body=analyzer().of_text(body),
                    first_day=20260101)  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]  # a test's changes are what it says


def ask(text: str) -> TokenQuery:
    return question([span_of(text)], book=city_book()).query


def damage(root: Path, pattern: str) -> None:
    for path in root.glob(pattern):
        path.write_bytes(b"\x07" * 64)


def folders(root: Path) -> int:
    return len([path for path in root.iterdir() if path.is_dir()])


async def codes(engine: SearchEngine, text: str, *, on: date = DAY, limit: int = 5) -> list[str]:
    return [hit.code for hit in await engine.search(ask(text), on=on, limit=limit)]


async def test_what_fits_best_comes_first(engine: SearchEngine) -> None:
    await engine.rebuild([document("A", "路灯不亮报修"), document("B", "电梯困人求助")], analysis="1")

    assert (await codes(engine, "小区电梯把人困住了"))[0] == "B"


async def test_ranking_and_scores_are_those_of_plain_python(engine: SearchEngine) -> None:
    confusion = Confusion(syllables=syllables())
    documents = list(city_book().documents())
    model = MemoryEngine()
    await model.rebuild(documents, analysis="1")
    await engine.rebuild(documents, analysis="1")
    requests = [one for one in golden() if one.entry is not None]
    assert requests
    for request in requests:
        query = ask(confusion.hear(request.text, rate=0.15, seed=7))
        wanted = await model.search(query, on=DAY, limit=5)
        got = await engine.search(query, on=DAY, limit=5)

        assert [hit.code for hit in got] == [hit.code for hit in wanted], request.id
        assert all(abs(mine.score / theirs.score - 1) < 1e-3 for mine, theirs in zip(got, wanted, strict=True))


async def test_an_entry_out_of_force_on_the_day_is_never_found(engine: SearchEngine) -> None:
    ended = document("A", "路灯不亮报修", last_day=day_number(ENDED))
    coming = document("B", "路灯不亮找谁", first_day=20270101)
    await engine.rebuild([ended, coming], analysis="1")

    assert await codes(engine, "路灯不亮", on=ENDED) == ["A"]
    assert await codes(engine, "路灯不亮", on=ENDED + timedelta(days=1)) == []
    assert await codes(engine, "路灯不亮", on=date(2027, 1, 1)) == ["B"]


async def test_a_change_is_seen_at_once(engine: SearchEngine) -> None:
    await engine.rebuild([document("A", "路灯不亮报修"), document("B", "公租房申请条件")], analysis="1")
    await engine.apply(upserts=[document("A", "井盖丢失处置", version=2)], deletes=[])

    assert await codes(engine, "路灯不亮") == []
    hits = await engine.search(ask("井盖丢失"), on=DAY, limit=5)
    assert [(hit.code, hit.version) for hit in hits] == [("A", 2)]


async def test_a_deleted_entry_is_gone_and_deleting_it_again_is_no_fault(engine: SearchEngine) -> None:
    await engine.rebuild([document("A", "路灯不亮报修"), document("B", "公租房申请条件")], analysis="1")
    for _ in range(2):
        await engine.apply(upserts=[], deletes=[EntryCode("A")])

    assert await codes(engine, "路灯不亮") == []
    assert dict((await engine.state()).entries) == {"B": 1}


async def test_a_rebuild_replaces_everything(engine: SearchEngine) -> None:
    await engine.rebuild([document("A", "路灯不亮报修")], analysis="1")
    await engine.rebuild([document("B", "路灯不亮报修", version=4)], analysis="2")
    state = await engine.state()

    assert await codes(engine, "路灯不亮") == ["B"]
    assert (state.analysis, dict(state.entries)) == ("2", {"B": 4})


async def test_another_analysis_rebuilds_and_the_same_one_writes_only_what_differs(engine: SearchEngine) -> None:
    assert (await update_index(engine, book=city_book())).rebuilt
    assert not (await update_index(engine, book=city_book())).changed

    await engine.apply(upserts=[document("Z9", "多余的条目")], deletes=[EntryCode("K0001")])
    done = await update_index(engine, book=city_book())
    assert (done.rebuilt, done.put, done.deleted) == (False, 1, 1)


async def test_an_engine_without_an_index_holds_nothing(engine: SearchEngine) -> None:
    state = await engine.state()

    assert (state.analysis, dict(state.entries)) == ("", {})


async def test_single_characters_alone_are_found_too(engine: SearchEngine) -> None:
    await engine.rebuild([document("A", "夜间施工太吵"), document("B", "公租房申请条件")], analysis="1")
    query = TokenQuery(terms={Channel.CHARACTERS: {"吵": 1.0}})

    assert [hit.code for hit in await engine.search(query, on=DAY, limit=3)] == ["A"]


@pytest.mark.parametrize("text", ["", "，。！？", '(((  AND OR *:* "\\', "😀😀", "𠮷野家在哪儿", "ＥＴＣ", "a" * 300])
async def test_any_text_may_be_asked(engine: SearchEngine, text: str) -> None:
    await engine.rebuild([document("A", "路灯不亮报修 😀 etc"), document("B", "𠮷野家餐饮卫生")], analysis="1")
    found = await codes(engine, text)

    assert set(found) <= {"A", "B"}
    if "𠮷" in text:
        assert found[0] == "B"


async def test_two_hundred_tokens_a_channel_are_answered(engine: SearchEngine) -> None:
    await engine.rebuild(city_book().documents(), analysis="1")
    found = {Channel.WORDS: "电梯", Channel.CHARACTERS: "梯", Channel.PINYIN: "dian_ti", Channel.FUZZY: "dian_ti"}
    terms = {channel: {f"x{n}": 1.0 - n / 999 for n in range(199)} | {found[channel]: 1.0} for channel in Channel}

    assert await engine.search(TokenQuery(terms=terms), on=DAY, limit=3)


async def test_tantivy_finds_its_index_again(tmp_path: Path) -> None:
    async with Workers(threads=1) as workers:
        first = await open_tantivy(tmp_path, workers=workers)
        await first.rebuild([document("A", "路灯不亮报修")], analysis="1")
        await first.close()
        again = await open_tantivy(tmp_path, workers=workers)

        assert await codes(again, "路灯不亮") == ["A"]
        await again.close()


@pytest.mark.parametrize("damaged", ["current.json", "000001/meta.json", "000001/*.term", "000001/*.store"])
async def test_a_damaged_tantivy_index_counts_as_none_and_is_made_anew(tmp_path: Path, damaged: str) -> None:
    async with Workers(threads=1) as workers:
        first = await open_tantivy(tmp_path, workers=workers)
        await first.rebuild([document("A", "路灯不亮报修")], analysis="1")
        await first.close()
        damage(tmp_path, damaged)
        again = await open_tantivy(tmp_path, workers=workers)

        assert (await again.state()).analysis == ""
        await again.rebuild([document("A", "路灯不亮报修")], analysis="1")
        assert await codes(again, "路灯不亮") == ["A"]
        assert folders(tmp_path) == 1
        await again.close()


async def test_a_second_owner_of_tantivys_folder_is_told_so(tmp_path: Path) -> None:
    async with Workers(threads=1) as workers:
        first = await open_tantivy(tmp_path, workers=workers)
        with pytest.raises(EngineAway, match="in use"):
            await open_tantivy(tmp_path, workers=workers)
        await first.close()


@pytest.mark.real
async def test_elasticsearch_keeps_one_index_after_a_rebuild(elasticsearch_url: str) -> None:
    alias = f"t-{uuid4().hex}"
    engine = patient(elasticsearch_url, alias=alias)
    for analysis in "12":
        await engine.rebuild([document("A", "路灯不亮报修")], analysis=analysis)

    assert len(await engine._indices_behind_alias()) == 1
    await engine.close()


@pytest.mark.real
async def test_an_elasticsearch_that_is_too_slow_leaves_the_answer_to_the_embedded_engine(
    elasticsearch_url: str,
) -> None:
    near = MemoryEngine()
    far = ElasticsearchEngine(ElasticsearchAddress(url=elasticsearch_url, timeout=timedelta(microseconds=1)))
    engine = FailoverEngine(far=far, near=near, clock=SystemClock())
    await engine.rebuild([document("A", "路灯不亮报修")], analysis="1")
    engine.far_ready = True

    assert await codes(engine, "路灯不亮") == ["A"]
    await engine.close()


@pytest.mark.real
async def test_the_service_says_the_same_on_elasticsearch_as_on_the_embedded_engine(
    elasticsearch_url: str, database: Database, tmp_path: Path
) -> None:
    clock = ManualClock(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    near = KnowledgeConfig(index=str(tmp_path / "near"), city=str(CITY))
    far = replace(near, index=str(tmp_path / "far"), search_url=elasticsearch_url,
                  search_alias=f"t-{uuid4().hex}", search_timeout_ms=20_000)  # fmt: skip
    server = patient(elasticsearch_url, alias=far.search_alias)
    async with open_knowledge(near, database, clock) as embedded, open_knowledge(far, database, clock) as deployed:
        async with asyncio.timeout(60):
            while len((await server.state()).entries) < len(city_book().entries):
                await asyncio.sleep(0.05)
        wanted = await embedded.evaluate(golden(), rate=0.2)

        assert await deployed.evaluate(golden(), rate=0.2) == wanted
    await server.close()


def test_lengths_are_kept_as_lucene_keeps_them() -> None:
    assert [kept_length(n) for n in (0, 23, 39, 40, 41, 42, 57, 100, 1000)] == [0, 23, 39, 40, 40, 42, 56, 96, 984]
