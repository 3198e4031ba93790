"""Requests that schemathesis makes of the interface document, sent in every role, and what is wrong with the answers."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import aiohttp
import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.served_house import ServedHouse, Values, lists_of, served_house

NOBODY = "nobody"
GENERAL = frozenset({400, 401, 403, 404, 405, 408, 409, 413, 414, 415, 421, 422, 429})
"""Refusals that any operation may answer with; the document calls them ``default``."""
AT_THE_DOOR = frozenset({400, 401, 403, 404, 405, 414, 421})
"""What somebody may be answered whose role an operation does not let in."""
LAST = frozenset(
    {
        "DELETE /api/accounts/{account}/sessions",
        "POST /api/accounts/{account}/end",
        "POST /api/accounts/{account}/password",
        "POST /api/seat/sign-out",
    }
)
"""They take from others what these need to succeed."""
OF_A_PROBLEM = frozenset({"type", "title", "status", "detail", "reason"})
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
WITHIN_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One request and its answer; ``fault`` says what is wrong with it, empty when nothing is."""

    operation: str
    role: str
    status: int
    fault: str
    sent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many requests of an operation each role sends, besides one for each of its parts, and of which seed."""

    each: int
    outsiders: int = 2
    seed: int = 12345

    def of(self, operation: APIOperation[Any, Any, Any, Any], /, *, roles: int) -> int:
        """Return how many requests each of the ``roles`` sends that an operation lets in; a lone one sends for three."""
        return max(self.each + _parts(operation), 3 * self.each // roles)


async def asked(house: ServedHouse, plan: Plan, /) -> list[Answered]:
    """Send requests of every operation in every role and as nobody; return all answers."""
    loop = asyncio.get_running_loop()

    def token(role: str) -> str:
        return asyncio.run_coroutine_threadsafe(house.token(role), loop).result(WITHIN_S)

    def send() -> list[Answered]:
        with requests.Session() as session:
            asker = _Asker(house, plan, session=session, token=token)
            operations = sorted(_operations(house.document), key=lambda one: one.label in LAST)
            return [one for operation in operations for one in asker.ask(operation)]

    return await asyncio.to_thread(send)


async def asked_for(minutes: float, /, *, seed: int) -> list[Answered]:
    """Ask a house of its own again and again, each time of another seed, until the time is over."""
    until, answers = time.monotonic() + minutes * 60, list[Answered]()
    async with served_house() as house:
        while time.monotonic() < until:
            answers += await asked(house, Plan(each=20, seed=seed))
            seed += 1
    return answers


async def still_readable(house: ServedHouse, /) -> dict[str, int]:
    """Return how each GET without parts in its path is answered to a role that may ask it, by path."""
    async with aiohttp.ClientSession(house.url) as client:
        found = {}
        for role, path in lists_of(house.document):
            headers = {"Authorization": f"Bearer {await house.token(role)}"}
            async with client.get(path, headers=headers) as response:
                await response.read()
                found[path] = response.status
        return found


def _operations(document: Mapping[str, Any]) -> list[APIOperation[Any, Any, Any, Any]]:
    quiet = ProjectConfig(generation=GenerationConfig(with_security_parameters=False))
    config = SchemathesisConfig(projects=ProjectsConfig(default=quiet))
    schema = schemathesis.openapi.from_dict(dict(document), config=config)
    return [found.ok() for found in schema.get_all_operations()]


def generated(operation: APIOperation[Any, Any, Any, Any], /, *, wrong: bool, count: int, seed: int) -> list[Case]:
    """Return requests that fit an operation's description, or do not; the same seed gives the same ones."""
    found: list[Case] = []
    mode = GenerationMode.NEGATIVE if wrong else GenerationMode.POSITIVE

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
    )
    @hypothesis.given(operation.as_strategy(mode))
    def collect(case: Case) -> None:
        found.append(case)

    try:
        collect()
    except Unsatisfiable:  # nothing of this operation can be wrong
        return []
    return found


def with_known(case: Case, known: Values, /, *, share: float, random: Random) -> Case:
    """Put what the house knows in place of a share of what was made up; of all, and the request may succeed."""
    if not share:
        return case
    case.path_parameters = _mixed(case.path_parameters, known, share=share, random=random)
    query = case.query if isinstance(case.query, Mapping) else {}
    asked = {one.name: "" for one in case.operation.query if random.random() < 0.5}
    case.query = _mixed({**asked, **query}, known, share=share, random=random)
    if isinstance(case.body, dict):
        names = _properties(case.operation)
        asked = {name: "" for name in sorted(names & known.keys()) if random.random() < share}
        kept = {name: value for name, value in case.body.items() if share < 1 or name in names & known.keys()}
        case.body = _mixed({**asked, **kept}, known, share=share, random=random, text=False)
    return case


def _properties(operation: APIOperation[Any, Any, Any, Any]) -> set[str]:
    body = operation.definition.raw["requestBody"]["content"]["application/json"]["schema"]
    name = body["$ref"].rpartition("/")[2]
    return set(operation.schema.raw_schema["components"]["schemas"][name]["properties"])


def _parts(operation: APIOperation[Any, Any, Any, Any]) -> int:
    return (
        len(operation.query) + len(operation.path_parameters) + (len(_properties(operation)) if operation.body else 0)
    )


def _mixed(values: Any, known: Values, *, share: float, random: Random, text: bool = True) -> dict[str, Any]:
    mixed = dict(values or {})
    for name, value in mixed.items():
        if name in known and (value == "" or random.random() < share):
            one = random.choice(known[name])
            mixed[name] = one if isinstance(one, int) and not text else str(one)
    return mixed


class _Asker:
    """Sends the requests of one operation after the other."""

    def __init__(self, house: ServedHouse, plan: Plan, /, *, session: requests.Session, token: Any) -> None:
        self._house, self._plan, self._session, self._token = house, plan, session, token

    def ask(self, operation: APIOperation[Any, Any, Any, Any], /) -> Iterator[Answered]:
        """Send an operation's requests in each role, one role after the other."""
        let_in = operation.definition.raw.get("x-roles", [NOBODY])  # what is public is asked by nobody most of the time
        random = Random(f"{self._plan.seed} {operation.label}")
        first = [role for role in self._house.people if role in let_in] or [NOBODY]
        wanted = [
            role
            for role in (NOBODY, *self._house.people)
            for _ in range(self._plan.of(operation, roles=len(let_in)) if role in let_in else self._plan.outsiders)
        ]
        cases = self._cases(operation, len(first) + len(wanted), random=random)
        known = self._house.known_to(operation.label)
        for number, (role, case) in enumerate(zip((*first, *wanted), cases, strict=True)):
            share = 1.0 if number < len(first) else random.choice((0.0, 0.5, 0.5, 1.0, 1.0))
            mixed = with_known(case, known, share=share, random=random)
            yield self._answered(mixed, role=role, let_in=role in let_in or NOBODY in let_in)

    def _cases(self, operation: APIOperation[Any, Any, Any, Any], count: int, *, random: Random) -> Sequence[Case]:
        """Return requests, a fifth of them wrong and none of the first three; without parts there is but one."""
        seed = random.randrange(2**32)
        may_be_wrong = operation.query or operation.body  # any text is a part of a path
        wrong = generated(operation, wrong=True, count=max(1, count // 5), seed=seed) if may_be_wrong else []
        right = generated(operation, wrong=False, count=count - len(wrong), seed=seed)
        later = right[3:] + wrong
        random.shuffle(later)
        found = [*right[:3], *later]
        return [*found, *(random.choice(found) for _ in range(count - len(found)))]

    def _answered(self, case: Case, *, role: str, let_in: bool) -> Answered:
        headers = {"X-Requested-With": "hotline"}
        self._session.cookies.clear()  # a log-in that succeeded must not go on in the next request
        if role != NOBODY:
            headers["Authorization"] = f"Bearer {self._token(role)}"
        response = case.call(base_url=self._house.url, session=self._session, headers=headers, timeout=WITHIN_S)
        fault = _fault(case, response, let_in=let_in)
        return Answered(
            operation=case.operation.label, role=role, status=response.status_code, fault=fault,
            sent=case.as_curl_command(headers={"X-Requested-With": "hotline"}) if fault else "",
        )  # fmt: skip


def _fault(case: Case, response: Any, *, let_in: bool) -> str:
    status = response.status_code
    if status >= 500:
        return f"a fault of the server: {response.text[:300]}"
    if not let_in and status not in AT_THE_DOOR:
        return f"somebody is let in who may not: {status}"
    if status >= 400 and status not in GENERAL:
        return f"a refusal of an unknown kind: {status}"
    try:
        case.validate_response(response, checks=CHECKS)
    except (FailureGroup, Failure) as failure:
        return f"not as documented: {str(failure)[:600]}"
    return _not_a_problem(response) if status >= 400 else ""


def _not_a_problem(response: Any) -> str:
    body = response.json()
    if not body.keys() >= OF_A_PROBLEM or body["status"] != response.status_code:
        return f"no problem details: {response.text[:300]}"
    return "" if body["reason"] and body["detail"] else "a problem without reason or sentence"
