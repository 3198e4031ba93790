"""What the form is filled with, from made-up talks."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desk import CategoryGuess, PlaceName
from agent_desk.drafting import phrases
from agent_desk.drafting.numerals import spoken_phone
from agent_desk.drafting.places import find_places
from agent_desk.drafting.propose import Leaf, Said, caller_text, propose
from vocabulary.audio import Party
from vocabulary.ids import CallId, CategoryCode, ContactId, LegId
from vocabulary.orders import Draftable, DraftField, RequestKind
from vocabulary.personal import PhoneNumber
from vocabulary.speech import Utterance

WATER = CategoryCode("020301")
SOUNDS = {"长": "chang", "场": "chang", "青": "qing", "轻": "qing", "花": "hua", "园": "yuan", "员": "yuan", "云": "yun",
          "山": "shan", "区": "qu", "路": "lu", "录": "lu"}  # fmt: skip


LEAF = Leaf(name="停水", kinds=frozenset({RequestKind.COMPLAINT, RequestKind.HELP}))


def sounds(text: str) -> tuple[str, ...]:
    return tuple(SOUNDS.get(character, character) for character in text)


def place(name: str, district: str) -> PlaceName:
    return PlaceName(name=name, district=district, syllables=sounds(name))


GAZETTEER = (place("云山区", "云山区"), place("长青花园", "云山区"), place("长青路", "云山区"), place("长青", "云山区"))


def said(text: str, at: int = 0, party: Party = Party.CALLER) -> Utterance:
    leg = LegId(UUID(int=1 if party is Party.CALLER else 2))
    return Utterance(
        contact=ContactId(UUID(int=9)), call=CallId(UUID(int=8)), leg=leg, party=party, start_ms=at, end_ms=at + 900,
        text=text, engine="scripted",
    )  # fmt: skip


def proposals(*talk: Utterance, caller: str = "19900000101", guess: bool = True) -> dict[Draftable, DraftField]:
    guesses = (CategoryGuess(category=WATER, confidence=0.8, matched=("停水",)),) if guess else ()
    spoken = Said(utterances=talk, syllables=sounds(caller_text(talk)), guesses=guesses, caller=PhoneNumber(caller))
    return {field.name: field for field in propose(spoken, gazetteer=GAZETTEER, leaves={WATER: LEAF})}


def test_a_request_fills_kind_place_time_and_title_with_the_words_it_comes_from() -> None:
    found = proposals(said("喂你好，我们长青路12号停水了，从昨天早上开始", 1500), said("希望你们尽快修好", 6000))

    assert found[Draftable.KIND].value == RequestKind.HELP
    assert found[Draftable.DISTRICT].value == "云山区"
    assert found[Draftable.PLACE].value == "长青路12号"
    assert found[Draftable.PLACE].source == "长青路12号"
    assert found[Draftable.OCCURRED].value == "从昨天早上开始"
    assert found[Draftable.TITLE].value == "长青路12号停水问题"
    assert found[Draftable.WISH].source_ms == 6000
    assert found[Draftable.CATEGORY].source_ms == 1500


def test_a_place_written_with_other_characters_is_found_by_sound_and_less_sure() -> None:
    by_sound, exact = proposals(said("场轻花员停水")), proposals(said("长青花园停水"))

    assert by_sound[Draftable.PLACE].value == exact[Draftable.PLACE].value == "长青花园"
    assert by_sound[Draftable.PLACE].confidence < exact[Draftable.PLACE].confidence


def test_a_name_of_two_syllables_is_never_taken_by_sound() -> None:
    text = "场轻得很"

    assert find_places(text, syllables=sounds(text), gazetteer=GAZETTEER) == []


def test_words_of_the_agent_propose_nothing() -> None:
    assert proposals(said("请问是长青路停水吗", party=Party.AGENT)) == {}


def test_the_number_that_was_said_beats_the_number_that_was_signalled() -> None:
    assert proposals(said("停水了"))[Draftable.CALLBACK_PHONE].source == "来电号码"

    spoken = proposals(said("我的电话是幺九九零零零零零二零二"))[Draftable.CALLBACK_PHONE]

    assert (spoken.value, spoken.source) == (PhoneNumber("19900000202").masked(),) * 2


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("电话一九九，零零零零，零幺零一", "19900000101"),
        ("打0999-8001345吧", "09998001345"),
        ("三五个人", None),
        ("一二三四五", None),
        ("一九九零零零零零一零", None),
    ],
)
def test_only_whole_telephone_numbers_are_taken(text: str, digits: str | None) -> None:
    found = spoken_phone(text)

    assert (found[0] if found else None) == digits


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我要投诉楼上装修扰民", RequestKind.COMPLAINT),
        ("请问办居住证需要什么材料", RequestKind.CONSULT),
        ("我建议公园里加几个座椅", RequestKind.SUGGESTION),
        ("我举报有人乱倒垃圾", RequestKind.REPORT),
        ("家里停水两天了", RequestKind.HELP),
    ],
)
def test_the_nature_follows_the_words(text: str, kind: RequestKind) -> None:
    found = phrases.request_kind(text)

    assert found is not None
    assert found.value == kind


def test_without_a_telling_word_the_usual_kind_of_the_matter_is_a_chip_only() -> None:
    found = proposals(said("我们小区已经听睡两天"))[Draftable.KIND]

    assert found.value == RequestKind.HELP
    assert found.confidence < 0.6


def test_a_name_is_taken_from_how_people_introduce_themselves() -> None:
    named, family = phrases.person_name("我叫王小明，电话是"), phrases.person_name("免贵姓李")

    assert named is not None
    assert named.value == "王小明"
    assert family is not None
    assert family.value == "李"


@given(st.lists(st.tuples(st.sampled_from(list(Party)), st.text(max_size=30)), max_size=6))
def test_every_proposal_names_a_call_time_at_which_the_caller_spoke(talk: list[tuple[Party, str]]) -> None:
    utterances = [said(text, at=1000 * number, party=party) for number, (party, text) in enumerate(talk)]
    times = {u.start_ms for u in utterances if u.party is Party.CALLER} | {0}

    found = proposals(*utterances).values()

    assert {field.source_ms for field in found} <= times
    assert all(0 <= field.confidence <= 1 for field in found)
