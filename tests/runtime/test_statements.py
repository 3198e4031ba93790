"""Statements with named values, and rows as values."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.postgres import Database, RowMismatch, row_as
from runtime.postgres.statements import alteration, bound, insertion

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    text: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    number: int
    identity: UUID
    colour: Colour
    made_at: datetime | None
    words: frozenset[str]
    parts: tuple[Part, ...] = ()


SHAPE = (
    "create table thing (number int primary key, identity uuid not null, colour text not null, made_at timestamptz,"
    " words text[] not null, parts jsonb not null)"
)
IDENTITY, MADE_AT = UUID(int=7), datetime(2026, 11, 28, tzinfo=UTC)
ROW = {
    "number": 1,
    "identity": IDENTITY,
    "colour": Colour.RED.value,
    "made_at": MADE_AT,
    "words": ["a", "b"],
    "parts": [{"text": "x", "at": 3}],
}


@pytest.fixture
async def things(database: Database, owned: Database) -> Database:
    async with owned.transaction() as tx:
        await tx.execute(SHAPE)
        await tx.execute("grant select, insert, update on thing to hotline_app")
    return database


@given(columns=st.lists(NAMES, min_size=1, max_size=30, unique=True))
def test_an_insertion_has_each_column_and_its_place_once_in_the_same_order(columns: list[str]) -> None:
    sql = insertion("room.thing", tuple(columns))

    names, places = sql.removeprefix("insert into room.thing (").removesuffix(")").split(") values (")
    assert names.split(", ") == columns
    assert places.split(", ") == [f"${place}" for place in range(1, len(columns) + 1)]


@given(columns=st.lists(NAMES, min_size=1, max_size=10), where=st.lists(NAMES, min_size=1, max_size=5))
def test_an_alteration_numbers_its_columns_first_and_its_condition_after_them(
    columns: list[str], where: list[str]
) -> None:
    changes, condition = alteration("thing", tuple(columns), tuple(where)).split(" where ")

    expected = [f"{name} = ${place}" for place, name in enumerate(columns + where, 1)]
    assert changes.removeprefix("update thing set ").split(", ") + condition.split(" and ") == expected


@given(name=st.text().filter(lambda text: not text.isascii() or not text.replace("_", "a").isalnum()))
def test_a_name_that_is_no_plain_word_is_never_put_into_a_statement(name: str) -> None:
    for made in (
        lambda: insertion(name.replace(".", "-"), ("a",)),
        lambda: insertion("thing", (name,)),
        lambda: alteration("thing", (name,), ("a",)),
        lambda: alteration("thing", ("a",), (name,)),
    ):
        with pytest.raises(ValueError, match="is no name of a table or column"):
            made()


@pytest.mark.parametrize("name", ["a b", "a;drop", 'a"', "A", "a.b.c", "1a", "a\n", ""])
def test_a_table_is_named_by_one_or_two_plain_words(name: str) -> None:
    with pytest.raises(ValueError, match="is no name"):
        insertion(name, ("a",))


def test_an_update_without_a_condition_or_without_columns_is_refused() -> None:
    for columns, where in (((), ("a",)), (("a",), ())):
        with pytest.raises(ValueError, match="without"):
            alteration("thing", columns, where)


@given(values=st.dictionaries(NAMES, st.integers(), min_size=1, max_size=12), data=st.data())
def test_named_places_become_numbers_and_their_values_come_in_that_order(values: dict[str, int], data) -> None:
    said = data.draw(st.permutations([*values, *values]))
    text, given_values = bound(" and ".join(f"x = :{name}::bigint" for name in said), values)

    numbers = [int(part.removeprefix("x = $").removesuffix("::bigint")) for part in text.split(" and ")]
    assert [given_values[number - 1] for number in numbers] == [values[name] for name in said]
    assert len(given_values) == len(values)


def test_quoted_text_and_casts_are_no_named_places() -> None:
    assert bound("select 'a :b it''s :c' || :d::text, now()::date", {"d": 1}) == (
        "select 'a :b it''s :c' || $1::text, now()::date",
        [1],
    )


@pytest.mark.parametrize("values", [{}, {"a": 1, "b": 2}, {"b": 1}])
def test_a_value_too_few_or_too_many_is_refused_by_name(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"names \['a'\]"):
        bound("select :a", values)


async def test_a_row_goes_in_by_column_and_comes_back_as_a_value(things: Database) -> None:
    async with things.transaction() as tx:
        number = await tx.insert_into("thing", ROW, returning="number")
        assert await tx.insert_into("thing", ROW, on_conflict="do nothing", returning="number") is None
    async with things.reading() as reading:
        found = await reading.fetch_as(Thing, "select * from thing where number = :number", number=number)
        one = await reading.fetchrow_as(Thing, "select * from thing where number = $1", number)
        none = await reading.fetchrow_as(Thing, "select * from thing where number = $1", 99)

    part = Part(text="x", at=3)
    assert (
        found
        == [one]
        == [
            Thing(
                number=1,
                identity=IDENTITY,
                colour=Colour.RED,
                made_at=MADE_AT,
                words=frozenset({"a", "b"}),
                parts=(part,),
            )
        ]
    )
    assert none is None


async def test_many_rows_go_in_whole_or_not_at_all_whatever_the_order_of_their_columns(things: Database) -> None:
    async with things.transaction() as tx:
        await tx.insert_many("thing", [])
        await tx.insert_many("thing", [ROW, dict(reversed((ROW | {"number": 2}).items()))])
        with pytest.raises(ValueError, match="different columns"):
            await tx.insert_many("thing", [ROW | {"number": 3}, {"number": 4}])
    with pytest.raises(asyncpg.NotNullViolationError):
        async with things.transaction() as tx:
            await tx.insert_many("thing", [ROW | {"number": 5}, ROW | {"number": 6, "identity": None}])

    async with things.reading() as reading:
        assert [row["number"] for row in await reading.fetch("select number from thing order by number")] == [1, 2]


async def test_an_update_changes_the_rows_of_its_condition_alone_and_counts_them(things: Database) -> None:
    async with things.transaction() as tx:
        await tx.insert_many("thing", [ROW | {"number": number} for number in (1, 2, 3)])
        changed = await tx.update("thing", {"made_at": None}, where={"number": 2, "colour": "red"})
        missed = await tx.update("thing", {"made_at": None}, where={"number": 3, "colour": "blue"})

    async with things.reading() as reading:
        assert (changed, missed) == (1, 0)
        assert await reading.fetchval("select array_agg(number) from thing where made_at is null") == [2]


async def test_arguments_are_given_by_place_or_by_name_never_both(things: Database) -> None:
    async with things.reading() as reading:
        with pytest.raises(ValueError, match="not both"):
            await reading.fetchval("select $1::int + :b::int", 1, b=2)


class NumberTwice:
    """A row of a query that gives a column twice."""

    def keys(self) -> list[str]:
        return [*ROW, "number"]

    def __getitem__(self, key: str, /) -> object:
        return ROW[key]


@pytest.mark.parametrize("gone", list(ROW))
def test_a_row_without_one_of_the_columns_is_refused_by_its_name_even_where_the_field_has_a_default(gone: str) -> None:
    with pytest.raises(RowMismatch, match=rf"missing \['{gone}'\]"):
        row_as(Thing, {name: value for name, value in ROW.items() if name != gone})


@given(name=NAMES.filter(lambda name: name not in ROW))
def test_a_column_that_is_no_field_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(RowMismatch, match=rf"unknown \['{name}'\]"):
        row_as(Thing, ROW | {name: 1})


def test_a_column_that_a_query_gives_twice_is_refused() -> None:
    with pytest.raises(RowMismatch, match=r"double \['number'\]"):
        row_as(Thing, NumberTwice())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "13812345678"),
        ("number", None),
        ("number", 1.5),
        ("identity", 5),
        ("colour", "13812345678"),
        ("colour", "it's ' - at 13812345678"),
        ("made_at", 13812345678),
        ("words", "13812345678"),
        ("words", [13812345678]),
        ("parts", [{"text": 13812345678, "at": 3}]),
        ("parts", [{"at": 3}]),
    ],
)
def test_a_value_of_another_type_is_refused_by_its_column_and_the_refusal_does_not_hold_it(name: str, value) -> None:
    with pytest.raises(RowMismatch, match=rf"\$\.{name}") as refused:
        row_as(Thing, ROW | {name: value})

    assert "13812345678" not in str(refused.value)
