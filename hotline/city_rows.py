"""What the files of a city folder hold, as types: whoever changes a file is told the row and field that do not fit."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from runtime.codec import Meta
from telephony import settings as telephony
from work_orders import LimitUnit

Code = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=256)]
Text = Annotated[str, Meta(max_length=2000)]
Number = Annotated[str, Meta(pattern="^[0-9]{2,20}$")]
KindZh = Literal["咨询", "投诉", "求助", "举报", "建议"]
"""The labels of ``vocabulary.orders.KIND_ZH``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """units.json: a member unit."""

    code: Code
    name: Name
    level: Annotated[int, Meta(ge=1, le=9)]
    parent: Code | None
    leader: Name
    office: Name
    handler: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """How long an answer may take."""

    amount: Annotated[int, Meta(ge=1, le=10_000)]
    unit: LimitUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRow:
    """categories.json: a leaf of the tree."""

    code: Code
    path: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=5)]
    kinds: Annotated[tuple[KindZh, ...], Meta(min_length=1)]
    unit: Code
    limit: LimitRow
    urgent: bool
    keywords: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """lines.json: a number that people dial."""

    number: Number
    name: Name
    queue: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRow:
    """Where a key or silence leads: to a person of this queue."""

    queue: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuRow:
    """menu.json; ``greeting`` and ``question`` are names of prompts, without ``silence`` the line's queue stays."""

    greeting: Code
    question: Code
    open_question_seconds: Annotated[float, Meta(ge=0, le=60)]
    keys: dict[Annotated[str, Meta(pattern="^[0-9*#]$")], ChoiceRow]
    silence: ChoiceRow | None = None


_PROMPTS = telephony.Prompts()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptsRow:
    """Names of what callers are told; what is not named is told as in code."""

    hold_notice: Code = _PROMPTS.hold_notice
    apology: Code = _PROMPTS.apology
    music: Code = _PROMPTS.music
    intro_before: tuple[Code, ...] = _PROMPTS.intro_before
    intro_digit: Code = _PROMPTS.intro_digit
    intro_after: tuple[Code, ...] = _PROMPTS.intro_after


@dataclass(frozen=True, slots=True, kw_only=True)
class TelephonyRow:
    """telephony.json; ``limits`` are those of ``telephony.settings.Limits``, what is not named is as there.

    ``hotline.city_telephony`` judges each limit, since only there its name can be said.
    """

    limits: dict[str, Any] = field(default_factory=dict)
    prompts: PromptsRow = PromptsRow()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetRow:
    """A street or town, and the unit that answers for it."""

    name: Name
    unit: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityRow:
    """A community of a street."""

    name: Name
    street: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictRow:
    """A district with all that it has."""

    name: Name
    unit: Code
    streets: tuple[StreetRow, ...]
    communities: tuple[CommunityRow, ...]
    roads: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesRow:
    """places.json."""

    city: Name
    districts: Annotated[tuple[DistrictRow, ...], Meta(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """calendar.json."""

    holidays: tuple[date, ...]
    extra_workdays: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A queue of city.toml; without ``overflow`` seats of every other queue help after ``overflow_after_s``."""

    name: Code
    title: Name
    overflow: tuple[Code, ...] | None = None
    overflow_after_s: Annotated[float, Meta(ge=0, le=86_400)] = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadRow:
    """city.toml; what is spoken is read by ``hotline.voices``."""

    name: Name
    short_name: Name
    zone: Code
    main_line: Number
    queues: Annotated[tuple[QueueRow, ...], Meta(min_length=1)]
    prompts: dict[Code, Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerRow:
    """Who calls in a dialogue."""

    phone: Annotated[str, Meta(pattern="^[0-9]{0,20}$")]
    name: Annotated[str, Meta(max_length=64)]
    anonymous: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRow:
    """One thing said, and its sound under voices/."""

    party: Literal["AGENT", "CALLER"]
    text: Text
    wav: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueRow:
    """dialogues/NAME.json: a made-up call."""

    id: Code
    title: Name
    kind: KindZh | None
    line: Number
    caller: CallerRow
    turns: tuple[TurnRow, ...]
