"""``hotline city`` as an operator uses it, and the same as an administrator asks for it over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hotline.city_pages import CityPages
from runtime.audit import Asked, ensure_key, find
from runtime.clock import ManualClock
from runtime.postgres import Database, DatabaseUrls, open_database
from runtime.workers import Workers
from tests.agent_desk.serving import ROLE_PRINCIPALS, Asker, served
from tests.hotline.test_audit import NOW, hotline
from tests.hotline.test_running_city import CITY, Desk, a_city, rings, written

FOLLOWS = "a running switch follows within 5 s, calls in progress keep theirs"
PATH = "/api/city/versions"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_city(tmp_path)


async def test_files_are_checked_compared_published_and_gone_back_on_at_the_terminal(
    database_urls: DatabaseUrls, tmp_path: Path, folder: Path
) -> None:
    def city(*words: object) -> tuple[int, str]:
        return hotline(tmp_path, database_urls, "city", *map(str, words))

    key = await ensure_key(tmp_path / "audit.key", database_url=database_urls.app, clock=ManualClock(NOW))
    assert city("publish", folder, "--note", "x") == (
        1,
        "hotline: 还没有任何版本：坐席台第一次启动时由城市文件生成第 1 版\n",
    )
    async with open_database(database_urls.app, audit_secret=key.secret) as database:
        await Desk(database=database, folder=folder).restarted()

    assert city("diff", folder) == (0, "the files say what version 1 says\n")
    rings(folder, 9)
    assert city("diff", folder) == (0, "limits.ring_s: 6.0 → 9.0\n")
    assert city("publish", folder, "--note", "振铃更久") == (0, f"version 2 is published: {FOLLOWS}\n")
    assert city("rollback", 1, "--note", "改回") == (0, f"version 3 says what version 1 said: {FOLLOWS}\n")
    code, said = city("history")
    assert (code, [line.split("\t")[::3] for line in said.splitlines()]) == (
        0, [["3", "改回"], ["2", "振铃更久"], ["1", "第一次启动：取自城市文件"]],
    )  # fmt: skip
    async with open_database(database_urls.app) as database:
        assert [row.what for row in await find(database, Asked())][:2] == ["city-rolled-back", "city-published"]


def test_a_folder_that_cannot_be_published_is_said_one_line_an_error(
    database_urls: DatabaseUrls, tmp_path: Path, folder: Path
) -> None:
    assert hotline(tmp_path, database_urls, "city", "check", str(folder)) == (0, "the files can be published\n")
    written(folder, lambda it: it["limits"].update(ring_s=-1, rng_s=1))
    written(folder, lambda it: it["keys"]["1"].update(queue="nobody"), "menu.json")
    written(folder, lambda it: it[0].update(level="one"), "units.json")
    code, said = hotline(tmp_path, database_urls, "city", "check", str(folder))
    assert (code, said.count("\n"), "units.json, row 1, field level" in said) == (1, 1, True)

    written(folder, lambda it: it[0].update(level=2), "units.json")
    written(folder, lambda it: it["limits"].pop("rng_s"))
    code, said = hotline(tmp_path, database_urls, "city", "check", str(folder))
    assert code == 1
    assert sorted(line.rpartition("/")[2].partition(":")[0] for line in said.splitlines()) == [
        "menu.json, field keys.1.queue", "telephony.json, field limits.ring_s",
    ]  # fmt: skip
    code, said = hotline(tmp_path, database_urls, "city", "publish", str(folder), "--note", "x")
    assert (code, said.startswith("hotline: "), said.count("\n")) == (1, True, 1)


@pytest.fixture
async def ask(database: Database, folder: Path) -> AsyncIterator[Asker]:
    async with (
        Desk(database=database, folder=folder).started() as (city, _),
        Workers(threads=1) as workers,
        served(CityPages(city, workers=workers).routes()) as asker,
    ):
        yield asker


async def test_an_administrator_sees_what_runs_publishes_the_files_and_goes_back(
    ask: Asker, folder: Path, database: Database
) -> None:
    first = (await ask("GET", PATH, role="admin")).body
    assert (first["running"]["number"], first["settings"]["limits"]["ring_s"], first["history"]) == (1, 6.0, [])

    rings(folder, 9)
    made = await ask("POST", PATH, role="admin", body={"note": "振铃更久"})
    assert (made.status, made.body["number"], made.body["note"]) == (200, 2, "振铃更久")
    back = await ask("POST", f"{PATH}/rollback", role="admin", body={"number": 1, "note": "改回"})
    assert (back.status, back.body["number"]) == (200, 3)

    now = (await ask("GET", f"{PATH}?limit=2", role="admin")).body
    assert (now["running"]["number"], now["settings"]["version"], now["settings"]["limits"]["ring_s"]) == (3, 3, 6.0)
    assert [one["number"] for one in now["history"]] == [2]
    admin = ROLE_PRINCIPALS["admin"].account
    assert now["running"]["by"] == str(admin)
    assert [row.what for row in await find(database, Asked(account=admin))] == ["city-rolled-back", "city-published"]


async def test_what_cannot_be_published_over_http_is_refused_with_its_reason(ask: Asker, folder: Path) -> None:
    same = await ask("POST", PATH, role="admin", body={"note": "x"})
    no_note = await ask("POST", f"{PATH}/rollback", role="admin", body={"number": 1, "note": " "})
    none = await ask("POST", f"{PATH}/rollback", role="admin", body={"number": 8, "note": "x"})
    written(folder, lambda it: it["limits"].update(ring_s=-1))
    bad = await ask("POST", PATH, role="admin", body={"note": "x"})

    assert [(one.status, one.body["reason"]) for one in (same, no_note, none, bad)] == [
        (409, "nothing-to-publish"), (422, "invalid-fields"), (404, "not-found"), (409, "bad-city"),
    ]  # fmt: skip
    assert "limits.ring_s" in bad.text


@pytest.mark.parametrize(("method", "path"), [("GET", PATH), ("POST", PATH), ("POST", f"{PATH}/rollback")])
async def test_nobody_else_may_look_publish_or_go_back(ask: Asker, method: str, path: str) -> None:
    answers = [(await ask(method, path, role=role)).status for role in (None, "agent", "analyst", "unit")]

    assert answers == [401, 403, 403, 403]


def test_the_made_up_city_can_be_published(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    assert hotline(tmp_path, database_urls, "city", "check", str(CITY))[0] == 0
    assert hotline(tmp_path, database_urls, "city", "check")[0] == 0
