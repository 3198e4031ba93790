"""The engine of a deployment: Elasticsearch 8.19. Engine: elasticsearch-py (its major must be the server's).

The tokens are ours, fields have the built-in ``whitespace`` analyzer, so no plugin is needed and scores are those of
the embedded engine. Words and pinyin find, the rest re-scores the best 200 (core ``rescore``): a third of the time of
one wide query, same first hit (measured at 100,000 entries).
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from elasticsearch import ApiError, AsyncElasticsearch, NotFoundError, SerializationError, TransportError
from elasticsearch.helpers import BulkIndexError, async_bulk

from knowledge.analysis.tokens import Channel, TokenQuery
from knowledge.engine.protocol import (
    BODY,
    HEAD,
    Document,
    EngineAway,
    EngineState,
    Hit,
    day_number,
    field_name,
    field_terms,
    ordered,
)
from runtime.ids import new_id
from vocabulary.ids import EntryCode

FIRST_STAGE = frozenset({Channel.WORDS, Channel.PINYIN})
WINDOW = 200
_BULK_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticsearchAddress:
    """Where the server is; ``alias`` names the index, a new name keeps two houses apart on one server."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    alias: str = "hotline-knowledge"
    timeout: timedelta = timedelta(milliseconds=300)


@asynccontextmanager
async def _in_our_words() -> AsyncIterator[None]:
    try:
        yield
    except (ApiError, TransportError, SerializationError, BulkIndexError) as error:
        raise EngineAway(f"Elasticsearch did not answer as needed: {type(error).__name__}: {error!s:.200}") from error


def _mappings(analysis: str) -> dict[str, Any]:
    tokens = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
    day = {"type": "integer"}
    properties: dict[str, Any] = {field_name(channel, part): tokens for channel in Channel for part in (HEAD, BODY)}
    properties |= {"code": {"type": "keyword"}, "version": {"type": "integer"}, "first_day": day, "last_day": day}
    kept = ["code", "version", "first_day", "last_day"]
    return {
        "dynamic": "strict",
        "_meta": {"analysis": analysis},
        "_source": {"includes": kept},
        "properties": properties,
    }


def _source(document: Document) -> dict[str, Any]:
    fields = {name: " ".join(tokens) for name, tokens in document.fields()}
    days = {"first_day": document.first_day, "last_day": document.last_day}
    return {"code": document.code, "version": document.version, **days, **fields}


def _clauses(query: TokenQuery, stage: Callable[[Channel], bool]) -> list[dict[str, Any]]:
    """One ``match`` for each field and token weight."""
    part = TokenQuery(terms={channel: terms for channel, terms in query.terms.items() if stage(channel)})
    clauses = []
    for name, weight, terms in field_terms(part):
        groups: dict[float, list[str]] = {}
        for token, of_token in terms.items():
            groups.setdefault(of_token, []).append(token)
        for of_token, tokens in groups.items():
            clauses.append({"match": {name: {"query": " ".join(tokens), "boost": weight * of_token}}})
    return clauses


def _body(query: TokenQuery, day: int, *, limit: int, stages: int) -> dict[str, Any]:
    first = _clauses(query, lambda channel: stages == 1 or channel in FIRST_STAGE)
    rest = _clauses(query, lambda channel: stages == 2 and channel not in FIRST_STAGE)
    in_force = [{"range": {"first_day": {"lte": day}}}, {"range": {"last_day": {"gte": day}}}]
    body: dict[str, Any] = {
        "query": {"bool": {"should": first, "minimum_should_match": 1, "filter": in_force}},
        "size": limit,
        "track_total_hits": False,
    }
    if rest:
        rescore = {"rescore_query": {"bool": {"should": rest}}, "score_mode": "total"}
        body["rescore"] = {"window_size": max(WINDOW, limit), "query": rescore}
    return body


class ElasticsearchEngine:
    """The engine behind an alias; an index of its own for each rebuild, changed over in one request."""

    def __init__(self, address: ElasticsearchAddress, /) -> None:
        """Connect at first use."""
        self._alias = address.alias
        self._timeout_s = address.timeout.total_seconds()
        login = (address.user, address.password) if address.user else None
        self._client = AsyncElasticsearch(
            address.url, basic_auth=login, request_timeout=self._timeout_s, max_retries=0, retry_on_timeout=False
        )
        self._patient = self._client.options(request_timeout=_BULK_TIMEOUT_S)

    async def state(self) -> EngineState:
        """Return what is indexed, read in pages of 5,000."""
        async with _in_our_words():
            try:
                mapping = await self._patient.indices.get_mapping(index=self._alias)
            except NotFoundError:
                return EngineState(analysis="", entries={})
            analysis = next(iter(mapping.values()))["mappings"].get("_meta", {}).get("analysis", "")
            entries: dict[EntryCode, int] = {}
            after: list[Any] | None = None
            while True:
                page = await self._patient.search(index=self._alias, size=5000, sort=["code"], search_after=after)
                hits = page["hits"]["hits"]
                entries |= {EntryCode(hit["_source"]["code"]): hit["_source"]["version"] for hit in hits}
                if len(hits) < 5000:
                    return EngineState(analysis=analysis, entries=entries)
                after = hits[-1]["sort"]

    async def rebuild(self, documents: Iterable[Document], /, *, analysis: str) -> None:
        """Fill a new index, move the alias, delete the old ones."""
        name = f"{self._alias}-{new_id().hex}"
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
        async with _in_our_words():
            await self._patient.indices.create(index=name, mappings=_mappings(analysis), settings=settings)
            actions = ({"_index": name, "_id": one.code, "_source": _source(one)} for one in documents)
            await async_bulk(self._patient, actions)
            await self._patient.indices.refresh(index=name)
            old = await self._indices_behind_alias()
            moves: list[Mapping[str, Any]] = [{"add": {"index": name, "alias": self._alias}}]
            moves += [{"remove_index": {"index": index}} for index in old]
            await self._patient.indices.update_aliases(actions=moves)

    async def _indices_behind_alias(self) -> list[str]:
        try:
            return list(await self._patient.indices.get_alias(name=self._alias))
        except NotFoundError:
            return []

    async def apply(self, *, upserts: Sequence[Document], deletes: Sequence[EntryCode]) -> None:
        """Change single entries and wait until searches see it."""
        actions: list[dict[str, Any]] = [{"_op_type": "delete", "_index": self._alias, "_id": code} for code in deletes]
        actions += [{"_index": self._alias, "_id": one.code, "_source": _source(one)} for one in upserts]
        async with _in_our_words():
            _, failed = await async_bulk(self._patient, actions, raise_on_error=False, refresh=True)
        errors = failed if isinstance(failed, list) else []
        wrong = [one for one in errors if one.get("delete", {}).get("status") != 404]
        if wrong:
            raise EngineAway(f"Elasticsearch refused {len(wrong)} changes, the first: {wrong[0]!s:.200}")

    async def search(self, query: TokenQuery, /, *, on: date, limit: int) -> tuple[Hit, ...]:
        """Return the best entries in force on ``on`` within the time of the address.

        When neither a word nor a pair of syllables is found, single characters are asked alone.
        """
        if query.empty:
            return ()
        hits = await self._search(_body(query, day_number(on), limit=limit, stages=2))
        return hits or await self._search(_body(query, day_number(on), limit=limit, stages=1))

    async def _search(self, body: dict[str, Any]) -> tuple[Hit, ...]:
        if not body["query"]["bool"]["should"]:
            return ()
        async with _in_our_words():
            answer = await self._client.search(index=self._alias, timeout=f"{int(self._timeout_s * 1000)}ms", **body)
        if answer["timed_out"]:
            raise EngineAway("Elasticsearch ran out of time")
        return ordered(
            Hit(code=EntryCode(hit["_source"]["code"]), version=hit["_source"]["version"], score=float(hit["_score"]))
            for hit in answer["hits"]["hits"]
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
