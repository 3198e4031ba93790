"""What a process measures of itself, in the Prometheus exposition format 0.0.4. Engine: prometheus_client.

Each process writes what it measures into a file of its own; ``serve_metrics`` gives all of a host together, each
sample with the label ``process``. Labels come from closed sets (a reason, a route's template, a status): never a
number, a name or a text of a person.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import prometheus_client
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector, CollectorRegistry

from runtime.telemetry import get_logger
from runtime.workers import Workers

log = get_logger(__name__)
EVERY_S = 5.0
STALE_S = 20.0
"""The file of a process that wrote nothing for so long is left out: the process is gone."""
_SUFFIX = ".prom"


class _Looks(Collector):
    """Metrics that are looked up when they are asked for; the last look of a name holds."""

    def __init__(self) -> None:
        self.by_name: dict[str, Callable[[], Metric]] = {}

    def collect(self) -> Iterator[Metric]:
        """Give what each look finds now."""
        for look in tuple(self.by_name.values()):
            yield look()


prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # the library does not say
_REGISTRY = CollectorRegistry()
_LOOKS = _Looks()
_REGISTRY.register(_LOOKS)
prometheus_client.ProcessCollector(registry=_REGISTRY)


def counter(name: str, words: str, /, *labels: str) -> prometheus_client.Counter:
    """Return what counts events; ``_total`` is put behind its name."""
    return prometheus_client.Counter(name, words, labels, registry=_REGISTRY)


def gauge(name: str, words: str, /, *labels: str) -> prometheus_client.Gauge:
    """Return a level that goes up and down."""
    return prometheus_client.Gauge(name, words, labels, registry=_REGISTRY)


def histogram(name: str, words: str, /, *labels: str, buckets_s: tuple[float, ...]) -> prometheus_client.Histogram:
    """Return what sorts durations in seconds into buckets up to and including each of ``buckets_s``."""
    return prometheus_client.Histogram(name, words, labels, registry=_REGISTRY, buckets=buckets_s)


def count_of(name: str, words: str, /, *, label: str, counts: Callable[[], Mapping[str, int]]) -> None:
    """Let ``counts`` (value of ``label`` to events since the start) be looked up each time."""

    def look() -> Metric:
        family = CounterMetricFamily(name, words, labels=[label])
        for value, events in dict(counts()).items():
            family.add_metric([value], events)
        return family

    _LOOKS.by_name[name] = look


def level_of(name: str, words: str, /, *, level: Callable[[], float]) -> None:
    """Let a level be looked up each time."""
    _LOOKS.by_name[name] = lambda: GaugeMetricFamily(name, words, value=level())


def exposition() -> bytes:
    """Return everything this process measures."""
    return prometheus_client.generate_latest(_REGISTRY)


def file_of(run: Path, /, *, process: str) -> Path | None:
    """Return where ``process`` writes; None when nobody on this host asked for metrics."""
    folder = run / "metrics"
    return folder / f"{process}{_SUFFIX}" if folder.is_dir() else None


async def keep_written(file: Path, /) -> None:
    """Write every 5 s until cancelled; a file that cannot be written is logged, the process goes on."""
    async with Workers(threads=1, name="metrics") as workers:
        while True:
            try:
                await workers.run(_write, file)
            except OSError as error:
                log.warning("the metrics of this process cannot be written", reason=str(error))
            await asyncio.sleep(EVERY_S)


def _write(file: Path) -> None:
    draft = file.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_bytes(exposition())
    draft.replace(file)


class HostMetrics(Collector):
    """All processes of a host: the files of ``folder``, and what this process (``process``) measures itself."""

    def __init__(self, folder: Path, /, *, process: str) -> None:
        self._folder, self._process = folder, process

    def collect(self) -> Iterator[Metric]:
        """Give one family a name, each sample with the label ``process``."""
        families: dict[str, Metric] = {}
        for process, text in (*self._files(), (self._process, exposition().decode())):
            for family in text_string_to_metric_families(text):
                whole = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                whole.samples += [one._replace(labels={**one.labels, "process": process}) for one in family.samples]
        yield from families.values()

    def _files(self) -> Iterator[tuple[str, str]]:
        for file in sorted(self._folder.glob(f"*{_SUFFIX}")):
            try:
                fresh = time.time() - file.stat().st_mtime < STALE_S
                text = file.read_text(encoding="utf-8")
            except OSError:  # its process has just gone
                continue
            if fresh:
                yield file.stem, text


@asynccontextmanager
async def serve_metrics(run: Path, /, *, host: str, port: int) -> AsyncIterator[int]:
    """Answer ``GET /metrics`` with all of this host for the length of the block; give the port that was bound.

    Processes that start within the block write; OSError when the port is taken.
    """
    folder = run / "metrics"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in folder.glob(f"*{_SUFFIX}"):
        file.unlink()
    registry = CollectorRegistry()
    registry.register(HostMetrics(folder, process="supervisor"))
    server, thread = prometheus_client.start_http_server(port, addr=host, registry=registry)
    try:
        yield server.server_port
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
        thread.join()
