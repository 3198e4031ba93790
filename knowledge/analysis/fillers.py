"""What is said without meaning anything: fillers, numbers, function characters; and what is left."""

import re
import unicodedata

_PHRASES = (
    "我想咨询一下", "我想问一下", "我跟你说啊", "我跟你说", "咨询一下", "想问一下", "请问一下", "问一下", "想问下",
    "喂你好", "喂您好", "你好", "您好", "麻烦你", "麻烦您", "麻烦", "请问", "那个", "这个", "就是说", "就是", "然后",
    "谢谢", "不好意思", "哎呀", "哎哟", "我的意思是", "怎么说呢", "对对对", "好的好的",
)  # fmt: skip
_PARTICLES = "嗯啊呃哎喂呢嘛呀哦噢唉诶"
_EDGE_PARTICLES = "吧哈呗"
_NUMBERS = re.compile(r"[0-9]+|[零〇一二三四五六七八九十百千万亿两幺点]{3,}")
_SPOKEN = re.compile("|".join(sorted(map(re.escape, _PHRASES), key=len, reverse=True)) + f"|[{_PARTICLES}]")
_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+|[a-z0-9]{1,40}")
FUNCTION_CHARACTERS = frozenset(
    "我你他她它们的了是在个这那有就也都还去来要想把跟和给吗呢啊吧呀哦嗯喂哎么什怎样啥咋能会可以不没人上下里头到说"
    "一二三四五六七八九十两几多少年月日天点半百千万让着过得很太真好被为谁哪"
)
"""Characters that carry no topic by themselves; they never make a match alone."""


def runs(text: str, /) -> list[str]:
    """Return the stretches of Chinese, and the Latin words and numbers, of ``text`` in order, lower case (NFKC)."""
    return _RUN.findall(unicodedata.normalize("NFKC", text).lower())


def spoken_runs(text: str, /) -> list[str]:
    """Return the stretches of something said, without fillers, greetings and numbers (which may be personal)."""
    text = unicodedata.normalize("NFKC", text)
    kept = runs(_NUMBERS.sub(" ", _SPOKEN.sub(" ", text)))
    return [run for whole in kept if (run := whole.strip(_EDGE_PARTICLES))]


def content(run: str, /) -> int:
    """Return how many characters of a run carry meaning; a Latin word counts as two."""
    if run.isascii():
        return 2
    return len({character for character in run if character not in FUNCTION_CHARACTERS})


def is_chinese(run: str, /) -> bool:
    """Return whether a run of ``runs`` is Chinese rather than a Latin word or a number."""
    return not run.isascii()
