"""Bringing an engine's index up to date with the book."""

from dataclasses import dataclass

from knowledge.book import Book
from knowledge.engine.protocol import SearchEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexUpdate:
    """What was done: ``rebuilt`` when the analysis had changed, else how many entries were put and deleted."""

    rebuilt: bool
    put: int
    deleted: int

    @property
    def changed(self) -> bool:
        """Whether anything was out of date."""
        return self.rebuilt or self.put > 0 or self.deleted > 0


async def update_index(engine: SearchEngine, /, *, book: Book) -> IndexUpdate:
    """Index what the engine lacks, delete what the book lacks, rebuild all when the analysis is another one."""
    state = await engine.state()
    if state.analysis != book.analyzer.version:
        await engine.rebuild(book.documents(), analysis=book.analyzer.version)
        return IndexUpdate(rebuilt=True, put=len(book.entries), deleted=0)
    wanted = {code: published.version for code, published in book.entries.items()}
    gone = [code for code in state.entries if code not in wanted]
    late = [code for code, version in wanted.items() if state.entries.get(code) != version]
    if gone or late:
        await engine.apply(upserts=[book.document(book.entries[code]) for code in late], deletes=gone)
    return IndexUpdate(rebuilt=False, put=len(late), deleted=len(gone))
