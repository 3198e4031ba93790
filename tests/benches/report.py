"""The generated section of docs/reference/performance.md, and what misses its aim."""

import math
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
CPU_AIM, INTERVAL_AIM_MS, RATE, RATE_OFF = 0.25, 23.0, 50.0, 0.1
UNDISTURBED = 20.0
BUSY = "the figures show the house on a busy host: compare the sides, not hosts"
FEWEST_LEGS = 60
"""Below, the fixed cost of a tick is what a leg's share shows."""


def misses(results: dict[str, Any], /) -> list[str]:
    """Return a sentence for every figure of ours that is outside its aim."""
    found = []
    for row in results.get("telephony", []):
        if row["side"] != "ours":
            continue
        where = f"{row['calls']} calls"
        if row["connected"] < row["calls"]:
            found.append(f"{where}: only {row['connected']} were accepted")
        if row["recordings"] < row["connected"] or row["tapped_legs"] < row["connected"]:
            found.append(f"{where}: {row['recordings']} recordings and {row['tapped_legs']} tapped legs")
        if row["cpu_per_leg"] > CPU_AIM:
            fixed = " (few legs: the tick's fixed cost)" if row["calls"] < FEWEST_LEGS else ""
            found.append(f"{where}: {row['cpu_per_leg']:.3f} % of a core a leg, aim ≤ {CPU_AIM}{fixed}")
        if not row["interval_ms"]["p99"] <= INTERVAL_AIM_MS:
            found.append(f"{where}: send interval p99 {row['interval_ms']['p99']} ms, aim ≤ {INTERVAL_AIM_MS:.0f}")
        for when in ("before", "after"):
            rates = row[f"pps_{when}"]
            if max(abs(rates["least"] - RATE), abs(rates["most"] - RATE)) > RATE_OFF:
                found.append(
                    f"{where}: {rates['least']}–{rates['most']} packets/s {when} the re-INVITE, aim {RATE} ± {RATE_OFF}"
                )
    return found


def section(results: dict[str, Any], /) -> str:
    """Return the text between the markers."""
    parts = [_machine(results)]
    if results.get("telephony"):
        parts += [_telephony(results["telephony"]), _ratios(results["telephony"])]
        parts += _disturbed(results["telephony"])
    missed = misses(results)
    if results.get("telephony"):
        parts.append(
            "Outside its aim in this run:\n\n" + "\n".join(f"- {line}" for line in missed)
            if missed
            else "Every figure of ours is within its aim in this run."
        )
    parts += [_room(title, results[name]) for name, title in TITLES.items() if results.get(name)]
    return "\n\n".join(parts)


TITLES = {
    "knowledge": "Search among 2,000 entries (milliseconds; one query at a time)",
    "asr": "Recognition, legs paced in real time (seconds from the last voiced frame to the final)",
    "log": "The event log (transactions a second, fsync on; a fact takes the log's advisory lock)",
    "desk": "Live pages (deliveries a second from the hub to encoded text, one process)",
}


def _machine(results: dict[str, Any]) -> str:
    machine = results["machine"]
    load = ", ".join(f"{value:.2f}" for value in machine["load"])
    return (
        "| machine | date | command | load average at start (1, 5, 15 min) |\n|---|---|---|---|\n"
        f"| {machine['cores']} cores {machine['cpu']}, {machine['memory_gib']} GiB, {machine['system']}, "
        f"Python {machine['python']} | {results['date']} | `{results['command']}` | {load} |"
    )


def _telephony(rows: list[dict[str, Any]]) -> str:
    head = (
        "One caller's leg a call, PCMU both ways. Ours: the processes `switch` and `media`, a recorded track for "
        "each leg, every leg's tap read, music to the caller. Stock: pyVoIP 1.6.8 in one process, registration bypassed, "
        "echo; it neither records nor taps. The same callers for both; arrival times are the kernel's.\n\n"
        "| side | calls | % of a core a leg | send interval p50 / p99 / max ms | packets/s before (least–most) "
        "| packets/s after re-INVITE | INVITE → 200 p50 / p99 ms | threads "
        "| beside it: callers / others / stolen, % of a core |\n|---|---|---|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(_line(row) for row in rows)


def _line(row: dict[str, Any]) -> str:
    interval, invite = row["interval_ms"], row["invite_ms"]
    before, after = row["pps_before"], row["pps_after"]
    parts = " + ".join(f"{name} {share}" for name, share in row["cpu_percent"].items())
    return (
        f"| {row['side']}{'' if row.get('realtime', True) else ' (no real-time priority)'} | "
        f"{row['calls']}{'' if row['connected'] == row['calls'] else ' (' + str(row['connected']) + ' accepted)'} "
        f"| {row['cpu_per_leg']:.3f} ({parts}) "
        f"| {interval['p50']} / {interval['p99']} / {interval['max']} "
        f"| {before['mean']:.2f} ({before['least']:.2f}–{before['most']:.2f}) "
        f"| {after['mean']:.2f} ({after['least']:.2f}–{after['most']:.2f}) "
        f"| {invite['p50']} / {invite['p99']} | {row['threads']} "
        f"| {row['bench_percent']:.0f} / {row['others_percent']:.0f} / {row['stolen_percent']:.0f} |"
    )


def _ratios(rows: list[dict[str, Any]]) -> str:
    by = {(row["side"], row["calls"]): row for row in rows}
    lines = []
    for side, calls in by:
        stock = by.get(("stock", calls))
        if side == "ours" and stock is not None:
            ours = by["ours", calls]
            cpu = _ratio(stock["cpu_per_leg"], ours["cpu_per_leg"])
            invite = _ratio(stock["invite_ms"]["p50"], ours["invite_ms"]["p50"])
            lines.append(
                f"At {calls} calls stock pyVoIP takes {cpu} the processor time of a leg and {invite} the time to a 200."
            )
    return " ".join(lines) or "No size was run on both sides."


def _disturbed(rows: list[dict[str, Any]]) -> list[str]:
    """Say when the machine was not the bench's alone: on full cores every figure is worse, most of all a percentile."""
    others = [row["others_percent"] + row["stolen_percent"] for row in rows]
    if max(others) < UNDISTURBED:
        return []
    least, most = f"{min(others):.0f}", f"{max(others):.0f}"
    return [f"**Not an idle machine:** beside the bench other programs took {least} to {most} % of a core; {BUSY}."]


def _ratio(theirs: float, ours: float) -> str:
    return f"{theirs / ours:.1f} ×" if ours > 0 and math.isfinite(theirs) else "–"


def _room(title: str, figures: dict[str, Any]) -> str:
    flat = dict(_flat(figures))
    head, row = " | ".join(flat), " | ".join(str(value) for value in flat.values())
    return f"{title}:\n\n| {head} |\n|{'---|' * len(flat)}\n| {row} |"


def _flat(figures: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in figures.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{name} ")
        else:
            found.append((f"{prefix}{name}".replace("_", " "), value))
    return found


def write(page: Path, text: str) -> None:
    """Put ``text`` between the markers of ``page``; ValueError when they are not there once each."""
    whole = page.read_text(encoding="utf-8")
    if whole.count(BEGIN) != 1 or whole.count(END) != 1:
        message = f"{page} must hold {BEGIN} and {END} once each"
        raise ValueError(message)
    before, _, rest = whole.partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
