"""What people of a made-up town ask about, and its made-up days."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from analytics import MadeUp, Matter, Spot
from simulation.history import Burst, made_up_days

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def matter(code: str, leaf: str, *phrases: str, kinds: tuple[str, ...] = ("complaint", "help")) -> Matter:
    return Matter(
        category=code, path=("城乡建设", leaf), kinds=kinds, unit="U001", unit_name="市供水公司", limit_hours=24,
        phrases=phrases,
    )  # fmt: skip


WATER = matter("01", "停水", "家里停水两天了没有人通知", "自来水一直没有恢复供水", "停水了老人没水做饭")
MATTERS = (
    WATER,
    matter("02", "噪音", "楼下广场舞音响太吵", "工地夜里施工吵得睡不着"),
    matter("03", "路灯", "路灯坏了晚上看不见", "路灯一直不亮"),
    matter("04", "公交", "公交车等了半个小时", "希望增加公交班次"),
    matter("05", "垃圾", "垃圾桶满了没人收", "垃圾堆在路边很臭"),
    matter("06", "居住证", "请问居住证怎么办", "办居住证需要什么材料", kinds=("consult",)),
)
SPOTS = tuple(
    Spot(district=district, place=place)
    for district, place in (("云山区", "长青花园"), ("云山区", "长青路"), ("东湖区", "湖滨路"), ("西岭区", "西岭镇"))
)
BURST = Burst(matter=WATER, spot=SPOTS[0])


def made_up(end: datetime = NOW) -> list[MadeUp]:
    return list(
        made_up_days(end=end, zone=ZONE, matters=MATTERS, spots=SPOTS, lines=("政务热线", "一号答"), burst=BURST)
    )
