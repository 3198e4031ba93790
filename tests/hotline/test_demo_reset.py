"""``hotline demo --reset`` beside a city: it removes what demonstrations made, and nothing of anybody else."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.demo.running import claim, clear
from hotline.places import OtherPurpose, Places, claim_purpose, only_instance
from runtime.postgres import DatabaseUrls, embedded_postgres, forget_postgres, keeps_postgres, open_database
from tests.hotline.command import given

FOLDERS = ("recordings", "models")


def places_in(data: Path) -> Places:
    for name in ("", *FOLDERS):
        (data / name).mkdir(parents=True, exist_ok=True)
    return Places(data=data, run=data)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Places]:
    places = places_in(tmp_path / "city")
    yield places
    forget_postgres(places.data)


def hotline(*words: str, **settings: str) -> tuple[int, str]:
    """Run a command to its end; ``settings`` stand in its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
    return given(*words, environment={**kept, **settings})


def reset(data: Path, **settings: str) -> tuple[int, str]:
    return hotline("demo", "--once", "--no-browser", "--reset", "--data", str(data), **settings)


async def keep_a_row(data: Path) -> None:
    async with embedded_postgres(data) as urls, open_database(urls.owner) as database, database.transaction() as tx:
        await tx.execute("create table of_the_city as select 1 as n")


async def kept_rows(data: Path) -> object:
    async with embedded_postgres(data) as urls, open_database(urls.owner) as database, database.reading() as reading:
        return await reading.fetchval("select count(*) from of_the_city")


@pytest.mark.parametrize("marked", [True, False], ids=["once served", "made by other commands only"])
@pytest.mark.real
async def test_the_database_of_a_city_stays_whether_its_folder_is_marked_or_not(city: Places, *, marked: bool) -> None:
    await keep_a_row(city.data)
    if marked:
        claim_purpose(city, demo=False)

    code, said = reset(city.data)

    assert (code, str(city.data) in said, "--data" in said, "Traceback" in said) == (1, True, True, False)
    assert await kept_rows(city.data) == 1


@pytest.mark.real
async def test_a_city_that_serves_from_the_folder_now_is_left_alone(city: Places) -> None:
    await keep_a_row(city.data)
    with only_instance(city):
        code, said = reset(city.data)

    assert (code, "already runs in" in said) == (1, True)
    assert await kept_rows(city.data) == 1


@pytest.mark.parametrize("name", ["database", "nats"])
async def test_a_server_that_the_settings_name_is_not_filled_with_a_demonstration(
    tmp_path: Path, database_urls: DatabaseUrls, name: str
) -> None:
    url = database_urls.owner if name == "database" else "nats://127.0.0.1:4222"

    code, said = reset(tmp_path / "demo", **{f"HOTLINE_{name.upper()}__URL": url})

    async with open_database(database_urls.app) as database, database.reading() as reading:
        accounts = await reading.fetchval("select count(*) from agent_desk.account")
    assert (code, f"{name}.url" in said, url in said, "Traceback" in said) == (1, True, False, False)
    assert accounts == 0


def test_a_demonstration_without_a_folder_of_its_own_takes_one_below_the_data_folder(city: Places) -> None:
    claim_purpose(city, demo=False)
    (city.data / "demo").mkdir()
    claim_purpose(places_in(city.data / "demo"), demo=False)

    code, said = hotline("demo", "--once", "--no-browser", "--reset", HOTLINE_DATA=str(city.data))

    assert (code, f"{city.data}/demo holds the data of a city" in said) == (1, True)


def test_what_lies_in_a_folder_without_a_mark_is_not_a_demonstrations(city: Places) -> None:
    (city.recordings / "call.wav").write_bytes(b"RIFF")

    with pytest.raises(OtherPurpose):
        claim(city)

    assert not (city.data / "purpose").exists()


def test_reset_takes_what_demonstrations_made_and_leaves_models_and_what_links_lead_to(tmp_path: Path) -> None:
    demo, elsewhere = places_in(tmp_path / "demo"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.wav").write_bytes(b"RIFF")
    claim(demo)
    (demo.models / "model.bin").write_bytes(b"0")
    (demo.data / "nats").mkdir()
    (demo.data / "linked").symlink_to(elsewhere)
    claim(demo)

    clear(demo)

    assert sorted(path.name for path in demo.data.iterdir()) == ["models", "purpose"]
    assert (demo.models / "model.bin").exists()
    assert (elsewhere / "kept.wav").exists()
    assert not keeps_postgres(demo.data)
