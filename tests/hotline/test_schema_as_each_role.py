"""What the interface document says, asked of a whole house in every role: requests by schemathesis, of a fixed seed."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from runtime import metrics
from tests.fuzz.asked_house import Answered, Plan, asked, still_readable
from tests.fuzz.served_house import ServedHouse, lists_of, served_house

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

PLAN = Plan(each=3, outsiders=1)
NEVER_DONE = {
    "POST /api/city/versions": "the files say what already runs",
    "POST /api/seat/answer": "no call is offered at that instant",
    "POST /api/seat/decline": "no call is offered at that instant",
    "POST /api/seat/hold": "no call is in progress",
    "POST /api/seat/resume": "no call is on hold",
    "POST /api/seat/line": "a line needs the offer of a browser",
}
"""Operations of which no request succeeds here, and why."""
TURNED_AWAY = frozenset({400, 401, 403, 404, 415, 422, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """All answers, and how the lists were answered afterwards."""

    answers: list[Answered]
    after: dict[str, int]
    document: Mapping[str, Any]
    metrics: list[Metric]


async def _toured() -> Tour:
    async with served_house() as house:
        answers = await asked(house, PLAN)
        after = await still_readable(house)
        return Tour(answers=answers, after=after, document=house.document, metrics=await measured(house))


async def measured(house: ServedHouse) -> list[Metric]:
    """Return the metrics of the house, a few seconds after the last request, when all processes have written."""
    await asyncio.sleep(metrics.EVERY_S + 1)
    async with aiohttp.ClientSession() as client, client.get(house.metrics) as response:
        return list(text_string_to_metric_families(await response.text()))


@pytest.fixture(scope="module")
def tour() -> Tour:
    return asyncio.run(_toured())


def operations(tour: Tour) -> set[str]:
    return {f"{method.upper()} {path}" for path, one in tour.document["paths"].items() for method in one}


def test_no_request_in_any_role_ends_in_a_fault_or_otherwise_than_documented(tour: Tour) -> None:
    assert [(one.role, one.sent, one.fault) for one in tour.answers if one.fault] == []


def test_every_operation_is_asked_by_nobody_and_in_every_role(tour: Tour) -> None:
    asked_by = defaultdict(set)
    for one in tour.answers:
        asked_by[one.operation].add(one.role)

    assert set(asked_by) == operations(tour)
    assert {frozenset(roles) for roles in asked_by.values()} == {
        frozenset({"nobody", "admin", "agent", "analyst", "unit"})
    }


def test_a_request_of_every_operation_is_done_but_of_those_named_here(tour: Tour) -> None:
    done = {one.operation for one in tour.answers if one.status < 300}

    assert operations(tour) - done == set(NEVER_DONE)


def test_what_is_never_done_here_is_refused_by_its_handler_not_at_the_door(tour: Tour) -> None:
    reached = {one.operation for one in tour.answers if one.status not in TURNED_AWAY}

    assert set(NEVER_DONE) <= reached


def test_after_all_requests_every_list_can_still_be_read(tour: Tour) -> None:
    assert len(tour.after) == len(lists_of(tour.document)) >= 15
    assert {path: status for path, status in tour.after.items() if status != 200} == {}


def test_the_processes_of_the_house_measure_themselves(tour: Tour) -> None:
    by_process: dict[str, set[str]] = defaultdict(set)
    for family in tour.metrics:
        for one in family.samples:
            by_process[one.labels["process"]].add(family.name)

    assert by_process["desk"] >= {"hotline_http_requests", "hotline_http_request_seconds", "hotline_log_behind"}
    assert by_process["switch"] >= {"hotline_calls", "hotline_facts_waiting", "process_resident_memory_bytes"}
    assert by_process["media"] >= {"hotline_tick_late_seconds", "hotline_legs"}
    assert by_process["supervisor"] >= {"hotline_child_restarts", "hotline_children_away"}


def test_no_metric_of_the_house_names_a_person_or_has_labels_without_end(tour: Tour) -> None:
    routes = set(tour.document["paths"]) | {"", "/api/desk/live", "/api/openapi.json"}
    values = {(name, value) for family in tour.metrics for one in family.samples for name, value in one.labels.items()}
    asked = {value for name, value in values if name == "route" and value.startswith("/api/")}

    assert asked <= routes
    assert {name for name, _ in values} <= {
        "process", "route", "method", "status", "le", "consumer", "child", "reason", "implementation",
    }  # fmt: skip
    assert [value for _, value in values if "1990000" in value or "王小明" in value] == []
