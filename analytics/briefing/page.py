"""The briefing's page: a template over frozen values, nothing computed."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2

from analytics.briefing.compose import Briefing, TopicLine

_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
)


def page(briefing: Briefing, /, *, identity: str, position: int, zone: ZoneInfo) -> str:
    """Return the HTML of a briefing with instants in the city's zone."""
    local = replace(
        briefing,
        start=briefing.start.astimezone(zone),
        end=briefing.end.astimezone(zone),
        issued_at=briefing.issued_at.astimezone(zone),
        hot=[_local(line, zone) for line in briefing.hot],
        warnings=[_local(line, zone) for line in briefing.warnings],
    )
    template = _environment.get_template("page.html.j2")
    return template.render(b=local, f=local.figures, id=identity, position=position)


def _local(line: TopicLine, zone: ZoneInfo) -> TopicLine:
    topic = line.topic
    return replace(
        line,
        topic=replace(topic, first_at=topic.first_at.astimezone(zone), last_at=topic.last_at.astimezone(zone)),
    )
