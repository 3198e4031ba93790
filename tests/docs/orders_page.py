"""Writes docs/reference/orders.md from the table of transitions: ``python -m tests.docs.orders_page``."""

from pathlib import Path

from work_orders.order import State
from work_orders.transitions import TRANSITIONS

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/orders.md"
_HEAD = """# The life of a work order

Written by `python -m tests.docs.orders_page` from [work_orders/transitions.py](../../work_orders/transitions.py); a test
compares. What is not in the table is refused, as a command and as an event of the log.

"""


def page() -> str:
    """Return the page: a diagram, and each transition with what it is refused for."""
    rows = ["| from | command | to | event | refused when it does not hold |", "|---|---|---|---|---|"]
    arrows = ["stateDiagram-v2", "    [*] --> to_dispatch: Accept 转办", "    [*] --> to_close_directly: Accept 直办"]
    for row in TRANSITIONS:
        guards = "；".join(f"{guard.text} (`{guard.reason}`)" for guard in row.guards) or "–"
        for state in row.states:
            rows.append(f"| {state} | `{row.command.__name__}` | {row.to} | `{row.event.__name__}` | {guards} |")
            arrows.append(f"    {_node(state)} --> {_node(row.to)}: {row.command.__name__}")
    ends = [state for state in State if state is not State.NONE and all(state not in row.states for row in TRANSITIONS)]
    arrows += [f"    {_node(state)} --> [*]" for state in ends]
    return _HEAD + "```mermaid\n" + "\n".join(arrows) + "\n```\n\n" + "\n".join(rows) + "\n"


def _node(state: State) -> str:
    return state.value.replace("-", "_")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
