"""From instants to figures. No I/O."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any

from tests.benches.dialog import Dialog

Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFigures:
    """One call: intervals in ms of the first stretch, packets a second of both, ms from INVITE to 200."""

    intervals_ms: list[float]
    before_pps: float
    after_pps: float
    accepted_ms: float | None
    again_ms: float | None
    refused: bool


def percentile(values: Sequence[float], share: float, /) -> float:
    """Return the value that ``share`` (0 to 1) of all do not exceed; nan for none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered) - 1e-9) - 1)]


def within(arrivals: Sequence[float], stretch: Stretch, /) -> list[float]:
    """Return the instants inside a stretch; ``arrivals`` are in order."""
    return list(arrivals[bisect_left(arrivals, stretch[0]) : bisect_left(arrivals, stretch[1])])


def rate(arrivals: Sequence[float], /) -> float:
    """Return intervals a second from the first to the last instant, 0 for fewer than two."""
    return (len(arrivals) - 1) / (arrivals[-1] - arrivals[0]) if len(arrivals) > 1 else 0.0


def of_call(arrivals: Sequence[float], *, dialog: Dialog, before: Stretch, after: Stretch) -> CallFigures:
    """Return the figures of one call."""
    first, second = within(arrivals, before), within(arrivals, after)

    def took(cseq: int) -> float | None:
        at = dialog.accepted_at.get(cseq)
        return None if at is None else 1000 * (at - dialog.sent_at[cseq])

    return CallFigures(
        intervals_ms=[1000 * (b - a) for a, b in pairwise(first)],
        before_pps=rate(first),
        after_pps=rate(second),
        accepted_ms=took(1),
        again_ms=took(2),
        refused=bool(dialog.refused),
    )


def summary(calls: Sequence[CallFigures], /) -> dict[str, Any]:
    """Return the figures of all calls together."""
    intervals = [interval for call in calls for interval in call.intervals_ms]
    accepted = [call.accepted_ms for call in calls if call.accepted_ms is not None]
    again = [call.again_ms for call in calls if call.again_ms is not None]
    return {
        "calls": len(calls),
        "connected": len(accepted),
        "refused": sum(call.refused for call in calls),
        "interval_ms": {
            "p50": round(percentile(intervals, 0.5), 2),
            "p99": round(percentile(intervals, 0.99), 2),
            "max": round(max(intervals, default=float("nan")), 2),
        },
        "pps_before": _spread([call.before_pps for call in calls]),
        "pps_after": _spread([call.after_pps for call in calls]),
        "invite_ms": {"p50": round(percentile(accepted, 0.5), 1), "p99": round(percentile(accepted, 0.99), 1)},
        "re_invite_ms": {"p50": round(percentile(again, 0.5), 1), "p99": round(percentile(again, 0.99), 1)},
    }


def _spread(rates: Sequence[float]) -> dict[str, float]:
    return {
        "mean": round(sum(rates) / len(rates), 3) if rates else 0.0,
        "least": round(min(rates, default=0.0), 3),
        "most": round(max(rates, default=0.0), 3),
    }
