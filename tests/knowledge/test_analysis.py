"""Words, characters, pinyin: what is indexed and asked."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.analysis.fillers import content, runs, spoken_runs
from knowledge.analysis.syllables import bigrams, fuzzy
from knowledge.analysis.tokens import QUERY_TOKENS, Analyzer, Channel, weighted
from knowledge.lexicon import Lexicon, Row, read_rows, sounds_like
from tests.knowledge.city_book import analyzer, syllables


def test_a_homophone_gives_the_same_pinyin_and_other_characters() -> None:
    said, meant = analyzer().of_text("公鸡金"), analyzer().of_text("公积金")

    assert said[Channel.PINYIN] == meant[Channel.PINYIN] == ["gong_ji", "ji_jin"]
    assert said[Channel.CHARACTERS] != meant[Channel.CHARACTERS]


def test_southern_pronunciation_gives_the_same_fuzzy_pinyin() -> None:
    pairs = [("shi", "si"), ("zhang", "zan"), ("cheng", "cen"), ("ning", "lin"), ("fu", "hu"), ("nan", "lan")]

    assert all(fuzzy(one) == fuzzy(other) for one, other in pairs)
    assert fuzzy("a") == "a"
    assert fuzzy("中") == "中"


def test_the_knowledge_bases_own_words_stay_whole() -> None:
    assert "灵活就业" in analyzer().of_text("灵活就业人员参保")[Channel.WORDS]


def test_fillers_greetings_and_numbers_are_not_asked() -> None:
    assert spoken_runs("嗯那个你好，我想问一下，电梯坏了呢，一三八零零一三八零零零") == ["电梯坏了"]
    assert spoken_runs("喂喂，嗯嗯") == []
    assert spoken_runs("去网吧上网吧") == ["去网吧上网"]


def test_a_colloquial_numeral_inside_a_word_stays() -> None:
    assert spoken_runs("念一年级") == ["念一年级"]


def test_latin_words_and_wide_forms_are_one_token() -> None:
    assert runs("ＥＴＣ办理，wifi6") == ["etc", "办理", "wifi6"]


def test_function_characters_carry_nothing() -> None:
    assert content("我的是在这个") == 0
    assert content("我家的电梯") == 3


@given(st.text(max_size=80))
def test_any_text_gives_tokens_without_white_space(text: str) -> None:
    tokens = [token for found in analyzer().of_text(text).values() for token in found]

    assert all(token and not any(one.isspace() for one in token) for token in tokens)


@given(st.text(alphabet="电梯坏了公积金提取怎么办", min_size=1, max_size=30))
def test_neighbouring_syllables_make_one_token_less_than_characters(text: str) -> None:
    tokens = analyzer().of_text(text)

    assert len(tokens[Channel.CHARACTERS]) == len(text)
    assert len(tokens[Channel.PINYIN]) == len(tokens[Channel.FUZZY]) == len(text) - 1


def test_a_query_keeps_each_token_once_with_its_greatest_weight() -> None:
    query = weighted([(analyzer().of_text("电梯电梯"), 0.6), (analyzer().of_text("电梯"), 1.0)])

    assert query.terms[Channel.CHARACTERS] == {"电": 1.0, "梯": 1.0}


def test_a_very_long_query_keeps_the_weightiest_tokens() -> None:
    light = analyzer().of_text("".join(chr(0x4E00 + number) for number in range(400)))
    query = weighted([(light, 0.2), (analyzer().of_text("电梯"), 1.0)])

    assert len(query.terms[Channel.CHARACTERS]) == QUERY_TOKENS
    assert {"电", "梯"} <= set(query.terms[Channel.CHARACTERS])


def test_the_version_changes_with_the_dictionary() -> None:
    def version(words: set[str]) -> str:
        return Analyzer(segmenter=analyzer()._segmenter, syllables=syllables(), user_words=words).version

    assert version({"甲乙"}) == version({"甲乙"})
    assert version({"甲乙"}) != version({"甲乙", "丙丁"})


def test_the_lexicon_hears_a_word_by_its_sound_and_adds_what_it_means() -> None:
    lexicon = Lexicon(rows=[Row(heard=("拉肚子",), means=("食物中毒",))], keywords=["公积金"], analyzer=analyzer())

    assert [(one.word, one.means) for one in lexicon.heard_in("拉度子了")] == [("拉肚子", ("食物中毒",))]
    assert [one.word for one in lexicon.heard_in("提公鸡金")] == ["公积金"]


def test_two_syllables_must_share_a_character_or_be_no_word() -> None:
    assert sounds_like("窟隆", "窟窿", analyzer=analyzer())
    assert sounds_like("听睡", "停水", analyzer=analyzer())
    assert not sounds_like("一滴", "异地", analyzer=analyzer())
    assert not sounds_like("的个", "的哥", analyzer=analyzer())


def test_remarks_in_the_colloquial_table_are_skipped() -> None:
    assert read_rows("# remark\n甲 乙 = 丙 # why\n\nno row\n") == (Row(heard=("甲", "乙"), means=("丙",)),)


def test_bigrams_of_one_syllable_are_none() -> None:
    assert bigrams(["ma"]) == []
