"""The bench's arithmetic, and the page it fills."""

import json

import pytest

from tests.benches import report
from tests.benches.statistics import percentile, rate, within


def row(**changes: object) -> dict[str, object]:
    """A row of ours within every aim."""
    steady = {"mean": 50.0, "least": 49.98, "most": 50.01}
    made = {
        "side": "ours", "calls": 60, "connected": 60, "recordings": 60, "tapped_legs": 60, "cpu_per_leg": 0.2, "cpu_percent": {"media": 12.0},
        "interval_ms": {"p50": 20.0, "p99": 21.0, "max": 25.0}, "pps_before": steady, "pps_after": steady,
        "invite_ms": {"p50": 4.0, "p99": 9.0}, "threads": 8, "bench_percent": 10.0, "others_percent": 1.0,
        "stolen_percent": 0.0,
    }  # fmt: skip
    return made | changes


MACHINE = {"cores": 2, "cpu": "x", "memory_gib": 8, "system": "Linux", "python": "3.11", "load": [0.1, 0.1, 0.1]}


def test_percentiles_are_values_that_were_seen() -> None:
    values = list(range(1, 101))

    assert (percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1.0)) == (50, 99, 100)
    assert percentile([7.0], 0.99) == 7.0


def test_a_rate_counts_intervals_not_instants() -> None:
    assert rate([0.0, 0.02, 0.04]) == pytest.approx(50.0)
    assert rate([1.0]) == 0.0
    assert within([0.0, 1.0, 2.0, 3.0], (1.0, 3.0)) == [1.0, 2.0]


def test_figures_within_their_aims_are_not_complained_about() -> None:
    assert report.misses({"telephony": [row(), row(side="stock", cpu_per_leg=9.0)]}) == []


def test_every_figure_outside_its_aim_is_named() -> None:
    doubled = {"mean": 100.0, "least": 99.0, "most": 100.0}
    wrong = row(cpu_per_leg=0.3, interval_ms={"p50": 20, "p99": 30.0, "max": 40}, pps_after=doubled, connected=59)

    assert len(report.misses({"telephony": [wrong]})) == 4


def test_the_page_is_filled_between_its_markers_only(tmp_path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# above\n{report.BEGIN}\nold\n{report.END}\nbelow\n", encoding="utf-8")
    results = {
        "machine": MACHINE, "date": "2026-11-24", "command": "make bench", "log": {"writers": 8},
        "telephony": [row(), row(side="stock", cpu_per_leg=1.0)],
    }  # fmt: skip

    report.write(page, report.section(json.loads(json.dumps(results))))

    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# above\n{report.BEGIN}\n| machine")
    assert text.endswith(f"{report.END}\nbelow\n")
    assert "old" not in text
    assert "5.0 × the processor time" in text
