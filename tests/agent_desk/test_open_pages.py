"""Which page of a seat is the active one, whatever comes, goes and takes over."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from agent_desk.live.page import OpenPages, Page
from vocabulary.ids import AccountId, SeatNo

SEAT = SeatNo("007")
AGENT = AccountId(UUID(int=1))
NAMES = st.sampled_from(["one", "two", "three", ""])
STEPS = st.lists(
    st.tuples(st.sampled_from(["come", "wait", "go", "take"]), NAMES, st.integers(0, 5)), min_size=1, max_size=30
)


@given(STEPS)
def test_a_seat_never_has_two_active_pages_and_none_becomes_active_because_another_goes(
    steps: list[tuple[str, str, int]],
) -> None:
    pages = OpenPages()
    for step, name, at in steps:
        held = pages.of(SEAT)
        before = [page for page in held if page.active]
        chosen = held[at % len(held)] if held else None
        if step in {"come", "wait"}:
            pages.come(SEAT, Page(agent=AGENT, name=name), waits=step == "wait")
        elif chosen is not None and step == "take":
            pages.take_over(SEAT, chosen)
            assert chosen.active
        elif chosen is not None:
            pages.go(SEAT, chosen)
        after = [page for page in pages.of(SEAT) if page.active]
        assert len(after) <= 1
        if step == "go":
            assert set(after) <= set(before)
        if step == "wait":
            assert after == before
    assert {page.name for page in pages.of(SEAT)} <= {name for _, name, _ in steps}


@given(STEPS)
def test_a_page_that_is_not_the_active_one_may_not_use_the_keys_of_the_seat(steps: list[tuple[str, str, int]]) -> None:
    pages = OpenPages()
    for number, (_, _, at) in enumerate(steps):
        held = pages.of(SEAT)
        if held and at < 2:
            pages.take_over(SEAT, held[at % len(held)])
        pages.come(SEAT, Page(agent=AGENT, name=f"page {number}"), waits=False)

    assert [pages.may_act(SEAT, page.name) for page in pages.of(SEAT)] == [page.active for page in pages.of(SEAT)]
