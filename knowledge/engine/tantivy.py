"""The embedded engine. Engine: tantivy. Its folder is a cache of PostgreSQL: what is odd about it is made anew.

A folder ``NNNNNN`` an index; ``current.json`` says which one and by which analysis. One process a folder: a second one
gets EngineAway.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy

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
from runtime.codec import MalformedMessage, decode, encode
from runtime.telemetry import get_logger
from runtime.workers import Workers
from vocabulary.ids import EntryCode

_HEAP = 32_000_000
_BLANK = "blank"
_FORMAT = version("tantivy")
"""Index formats change between releases."""
log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Current:
    """What ``current.json`` says."""

    folder: str
    analysis: str
    format: str


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("code", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("version", stored=True)
    builder.add_unsigned_field("first_day", indexed=True, fast=True)
    builder.add_unsigned_field("last_day", indexed=True, fast=True)
    for channel in Channel:
        for part in (HEAD, BODY):
            builder.add_text_field(field_name(channel, part), tokenizer_name=_BLANK, index_option="freq")
    return builder.build()


def _identity(document: Any) -> tuple[EntryCode, int]:
    return EntryCode(document.get_first("code")), int(document.get_first("version"))


def _open(schema: tantivy.Schema, folder: Path) -> tantivy.Index:
    index = tantivy.Index(schema, str(folder))
    index.register_tokenizer(_BLANK, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


class _Folder:
    """The blocking part, called in worker threads, changes one at a time."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._schema = _schema()
        self._lock = -1
        self._index: tantivy.Index | None = None
        self._current = _Current(folder="", analysis="", format=_FORMAT)

    def open(self) -> None:
        """Take the folder and open what is there; anything unreadable counts as nothing there."""
        self._root.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self._root / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise EngineAway(f"the search index {self._root} is in use by another process") from None
        try:
            current = decode((self._root / "current.json").read_bytes(), _Current)
            if current.format == _FORMAT and (self._root / current.folder).is_dir():
                self._index = _open(self._schema, self._root / current.folder)
                self._current = current
        except FileNotFoundError:
            pass
        except (MalformedMessage, OSError, ValueError) as error:
            log.warning("the search index cannot be read and is made anew", error=str(error)[:200])

    def close(self) -> None:
        """Give the folder back."""
        os.close(self._lock)

    def state(self) -> EngineState:
        """Read code and version of every document."""
        if self._index is None:
            return EngineState(analysis="", entries={})
        searcher = self._index.searcher()
        found = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs)).hits
        entries = dict(_identity(searcher.doc(address)) for _, address in found)
        return EngineState(analysis=self._current.analysis, entries=entries)

    def rebuild(self, documents: Iterable[Document], analysis: str) -> None:
        """Build beside the old index, point ``current.json`` at the new one, remove what is left over."""
        others = [path for path in self._root.iterdir() if path.name.isdigit()]
        number = 1 + max((int(path.name) for path in others), default=0)
        folder = self._root / f"{number:06}"
        folder.mkdir(mode=0o700)
        index = _open(self._schema, folder)
        self._write(index, documents, ())
        self._current = _Current(folder=folder.name, analysis=analysis, format=_FORMAT)
        beside = self._root / "current.json.new"
        beside.write_bytes(encode(self._current))
        beside.replace(self._root / "current.json")
        self._index = index
        for path in others:
            shutil.rmtree(path, ignore_errors=True)

    def apply(self, upserts: Sequence[Document], deletes: Sequence[EntryCode]) -> None:
        """Replace and delete in one commit."""
        if self._index is None:
            raise EngineAway("the search index has not been built yet")
        self._write(self._index, upserts, [*deletes, *(document.code for document in upserts)])

    def _write(self, index: tantivy.Index, documents: Iterable[Document], gone: Sequence[EntryCode]) -> None:
        try:
            writer = index.writer(_HEAP, 1)
            for code in gone:
                writer.delete_documents_by_term("code", code)
            for document in documents:
                writer.add_document(self._document(document))
            writer.commit()
            writer.wait_merging_threads()
        except ValueError as error:
            raise EngineAway(f"the search index cannot be written: {error}") from None
        index.reload()

    def _document(self, document: Document) -> tantivy.Document:
        made = tantivy.Document()
        made.add_text("code", document.code)
        made.add_unsigned("version", document.version)
        made.add_unsigned("first_day", document.first_day)
        made.add_unsigned("last_day", document.last_day)
        for name, tokens in document.fields():
            made.add_text(name, " ".join(tokens))
        return made

    def _query(self, query: TokenQuery, day: int) -> tantivy.Query:
        make, schema, whole = tantivy.Query, self._schema, tantivy.FieldType.Unsigned
        should = [
            (tantivy.Occur.Should, make.boost_query(make.term_query(schema, name, token, "freq"), weight * of_token))
            for name, weight, terms in field_terms(query)
            for token, of_token in terms.items()
        ]
        begun = make.range_query(schema, "first_day", whole, 0, day)
        not_over = make.range_query(schema, "last_day", whole, day, 2**62)
        filters = [(tantivy.Occur.Must, make.const_score_query(one, 0.0)) for one in (begun, not_over)]
        return make.boolean_query([(tantivy.Occur.Must, make.boolean_query(should)), *filters])

    def search(self, query: TokenQuery, day: int, limit: int) -> tuple[Hit, ...]:
        """Run one query (the global lock is released inside tantivy)."""
        index = self._index
        if index is None or query.empty:
            return ()
        searcher = index.searcher()
        hits = []
        for score, address in searcher.search(self._query(query, day), limit=limit, count=False).hits:
            code, number = _identity(searcher.doc(address))
            hits.append(Hit(code=code, version=number, score=float(score)))
        return ordered(hits)


class TantivyEngine:
    """The engine over ``folder``; every call runs in ``workers``, writes wait for each other there."""

    def __init__(self, folder: _Folder, workers: Workers) -> None:
        self._folder = folder
        self._workers = workers

    async def state(self) -> EngineState:
        """Return what is indexed."""
        return await self._workers.run(self._folder.state)

    async def rebuild(self, documents: Iterable[Document], /, *, analysis: str) -> None:
        """Build a new index beside the old one, then change over."""
        await self._workers.run(self._folder.rebuild, documents, analysis)

    async def apply(self, *, upserts: Sequence[Document], deletes: Sequence[EntryCode]) -> None:
        """Change single entries in one commit (some 50 ms)."""
        await self._workers.run(self._folder.apply, upserts, deletes)

    async def search(self, query: TokenQuery, /, *, on: date, limit: int) -> tuple[Hit, ...]:
        """Return the best entries in force on ``on``."""
        return await self._workers.run(self._folder.search, query, day_number(on), limit)

    async def close(self) -> None:
        """Give the folder back."""
        await self._workers.run(self._folder.close)


async def open_tantivy(root: Path, /, *, workers: Workers) -> TantivyEngine:
    """Open the index under ``root``, making the folder when there is none."""
    folder = _Folder(root)
    await workers.run(folder.open)
    return TantivyEngine(folder, workers)
