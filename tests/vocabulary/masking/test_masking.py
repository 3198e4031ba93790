"""What masking leaves of each kind, and that it is the same twice, never longer, and linear in time."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocabulary.digit_runs import SPOKEN
from vocabulary.masking import masked_text
from vocabulary.personal import PhoneNumber
from work_orders.numbers import order_no


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电话13812345678。", "电话138****5678。"),
        ("+86 138-1234-5678", "+86 138****5678"),
        ("幺三八 一二三四 五六七八", "幺三八****五六七八"),
        ("0371-67890123转12", "0371****123"),
        ("座机85671234", "座机****234"),
        ("(0371)6789012", "(0371)****012"),
        ("幺三八零零，不对，幺三八零幺二三四五六七。", "幺三八****。"),
        ("138，后面是1234，后四位5678", "138****5678"),
        ("139四个8 6677", "139****6677"),
        ("幺三八哈幺二三四哈五六七八", "幺三八****"),
        ("138……1234……5678", "138****"),
        ("港澳证件C12345678", "港澳证件****"),
        ("要三八一二三四五六七八", "要三八****五六七八"),
        ("身份证32010219900101123大写X", "身份证320102********123大写X"),
        ("苏A D 12345", "苏A ****"),
        ("台胞证12345678", "台胞证****"),
        ("（0371）67890123。", "（0371）****123。"),
        ("(86)0371-6789012", "(860371)****012"),
        ("(+86)13812345678", "(+86)138****5678"),
        ("(138)12345678", "(138)****5678"),
        ("(13812345678)", "(138****5678)"),
        ("卡号(6222)021234567890123", "卡号(****)0123"),
        ("电话*13812345678*", "电话*138****5678*"),
        ("身份证320102 19900101 123叉", "身份证320102********123叉"),
        ("卡号6222021234567890123", "卡号****0123"),
        ("护照E12345678", "护照****"),
        ("车牌苏G12345", "车牌苏G****"),
        ("QQ123456789", "QQ****"),
        ("微信号wx_zhang12", "微信号****"),
        ("zhang.san@qq.com", "z***@qq.com"),
        ("手机138-1234-R56", "手机138****"),
        ("138……对……1234……5678", "138****"),
        ("1381……坐席：嗯。市民：234……坐席：嗯。市民：5678。", "****……坐席：嗯。市民：***……坐席：嗯。市民：****。"),
        ("坐席：座机号码是多少？市民：815……8804", "坐席：座机号码是多少？市民：****804"),
        ("坐席：身份证报一下。市民：3201021990010112", "坐席：身份证报一下。市民：320102****112"),
        ("座机0371那个，678，9012", "座机0371那个，****012"),
        ("坐席：您的联系电话是？市民：是8156778", "坐席：您的联系电话是？市民：是****778"),
        ("199……我看看啊……0000……1234", "199****"),
        ("护照号，E1234……5678", "护照号，****"),
        ("QQ号是951，976，1819", "QQ号是****"),
        ("工资卡6253 5720 8272 75972，三个月没发了", "工资卡****5972，三个月没发了"),
        ("通行证，C9352，9664", "通行证，****"),
        ("苏A，四，K，零，四，八", "苏A，****"),
        ("苏A，D，九三八七六", "苏A，****"),
    ],
)
def test_each_kind_keeps_what_its_shape_says(text: str, expected: str) -> None:
    assert masked_text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"银行卡的事{order_no(day=date(2026, 1, 3), number=12)}",
        "13812345678元的工程款",
        "电话1300 1500 800",
        "坐标130.12345678",
        "电话12345",
        "打400-820-8820",
        "13、14、15、16、17、8号楼",
        "交了13800不对15600",
        "分三次打了13800、15600、17900元",
        "13栋，然后14栋，然后15栋",
        "我要三八零零块的那种",
        "13杠2杠1802",
        "138块1500元1600",
        "138路转1500路转1600",
        "等一下，十三号说一遍",
        "三个8，五个6",
        "单号二零二四，零七，幺九，零零，五六三，八二",
        "坐席：身份证？市民：没带，编号20240501001234",
        "坐席：身份证号有吗？市民：有，工单2024 0501 0001 2345",
        "表号1390 4827 561",
        "关注微信12345",
        "13……14……15……16……17",
        "坐席：电话里说过吗？市民：说过，交了85671234",
        "1300……坐席：嗯。市民：1500……坐席：嗯。市民：800",
    ],
)
def test_orders_sums_service_numbers_and_lists_stay_even_where_the_digits_would_fit(text: str) -> None:
    assert masked_text(text) == text


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("13812345678", "138****5678"),
        ("8613812345678", "86138****5678"),
        ("037167890123", "0371****123"),
        ("85671234", "856****34"),
        ("+8613812345678", "+86****78"),
        ("12345", "****"),
        ("", "未显示号码"),
    ],
)
def test_a_phone_number_shows_itself_masked(number: str, expected: str) -> None:
    assert PhoneNumber(number).masked() == expected


PIECES = st.sampled_from(
    [
        "电话",
        "身份证",
        "卡号",
        "QQ",
        "苏A",
        "138",
        "1234",
        "5678",
        "13812345678",
        "320102",
        "19900101",
        "X",
        "叉",
        "0371-",
        "86",
        " ",
        "-",
        "，",
        "*",
        "****",
        "转",
        "不对",
        "然后",
        "后四位",
        "三个",
        "要",
        "台胞证",
        "(",
        ")",
        "@qq.com",
        "…",
        "坐席：嗯。市民：",
        "？市民：",
        "a",
        "元",
        "章",
        "。",
        *SPOKEN[:12],
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=60))
def test_masking_twice_is_masking_once_and_never_longer(text: str) -> None:
    once = masked_text(text)

    assert masked_text(once) == once
    assert len(once) <= len(text)


HOSTILE = (
    "1",
    "1 ",
    "13812345678 ",
    "a@",
    "@",
    "a.",
    "护照",
    "QQ",
    "苏A",
    "苏A ",
    "138-",
    "微信",
    "0371-",
    "幺 ",
    "12345678901234567 ",
    "v" * 5,
    "三2",
    "86一",
    "(1)",
    "-",
    "嗯1",
    "1坐席：嗯。市民：",
    "1……",
    "苏A，1，",
    "护照C1234，",
)


def seconds(text: str) -> float:
    taken = []
    for _ in range(2):
        begun = time.process_time()
        masked_text(text)
        taken.append(time.process_time() - begun)
    return min(taken)


@pytest.mark.parametrize("piece", ["1 ", "幺 ", "三2", "86一", "6222嗯", "0371-", "13812345678 "])
def test_a_sentence_of_nothing_but_digits_costs_no_more_than_fifteen_of_words(piece: str) -> None:
    words = "我家门口的路灯坏了好几天了麻烦你们派人来看一看，" * 9

    hostile, usual = (min(seconds(text) for _ in range(5)) for text in ((piece * 200)[:200], words[:200]))

    assert hostile <= 15 * usual + 0.001, (hostile, usual)


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_is_linear_in_the_length_for_hostile_texts_too(piece: str) -> None:
    short, long = (seconds((piece * size)[:size]) for size in (3_000, 12_000))

    assert long <= 4 * short * 2 + 0.01, (short, long)
