"""How fast the embedded engine is with 2,000 entries, beside plain Python on the same machine."""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from knowledge.analysis.pinyin_table import load_syllables
from knowledge.book import Book
from knowledge.categories import read_leaves
from knowledge.confusion import Confusion
from knowledge.engine.memory import MemoryEngine
from knowledge.engine.protocol import Document, SearchEngine
from knowledge.engine.tantivy import open_tantivy
from knowledge.entries import Entry, PublishedEntry, read_entries
from knowledge.question import Question, question
from knowledge.shelf import make_book
from knowledge.window import span_of
from runtime.workers import Workers
from vocabulary.ids import EntryCode

CITY = Path(__file__).resolve().parents[1] / "city"
ENTRIES, QUERIES = 2_000, 60
_DAY = date(2026, 6, 1)


def _more(entries: Sequence[Entry], count: int) -> list[Entry]:
    """Return ``count`` entries made by mixing the sentences of the given ones, always the same."""
    chance = random.Random(12345)  # noqa: S311  # made-up texts
    sentences = [sentence for entry in entries for sentence in entry.body.split("。") if sentence]
    made = []
    for number in range(count):
        base = entries[number % len(entries)]
        answer = replace(base.script, answer="。".join(chance.sample(sentences, 6)))
        code = EntryCode(f"B{number:05}")
        made.append(replace(base, code=code, title=f"{base.title}（{number}）", script=answer))
    return made


def _book(city: Path) -> tuple[Book, list[str]]:
    entries = read_entries((city / "entries.jsonl").read_text(encoding="utf-8"))
    leaves = {leaf.code: leaf for leaf in read_leaves((city / "categories.json").read_text(encoding="utf-8"))}
    published = {one.code: PublishedEntry(entry=one, version=1) for one in _more(entries, ENTRIES)}
    confusion = Confusion(syllables=load_syllables())
    asked = [one.similar_questions[0] for one in entries if one.similar_questions][:QUERIES]
    heard = [confusion.hear(f"我想问一下{text}，{text[::-1]}", rate=0.15, seed=1) for text in asked]
    return make_book(published, leaves), heard


async def _latencies(engine: SearchEngine, questions: Sequence[Question]) -> list[float]:
    taken = []
    for one in questions:
        began = time.perf_counter()
        await engine.search(one.query, on=_DAY, limit=8)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


async def _measure(city: Path) -> dict[str, float]:
    book, heard = _book(city)
    questions = [question([span_of(text)], book=book) for text in heard]
    documents: list[Document] = list(book.documents())
    memory = MemoryEngine()
    await memory.rebuild(documents, analysis="bench")
    with tempfile.TemporaryDirectory() as folder:
        async with Workers(threads=1) as workers:
            embedded = await open_tantivy(Path(folder), workers=workers)
            began = time.perf_counter()
            await embedded.rebuild(documents, analysis="bench")
            built_s = time.perf_counter() - began
            await _latencies(embedded, questions[:10])
            fast, slow = await _latencies(embedded, questions), await _latencies(memory, questions)
            await embedded.close()
    cuts = statistics.quantiles(fast, n=20)
    return {
        "entries": float(len(documents)),
        "build_s": round(built_s, 3),
        "tantivy_p50_ms": round(statistics.median(fast), 3),
        "tantivy_p95_ms": round(cuts[18], 3),
        "memory_p50_ms": round(statistics.median(slow), 3),
        "memory_to_tantivy": round(statistics.median(slow) / statistics.median(fast), 2),
    }


def run_bench(*, city: Path = CITY) -> dict[str, float]:
    """Return build time (s), latencies (ms) and the ratio of the memory engine's median to tantivy's."""
    return asyncio.run(_measure(city))
