"""What stands in an address becomes a value of the type that the handler says, or a sentence that names it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest

from runtime.codec import Meta
from runtime.web import PUBLIC, BadDeclaration, NotFound, PathPart, Request, WithSession, get
from runtime.web.parameters import part_of, query_of, reader_of
from runtime.web.routes import BadQuery, TypeForm
from runtime.web.signatures import signature_of
from vocabulary.ids import AccountId, WorkOrderNo

SAID = Meta(description="Said")
ID = "01890a5d-ac96-774b-bcce-b302099a8057"


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    limit: Annotated[int, Meta(ge=1, le=500, description="How many")] = 100
    colour: Annotated[Colour, SAID] | None = None
    since: Annotated[datetime, SAID] | None = None
    account: Annotated[AccountId, SAID] | None = None
    order: Annotated[WorkOrderNo, SAID] | None = None
    way: Annotated[Literal["up", "down"], SAID] = "up"
    whole: Annotated[bool, SAID] = False
    what: Annotated[str, Meta(min_length=2, max_length=5, description="Words")] = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    name: Annotated[str, SAID]


QUERY = query_of(Asked)


def test_without_parameters_the_defaults_of_the_class_hold() -> None:
    assert QUERY.value([]) == Asked()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("limit", "500", 500),
        ("colour", "blue", Colour.BLUE),
        ("since", "2026-11-25T08:00:00+08:00", datetime(2026, 11, 25, tzinfo=UTC)),
        ("account", ID, UUID(ID)),
        ("order", "7", "7"),
        ("way", "down", "down"),
        ("whole", "true", True),
        ("what", "停水", "停水"),
    ],
)
def test_each_kind_of_parameter_is_read_from_its_text(name: str, text: str, value: object) -> None:
    assert getattr(QUERY.value([(name, text)]), name) == value


def test_an_instant_is_kept_in_utc_whatever_its_zone() -> None:
    asked = QUERY.value([("since", "2026-11-25T08:00:00+08:00")])

    assert isinstance(asked, Asked)
    assert asked.since is not None
    assert asked.since.tzinfo is UTC


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("limit", "0", "应在 1 与 500 之间"),
        ("limit", "501", "应在 1 与 500 之间"),
        ("limit", "x", "应为整数"),
        ("limit", "", "应为整数"),
        ("limit", "٣", "应为整数"),
        ("limit", "9" * 30, "应为整数"),
        ("limit", "1.0", "应为整数"),
        ("colour", "green", "应为 red、blue 之一"),
        ("colour", "RED", "应为 red、blue 之一"),
        ("way", "left", "应为 up、down 之一"),
        ("whole", "1", "应为 true、false 之一"),
        ("account", "x", "应为 UUID"),
        ("account", "{" + ID + "}", "应为 UUID"),
        ("what", "字", "至少 2 个字"),
        ("what", "六个字的话啊", "最多 5 个字"),
        ("since", "now", "应为带时区的"),
        ("since", "", "应为带时区的"),
        ("since", "2026-11-25T08:00:00", "应为带时区的"),
        ("since", "0001-01-01T00:00:00+14:00", "应为带时区的"),
        ("since", "9999-12-31T23:59:59-14:00", "应为带时区的"),
        ("since", "2026-13-01T00:00:00Z", "应为带时区的"),
        ("limt", "5", "没有这个参数，可用的有：limit、colour、"),
    ],
)
def test_a_parameter_that_is_none_is_refused_by_its_name_and_what_it_should_be(
    name: str, text: str, words: str
) -> None:
    with pytest.raises(BadQuery) as refusal:
        QUERY.value([(name, text)])

    assert refusal.value.text.startswith(f"参数 {name} {words}")
    assert refusal.value.fields.keys() == {name}


def test_a_parameter_is_sent_once_and_one_without_default_is_sent() -> None:
    with pytest.raises(BadQuery, match="参数 limit 只能给一次"):
        QUERY.value([("limit", "1"), ("limit", "2")])
    with pytest.raises(BadQuery, match="参数 name 缺少这个参数"):
        query_of(Needed).value([])
    assert query_of(Needed).value([("name", "")]) == Needed(name="")


def test_a_path_part_that_cannot_be_one_is_not_found_in_the_words_of_its_type() -> None:
    part = part_of("colour", Annotated[Colour, PathPart(missing="没有“{text}”这种颜色")])

    assert part.value("red") is Colour.RED
    with pytest.raises(NotFound, match="没有“green”这种颜色"):
        part.value("green")


def form(**kinds: Any) -> type:
    """Return a query with these fields, each with a default."""
    return dataclass(frozen=True)(type("Form", (), {"__annotations__": kinds, **dict.fromkeys(kinds)}))


@dataclass(frozen=True)
class ListDefault:
    names: Annotated[str, SAID] = field(default_factory=str)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (form(n=Annotated[int, SAID]), "both bounds"),
        (form(n=Annotated[int, Meta(ge=1, description="From one")]), "both bounds"),
        (form(n=str), "has no description"),
        (form(n=Annotated[list[str], SAID]), "cannot be read from an address"),
        (form(n=Annotated[float, SAID]), "cannot be read from an address"),
        (form(n=Annotated[str, SAID] | int | None), "no one type"),
        (ListDefault, "is no value"),
        (dict, "a query is a dataclass"),
    ],
)
def test_a_query_that_cannot_be_read_from_an_address_is_refused_when_it_is_declared(query: Any, words: str) -> None:
    with pytest.raises(BadDeclaration, match=words):
        query_of(query)


Name = Annotated[str, PathPart(missing="没有")]


async def fits(request: Request[None], *, name: Name, query: Asked) -> list[str]:
    raise NotImplementedError


async def bare_request(request: Request, *, name: Name) -> None:  # type: ignore[type-arg] # the fault
    raise NotImplementedError


async def any_reply(request: Request[None], *, name: Name) -> Any:
    raise NotImplementedError


async def no_reply(request: Request[None], *, name: Name):  # type: ignore[no-untyped-def]
    raise NotImplementedError


async def nameless_part(request: Request[None]) -> None:
    raise NotImplementedError


async def part_too_many(request: Request[None], *, name: Name, other: Name) -> None:
    raise NotImplementedError


async def untold_part(request: Request[None], *, name: str) -> None:
    raise NotImplementedError


async def session_of_what(request: Request[None], *, name: Name) -> WithSession:  # type: ignore[type-arg] # the fault
    raise NotImplementedError


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (bare_request, "first parameter is a Request"),
        (any_reply, "says nothing about the JSON"),
        (no_reply, "no annotation: return"),
        (nameless_part, r"the path has \['name'\]"),
        (part_too_many, "the handler takes"),
        (untold_part, "has no PathPart"),
        (session_of_what, r"WithSession\[body\]"),
    ],
)
def test_a_handler_that_does_not_describe_its_route_is_refused_with_the_route_and_what_is_wrong(
    handler: Any, words: str
) -> None:
    with pytest.raises(BadDeclaration, match=f"GET /api/who/.name.: .*{words}"):
        get("/api/who/{name}", handler, PUBLIC, "Who")


def test_types_of_a_route_are_those_of_its_handler() -> None:
    async def enters(request: Request[Needed]) -> WithSession[Asked]:
        raise NotImplementedError

    told, entering = signature_of(fits, path="/api/who/{name}"), signature_of(enters, path="/api/in")

    assert (told.body, told.reply, [part.name for part in told.parts]) == (None, list[str], ["name"])
    assert told.query.form is Asked
    assert (entering.body, entering.reply, entering.query.form) == (Needed, Asked, None)
    assert told.arguments(path={"name": "王"}, query=[("limit", "3")]) == {"name": "王", "query": Asked(limit=3)}


def test_a_number_that_is_an_enumeration_is_read_by_its_value() -> None:
    kind: TypeForm = Level

    assert reader_of(kind)("1") is Level.LOW
