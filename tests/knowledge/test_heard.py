"""The city's callers as Whisper base really heard them (heard.jsonl, made by ``hear_city``), turn by turn."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from knowledge.engine.protocol import day_number
from knowledge.evaluate import read_golden
from knowledge.hysteresis import Card, settle
from knowledge.question import question
from knowledge.suggest import LOOKED_AT, MOST, NOT_SAID, choose, judge
from knowledge.window import window
from tests.knowledge.city_book import CITY, DAY, city_book
from tests.knowledge.test_suggest import index, shape, suggest
from tests.knowledge.test_window import talk
from vocabulary.audio import Party
from vocabulary.suggestions import Suggestion

HERE = Path(__file__).parent


@cache
def heard(line: str) -> dict[str, list[str]]:
    """Sound file → finals."""
    rows = (json.loads(row) for row in (HERE / "heard.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["wav"]: row["heard"] for row in rows if row["line"] == line}


def fresh(lines: list[tuple[Party, str]]) -> tuple[Suggestion, ...]:
    asked = question(window(talk(*lines), unasked=city_book().unasked), book=city_book())
    hits = index().search(asked.query, day=day_number(DAY), limit=LOOKED_AT)
    return choose(judge(hits, asked=asked, book=city_book(), shape=shape), asked=asked)[0]


def calls(line: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Wanted entry, and the cards before the agent after each turn of the caller; only calls that ask for one."""
    for path in sorted((CITY / "dialogues").glob("*.json")):
        read = json.loads(path.read_text(encoding="utf-8"))
        lines: list[tuple[Party, str]] = []
        cards: tuple[Card, ...] = ()
        seen = []
        for turn in read["turns"]:
            party = Party(turn["party"])
            texts = heard(line)[turn["wav"]] if party is Party.CALLER else [turn["text"]]
            lines += [(party, text) for text in texts]
            cards = settle(cards, fresh(lines), most=MOST, still_valid=lambda _: True)
            if party is Party.CALLER:
                seen.append([card.suggestion.entry for card in cards])
        if read["expect"]["entry"]:
            yield read["expect"]["entry"], seen


@pytest.mark.parametrize(("line", "first", "last"), [("quiet", 8, 9), ("noise-15dB", 8, 8), ("noise-8dB", 6, 7)])
def test_what_was_really_heard_finds_the_entry_early_and_keeps_it(line: str, first: int, last: int) -> None:
    found = list(calls(line))

    assert len(found) == 9
    assert sum(wanted in seen[0] for wanted, seen in found) >= first
    assert sum(wanted in seen[-1] for wanted, seen in found) >= last


@pytest.mark.parametrize(("line", "least"), [("quiet", 0.92), ("noise-15dB", 0.85), ("noise-8dB", 0.85)])
def test_the_first_card_of_what_was_really_heard_is_mostly_right(line: str, least: float) -> None:
    firsts = [cards[0] == wanted for wanted, seen in calls(line) for cards in seen if cards]

    assert sum(firsts) / len(firsts) >= least


def test_an_outage_heard_as_sleep_with_an_address_after_it_is_found_by_its_sound() -> None:
    items, _ = suggest("你好，我们小区已经听睡两天了。我住望湖区，催湖街道，催湖花园三号楼。")

    assert items[0].entry == "K0016"
    assert "“听睡”（听起来像“停水”）" in items[0].why


def test_an_address_alone_asks_for_nothing() -> None:
    assert suggest("我住望湖区，催湖街道，催湖花园三号楼，我叫陈建国") == ((), NOT_SAID)


def test_what_is_off_the_point_is_nearly_always_answered_by_silence() -> None:
    requests = read_golden((HERE / "off-topic.jsonl").read_text(encoding="utf-8"))

    assert sum(suggest(request.text)[0] == () for request in requests) >= 19


def test_requests_nobody_tuned_for_find_their_entry() -> None:
    requests = read_golden((CITY / "golden-held-out.jsonl").read_text(encoding="utf-8"))
    shown = [(request.entry, [item.entry for item in suggest(request.text)[0]]) for request in requests]

    assert sum(wanted in codes for wanted, codes in shown) / len(shown) >= 0.9
    assert sum(codes[:1] == [wanted] for wanted, codes in shown) / len(shown) >= 0.8
