"""The engine of tests, and of whoever has a handful of entries."""

from collections.abc import Iterable, Sequence
from datetime import date

from knowledge.analysis.tokens import TokenQuery
from knowledge.engine.bm25 import Bm25Index
from knowledge.engine.protocol import Document, EngineState, Hit, day_number
from vocabulary.ids import EntryCode


class MemoryEngine:
    """BM25 in plain Python; forgets everything when it closes."""

    def __init__(self) -> None:
        self._index = Bm25Index()
        self._analysis = ""

    async def state(self) -> EngineState:
        """Return what is indexed."""
        entries = {code: document.version for code, document in self._index.documents.items()}
        return EngineState(analysis=self._analysis, entries=entries)

    async def rebuild(self, documents: Iterable[Document], /, *, analysis: str) -> None:
        """Replace the index."""
        self._index, self._analysis = Bm25Index(documents), analysis

    async def apply(self, *, upserts: Sequence[Document], deletes: Sequence[EntryCode]) -> None:
        """Change single entries."""
        for code in deletes:
            self._index.drop(code)
        for document in upserts:
            self._index.put(document)

    async def search(self, query: TokenQuery, /, *, on: date, limit: int) -> tuple[Hit, ...]:
        """Return the best entries in force on ``on``."""
        return self._index.search(query, day=day_number(on), limit=limit)

    async def close(self) -> None:
        """Forget everything."""
        self._index = Bm25Index()
