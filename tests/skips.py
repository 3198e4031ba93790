"""A plugin of pytest: under CI a skipped test is a failed one, but for what no one can install (see ``tests.programs``)."""

from collections.abc import Iterator

import pytest

from tests.programs import may_be_skipped


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip that hides something into a failure."""
    if not report.skipped or hasattr(report, "wasxfail") or not isinstance(report.longrepr, tuple):
        return
    reason = report.longrepr[2]
    if not may_be_skipped(reason):
        report.outcome = "failed"
        report.longrepr = f"under CI nothing is skipped: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Look at each phase of each test."""
    report: pytest.TestReport = yield
    _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """Look at modules that are skipped whole."""
    report: pytest.CollectReport = yield
    _refuse(report)
    return report
