"""A plugin of pytest that writes how long each test took: ``-p tests.durations --durations-file=PATH``.

The file is JSON: node id → seconds of ``setup``, ``call`` and ``teardown`` on the clock, ``cpu`` of the process that ran the
test and of the children it waited for. What a fixture of a module or session costs stands with the first test that asks for it.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

CPU = "cpu_s"


def _cpu() -> float:
    """Return the processor seconds of this process and of its ended children (times(2))."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the path of the file."""
    parser.addoption("--durations-file", metavar="PATH", help="write seconds of each test as JSON")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note when a test begins, so that its last report can say what it cost."""
    item.stash[_BEGAN] = _cpu()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Give the last report of a test its processor seconds; reports cross from worker to controller."""
    if call.when == "teardown":
        item.user_properties.append((CPU, round(_cpu() - item.stash[_BEGAN], 3)))
    return (yield)


_BEGAN = pytest.StashKey[float]()


class Recorder:
    """Gathers the reports of all workers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tests: dict[str, dict[str, float]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the seconds of one phase."""
        phases = self.tests.setdefault(report.nodeid, {})
        phases[report.when] = round(report.duration, 3)
        spent = dict(report.user_properties).get(CPU)
        if isinstance(spent, float):
            phases["cpu"] = spent

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.tests, ensure_ascii=False, indent=0), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Record where the reports arrive: in the controller of pytest-xdist, or here when there is none."""
    path = config.getoption("--durations-file")
    if path and "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Recorder(Path(path)), "durations-recorder")
