"""A briefing as values: which figures, which topics, which sentences. Numbers come from frozen figures only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analytics.figures import Figure, FigureName
from analytics.hot_issues.surprise import LEVEL_ZH, Level
from analytics.hot_issues.topics import Topic, recent_from
from analytics.topic_queries import TopicQueries
from vocabulary.calls import Origin

TITLE = "“12345”舆情专报"
MOST_TOPICS = 5
SHOWN = (
    FigureName.OFFERED,
    FigureName.CONNECTED,
    FigureName.SL15,
    FigureName.QUEUE_SL15,
    FigureName.ABANDONED,
    FigureName.WAIT_MEAN,
    FigureName.AHT,
    FigureName.ORDERS,
    FigureName.DIRECT,
    FigureName.ON_TIME,
    FigureName.SATISFIED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A number of a briefing: ``text`` is what is printed, ``query`` gives ``value`` again."""

    name: str
    label: str
    value: float | None
    text: str
    unit: str
    query: str
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLine:
    """One hot issue with its frozen numbers."""

    topic: Topic = field(repr=False)
    level_zh: str
    orders: Frozen
    growth: Frozen
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """Everything the page prints."""

    title: str
    city: str
    origin: Origin
    start: datetime
    end: datetime
    issued_at: datetime
    figures: Mapping[str, Frozen]
    hot: Sequence[TopicLine]
    warnings: Sequence[TopicLine]

    @property
    def long(self) -> bool:
        """Whether topics are compared by their last three days."""
        return recent_from(start=self.start, end=self.end) != self.start

    @property
    def all_figures(self) -> dict[str, Frozen]:
        """Every number of the page by name."""
        lines = {frozen.name: frozen for line in self.hot for frozen in (line.orders, line.growth)}
        return {**self.figures, **lines}


def number_text(value: float | None, unit: str, /) -> str:
    """Return a number as it is printed: whole for counts, one or two digits for rates, 暂无 for none."""
    if value is None:
        return "暂无"
    digits = 0 if unit in {"个", "件"} else (2 if unit == "%" else 1)
    return f"{value:.{digits}f}{unit}"


def frozen(figure: Figure, /) -> Frozen:
    """Return a figure as a briefing keeps it."""
    return Frozen(
        name=figure.name.value,
        label=figure.label,
        value=figure.value,
        text=number_text(figure.value, figure.unit),
        unit=figure.unit,
        query=figure.query,
    )


def compose(
    *,
    city: str,
    period: tuple[Origin, datetime, datetime],
    issued_at: datetime,
    figures: Sequence[Figure],
    topics: Sequence[Topic],
    topic_queries: Mapping[str, TopicQueries],
) -> Briefing:
    """Return a briefing over ``period`` = (origin, start, end); ``topic_queries`` give topics' numbers again."""
    origin, start, end = period
    hot = [
        _line(number, topic, topic_queries[topic.topic]) for number, topic in enumerate(topics[:MOST_TOPICS], start=1)
    ]
    return Briefing(
        title=TITLE,
        city=city,
        origin=origin,
        start=start,
        end=end,
        issued_at=issued_at,
        figures={figure.name.value: frozen(figure) for figure in figures},
        hot=hot,
        warnings=[line for line in hot if line.topic.level is not Level.NONE],
    )


def _line(number: int, topic: Topic, queries: TopicQueries) -> TopicLine:
    contacts = tuple(sample.contact for sample in topic.sample)
    return TopicLine(
        topic=topic,
        level_zh=LEVEL_ZH[topic.level],
        orders=Frozen(
            name=f"topic_{number}_orders",
            label=f"{topic.label}：工单",
            value=float(topic.orders),
            text=f"{topic.orders}件",
            unit="件",
            query=queries.orders,
            contacts=contacts,
        ),
        growth=Frozen(
            name=f"topic_{number}_growth",
            label=f"{topic.label}：与平常之比",
            value=topic.growth,
            text=f"{topic.growth:.1f}倍",
            unit="倍",
            query=queries.growth,
            contacts=contacts,
        ),
        advice=_advice(topic),
    )


def _advice(topic: Topic) -> str:
    where = "、".join(topic.places) or "相关区域"
    if topic.level is Level.NONE:
        return f"建议承办单位继续做好{where}的日常答复，留意变化。"
    return f"建议主管单位到{where}现场核实原因，统一答复口径，主动告知处理进度，避免重复来电。"
