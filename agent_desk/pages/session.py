"""Logging in and out, and what a page needs to know before anything else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agent_desk.accounts.rows import SessionView
from agent_desk.accounts.service import Accounts
from agent_desk.live.board import Board
from runtime.web import PUBLIC, SIGNED_IN, NotFound, Request, Route, WithSession, delete, get, post
from vocabulary.calls import SeatTimes
from vocabulary.events.asr import RecogniserStatus
from vocabulary.ids import CategoryCode, UnitCode
from vocabulary.orders import RequestKind
from vocabulary.people import Principal, Role

PEOPLE = SIGNED_IN - {Role.UNIT}
"""Those who have a password."""
NOT_READY_REASONS = {"break": "小休", "meal": "用餐", "training": "培训", "meeting": "会议", "follow-up": "回访"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    """What a person types."""

    login: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockBody:
    """The password of who is logged in."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is logged in, and what this person's role may ask: ``METHOD /path`` of each route; pages follow it."""

    principal: Principal
    may: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChoice:
    """A category as the form offers it."""

    code: CategoryCode
    path: tuple[str, ...]
    kinds: tuple[RequestKind, ...]
    unit: UnitCode
    unit_name: str
    limit_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictChoice:
    """A district with its streets and towns."""

    name: str
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueChoice:
    """A dialogue that a simulated caller can bring."""

    id: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CityInfo:
    """One name and one sign for every page."""

    name: str
    short_name: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A code with the words a person reads."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskChoices:
    """What the city offers on forms; the same for everybody."""

    city: CityInfo
    categories: tuple[CategoryChoice, ...]
    districts: tuple[DistrictChoice, ...]
    dialogues: tuple[DialogueChoice, ...]
    seat_times: Callable[[], SeatTimes]
    """Those of the running city, asked anew for each page."""
    demo: bool = False
    """In a demonstration a rendered voice talks for an agent without microphone; elsewhere nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSetup:
    """What a page loads first."""

    principal: Principal
    city: CityInfo
    categories: Sequence[CategoryChoice]
    districts: Sequence[DistrictChoice]
    dialogues: Sequence[DialogueChoice]
    not_ready_reasons: list[Choice]
    seat_times: SeatTimes
    recogniser: RecogniserStatus | None
    demo: bool


class SessionPages:
    """Handlers of sessions and setup."""

    def __init__(self, *, accounts: Accounts, choices: DeskChoices, board: Board) -> None:
        self._accounts = accounts
        self._choices = choices
        self._board = board

    def routes(self) -> tuple[Route, ...]:
        """Return the rows."""
        path = "/api/session"
        return (
            post(path, self.log_in, PUBLIC, "Log in"),
            get(path, self.who, SIGNED_IN, "Who is logged in, and may ask what"),
            delete(path, self.log_out, SIGNED_IN, "Log out"),
            get(f"{path}/state", self.state, SIGNED_IN, "Until when this session lasts, and when the page locks"),
            post(f"{path}/renew", self.state, SIGNED_IN, "Say that somebody is at the page"),
            post(f"{path}/unlock", self.unlock, PEOPLE, "Open a locked page by the password"),
            get("/api/desk/setup", self.setup, SIGNED_IN, "City, categories, districts, dialogues"),
        )

    async def log_in(self, request: Request[LogIn]) -> WithSession[Principal]:
        """Check login and password and open a session of 12 hours."""
        body = request.body
        who, token = await self._accounts.log_in(login=body.login, password=body.password, source=request.remote)
        return WithSession(body=who, token=token)

    async def state(self, request: Request[None]) -> SessionView:
        """Answer with what a page needs to know of its session; asking counts as use."""
        view = await self._accounts.sessions.view(request.token or "")
        if view is None:
            raise NotFound("登录已失效")
        return view

    async def unlock(self, request: Request[UnlockBody]) -> SessionView:
        """Check the password of this session's person, slowed down as log-in is."""
        return await self._accounts.unlock(
            request.token or "",
            principal=request.principal,
            password=request.body.password,
            source=request.remote,
        )

    async def who(self, request: Request[None]) -> SignedIn:
        """Answer with the person of this session and what its role may ask."""
        return SignedIn(principal=request.principal, may=request.may)

    async def log_out(self, request: Request[None]) -> WithSession[None]:
        """End this session."""
        if request.token is not None:
            await self._accounts.log_out(request.token)
        return WithSession(body=None, token=None)

    async def setup(self, request: Request[None]) -> DeskSetup:
        """Answer with everything a page offers for choice."""
        return DeskSetup(
            principal=request.principal,
            city=self._choices.city,
            categories=self._choices.categories,
            districts=self._choices.districts,
            dialogues=self._choices.dialogues,
            not_ready_reasons=[Choice(code=code, label=label) for code, label in NOT_READY_REASONS.items()],
            seat_times=self._choices.seat_times(),
            recogniser=self._board.recogniser,
            demo=self._choices.demo,
        )
