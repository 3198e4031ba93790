"""How the processes of one host are, as their supervisor sees it. No I/O."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from runtime.supervision import ChildState, ChildStatus

RECENT_S = 600.0
STALE = timedelta(seconds=5)
OFTEN = 3
"""So many restarts in ten minutes are no accident."""
LOW_BYTES = 1024**3
_STATES = {
    ChildState.STARTING: "正在启动",
    ChildState.READY: "在服务",
    ChildState.PAUSING: "已退出，即将重新启动",
    ChildState.STOPPED: "已停止",
    ChildState.FAILED: "无法启动",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: whether it works and a word about it."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostHealth:
    """What the supervisor wrote down; ``away`` are processes that do not serve."""

    at: datetime
    parts: tuple[Part, ...]
    away: tuple[str, ...] = ()


@dataclass(slots=True)
class Restarts:
    """Restarts of the last ten minutes by child, on the monotonic clock."""

    _known: dict[str, int] = field(default_factory=dict)
    _at: dict[str, deque[float]] = field(default_factory=dict)

    def count(self, status: ChildStatus, /, *, now: float) -> int:
        """Return how often the child was started again within the last ten minutes."""
        seen = self._at.setdefault(status.name, deque(maxlen=1000))
        for _ in range(status.restarts - self._known.get(status.name, 0)):
            seen.append(now)
        self._known[status.name] = status.restarts
        while seen and now - seen[0] > RECENT_S:
            seen.popleft()
        return len(seen)


def host_health(
    states: Mapping[str, ChildStatus], /, *, restarts: Restarts, free: Mapping[str, int], at: datetime, now: float
) -> HostHealth:
    """Return the health of a host from its children and from what is ``free`` by folder, in octets."""
    parts = [_part(status, recent=restarts.count(status, now=now)) for status in states.values()]
    parts += [_disk(name, octets) for name, octets in free.items()]
    away = tuple(name for name, status in states.items() if status.state is not ChildState.READY)
    return HostHealth(at=at, parts=tuple(parts), away=away)


def _part(status: ChildStatus, *, recent: int) -> Part:
    words = [_STATES[status.state]]
    if status.failed and status.state is not ChildState.READY:
        words.append(status.failed)
    if recent:
        words.append(f"10分钟内重新启动{recent}次")
    if status.hung:
        words.append(f"曾停止响应{status.hung}次")
    words += [symptom.text for symptom in status.symptoms]
    ok = status.state is ChildState.READY and not status.symptoms and recent < OFTEN
    return Part(name=status.name, ok=ok, detail="；".join(words))


def disk_part(name: str, /) -> str:
    """Return the name of the part that tells of a folder's disk."""
    return f"disk {name}"


def _disk(name: str, octets: int) -> Part:
    return Part(name=disk_part(name), ok=octets >= LOW_BYTES, detail=f"剩余{octets // 1024**2} MiB")


def changes(before: HostHealth | None, after: HostHealth, /) -> list[Part]:
    """Return the parts that began or ceased to work, new ones only when they do not."""
    known = {part.name: part.ok for part in before.parts} if before else {}
    return [part for part in after.parts if part.ok != known.get(part.name, True)]


def told(health: HostHealth | None, /, *, now: datetime) -> tuple[Part, ...]:
    """Return the parts as they may be believed ``now``: an old or missing file means that the supervisor is away."""
    if health is None:
        return (Part(name="supervisor", ok=False, detail="没有写下状态"),)
    if abs(now - health.at) > STALE:
        return (Part(name="supervisor", ok=False, detail="超过5秒没有更新状态"), *health.parts)
    return (Part(name="supervisor", ok=True, detail="在运行"), *health.parts)
