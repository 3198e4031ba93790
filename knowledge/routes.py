"""The knowledge base on the web: an agent's own search, and entries."""

from dataclasses import dataclass
from typing import Annotated, Protocol

from knowledge.entries import Entry, PublishedEntry
from runtime.codec import Meta
from runtime.web import PathPart, Request, Route, get
from vocabulary.ids import EntryCode, entry_code
from vocabulary.people import Role
from vocabulary.suggestions import Suggestions

READERS = frozenset({Role.AGENT, Role.ANALYST, Role.ADMIN})
QUERY_LIMIT = 200
"""Characters of a search that are looked at."""
OfCode = Annotated[EntryCode, PathPart(missing="知识库中没有条目{text}", read=entry_code)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What is searched for."""

    q: Annotated[str, Meta(description="要查的话，按字、词、读音匹配")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionQuery:
    """Which version of an entry."""

    version: Annotated[int, Meta(ge=1, le=2**31 - 1, description="版本号；不填为现行版本")] | None = None


class Readable(Protocol):
    """What the pages read."""

    async def search(self, q: str, /) -> Suggestions:
        """Return at most three entries for typed words."""
        ...

    async def entry(self, code: EntryCode, /, *, version: int | None = None) -> PublishedEntry:
        """Return an entry; NotFound when there is none."""
        ...


def knowledge_routes(service: Readable, /) -> tuple[Route, ...]:
    """Return the rows for /api/knowledge/*."""

    async def search(request: Request[None], *, query: SearchQuery) -> Suggestions:
        del request
        return await service.search(query.q[:QUERY_LIMIT])

    async def entry(request: Request[None], *, code: OfCode, query: VersionQuery) -> Entry:
        del request
        return (await service.entry(code, version=query.version)).entry

    return (
        get("/api/knowledge/search", search, READERS, "检索知识库，最多三条，附匹配理由"),
        get("/api/knowledge/entries/{code}", entry, READERS, "一条知识的全文"),
    )
