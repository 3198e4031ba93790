"""What an engine wrote → how the house writes it. Pure; the step to simplified characters is handed in."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from vocabulary.speech import Word

_CJK = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_BETWEEN_CJK = re.compile(rf"(?<=[{_CJK}，。？！；：、])\s+(?=[{_CJK}，。？！；：、])")
_FULL_WIDTH = str.maketrans({",": "，", "?": "？", "!": "！", ";": "；", ":": "："})
_MARK_AFTER_CJK = re.compile(rf"(?<=[{_CJK}])[,?!;:]")
_DOT_AFTER_CJK = re.compile(rf"(?<=[{_CJK}])\.(?!\d)")
_REPEATED_MARKS = re.compile(r"([，。？！；：、])[，。？！；：、]+")
_DIGITS = "零〇一二三四五六七八九幺"
_LONG_NUMBER = re.compile(rf"[{_DIGITS}]{{7,}}")
_TO_ARABIC = str.maketrans(dict(zip(_DIGITS, "00123456789" + "1", strict=True)))
_FILLERS = frozenset({"嗯", "呃", "啊", "哦", "唔", "额", "哎", "um", "uh"})
_ASKING = ("吗", "么", "呢")
_MARKS = "，。？！；：、"
COMMA_PAUSE_MS = 400


def as_written(raw: str, *, simplify: Callable[[str], str]) -> str:
    """Return ``raw`` in NFKC, simplified, without spaces between Chinese characters, with Chinese marks.

    Only runs of seven and more spoken digits (telephone, identity numbers) become Arabic ones: shorter runs may be
    words (一一, 三五), and a wrong number in a work order is worse than a spelt one. Fillers alone give "".
    """
    text = simplify(unicodedata.normalize("NFKC", raw).replace("[unk]", " ").replace("<unk>", " "))
    text = re.sub(r"\s+", " ", text).strip()
    text = _BETWEEN_CJK.sub("", text)
    text = _DOT_AFTER_CJK.sub("。", _MARK_AFTER_CJK.sub(lambda mark: mark.group().translate(_FULL_WIDTH), text))
    text = _REPEATED_MARKS.sub(r"\1", _BETWEEN_CJK.sub("", text))
    text = _LONG_NUMBER.sub(lambda run: run.group().translate(_TO_ARABIC), text)
    text = text.strip().lstrip(_MARKS).strip()
    return "" if text.strip(_MARKS + ".,?! ") in _FILLERS | {""} else text


def punctuated(words: Sequence[Word], /) -> str:
    """Join words of an engine that writes none: a comma where the speaker paused for 400 ms."""
    text = ""
    for before, word in zip((None, *words), words, strict=False):
        pause = word.start_ms - before.end_ms if before is not None else 0
        text += ("，" if pause >= COMMA_PAUSE_MS else " " if before is not None else "") + word.text
    return text


def ended(text: str, /) -> str:
    """Return ``text`` with a full stop, or a question mark after 吗, 么, 呢; one that has a mark keeps it."""
    if not text or text[-1] in "。？！":
        return text
    bare = text.rstrip(_MARKS)
    return bare + ("？" if bare.endswith(_ASKING) else "。")


def looped(text: str, /) -> bool:
    """Whether a decoder ran in circles: some unit of 1-12 characters stands at least five times in a row."""
    return re.search(r"(.{1,12}?)\1{4,}", re.sub(r"[\d\s]", "", text)) is not None


_INVENTED = (
    "请不吝点赞", "点赞订阅", "订阅转发", "打赏支持", "明镜与点点", "字幕由", "字幕制作", "amara.org", "字幕志愿者",
    "感谢观看", "谢谢观看", "谢谢收看", "谢谢大家收看", "我们下期再见", "下期再见", "优优独播", "yoyo television",
    "中文字幕", "由 amara", "词曲", "作词", "作曲 ", "mingpao", "独播剧场",
)  # fmt: skip


def invented(text: str, /) -> bool:
    """Whether this is a subtitle phrase that Whisper writes over noise (SYSTRAN/faster-whisper#127)."""
    plain = text.lower()
    return any(phrase in plain for phrase in _INVENTED)
