"""The knowledge base on the web: an agent's own search, and entries."""

from typing import Any, Protocol

from knowledge.entries import Entry, PublishedEntry
from runtime.web import NotFound, Request, Route
from vocabulary.ids import EntryCode
from vocabulary.people import Role
from vocabulary.suggestions import Suggestions

READERS = frozenset({Role.AGENT, Role.ANALYST, Role.ADMIN})
QUERY_LIMIT = 200
"""Characters of a search that are looked at."""


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

    async def search(request: Request[Any]) -> Suggestions:
        return await service.search(request.query.get("q", "")[:QUERY_LIMIT])

    async def entry(request: Request[Any]) -> Entry:
        version = request.whole("version", default=0, most=2**31 - 1)
        code = EntryCode(request.path["code"])
        if not code.isalnum():
            raise NotFound(f"知识库中没有条目{code[:20]}")
        return (await service.entry(code, version=version or None)).entry

    return (
        Route(
            method="GET",
            path="/api/knowledge/search",
            handler=search,
            roles=READERS,
            summary="检索知识库，最多三条，附匹配理由",
            reply=Suggestions,
            query={"q": "要查的话，按字、词、读音匹配"},
        ),
        Route(
            method="GET",
            path="/api/knowledge/entries/{code}",
            handler=entry,
            roles=READERS,
            summary="一条知识的全文",
            reply=Entry,
            query={"version": "版本号；不填为现行版本"},
        ),
    )
