"""``hotline doctor``: what this machine has, what is missing and what to do about it."""

import errno
import os
import resource
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from asr import choose
from hotline.connections import read_instance
from hotline.places import Places
from hotline.settings import ROOT, Settings
from hotline.settings_checks import BadSettings
from runtime.nats_server import find_server
from runtime.postgres.places import wheel_programs
from vocabulary.errors import HotlineError

FREE_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. ``advice`` is empty when it is as it should be."""

    name: str
    ok: bool
    found: str
    advice: str = ""


def examine(settings: Settings, places: Places, /) -> list[Finding]:
    """Look at everything a run needs; nothing is started or changed."""
    looks: tuple[Callable[[Settings, Places], Finding], ...] = (
        _python,
        _database,
        _bus,
        _recogniser,
        _pages,
        _realtime,
        _interfaces,
        _ports,
        _disk,
    )
    return [look(settings, places) for look in looks]


def _python(settings: Settings, places: Places) -> Finding:
    del settings, places
    version = ".".join(str(part) for part in sys.version_info[:3])
    ok = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding(name="python", ok=ok, found=version, advice="" if ok else "use Python 3.11, 3.12 or 3.13")


def _tried(name: str, find: Callable[[], object], configured: str) -> Finding:
    if configured:
        return Finding(name=name, ok=True, found="configured")
    try:
        return Finding(name=name, ok=True, found=str(find()))
    except HotlineError as error:
        return Finding(name=name, ok=False, found="missing", advice=str(error))


def _database(settings: Settings, places: Places) -> Finding:
    del places
    return _tried("postgresql", wheel_programs, settings.database.url)


def _bus(settings: Settings, places: Places) -> Finding:
    del places
    return _tried("nats", find_server, settings.nats.url)


def _recogniser(settings: Settings, places: Places) -> Finding:
    models = Path(settings.asr.models) if settings.asr.models else places.models
    try:
        found = choose(settings.asr.engine, models=models)
    except HotlineError as error:
        return Finding(name="recogniser", ok=False, found="missing", advice=str(error))
    advice = "" if found.partials else f"words appear after a pause; {found.how_to_get_another}"
    return Finding(name="recogniser", ok=True, found=f"{found.name}: {found.why}", advice=advice)


def _pages(settings: Settings, places: Places) -> Finding:
    del settings, places
    built = (ROOT / "hotline" / "static" / "index.html").is_file()
    return Finding(
        name="pages", ok=built, found="built" if built else "missing", advice="" if built else "run make web"
    )


def _realtime(settings: Settings, places: Places) -> Finding:
    del settings, places
    limit = resource.getrlimit(resource.RLIMIT_RTPRIO)[0]
    allowed = os.geteuid() == 0 or limit > 0
    advice = "" if allowed else "give the service CAP_SYS_NICE or LimitRTPRIO=10, else sound may stutter under load"
    return Finding(name="real-time scheduling", ok=True, found="allowed" if allowed else "not allowed", advice=advice)


def _interfaces(settings: Settings, places: Places) -> Finding:
    del settings, places
    names = [name for _, name in socket.if_nameindex() if name != "lo"]
    advice = (
        ""
        if names
        else "browsers reach media over a network interface other than lo; add one (ip link add … type dummy)"
    )
    return Finding(name="interfaces", ok=bool(names), found=", ".join(names) or "only lo", advice=advice)


def _ports(settings: Settings, places: Places) -> Finding:
    if read_instance(places) is not None:
        return Finding(name="ports", ok=True, found="held by the hotline that runs in this folder")
    try:
        taken = taken_ports(settings)
    except BadSettings as error:
        return Finding(name="ports", ok=False, found="no such address", advice=str(error))
    advice = f"{', '.join(taken)} is taken: stop what listens there or set another port" if taken else ""
    return Finding(name="ports", ok=not taken, found="taken" if taken else "free", advice=advice)


def taken_ports(settings: Settings, /) -> list[str]:
    """Return the configured addresses of this host's roles that somebody listens on."""
    wanted: list[tuple[socket.SocketKind, str, int]] = []
    if "telephony" in settings.roles:
        wanted.append((socket.SOCK_DGRAM, settings.telephony.sip_host, settings.telephony.sip_port))
    if "desk" in settings.roles:
        wanted.append((socket.SOCK_STREAM, settings.web.host, settings.web.port))
    wanted.append((socket.SOCK_STREAM, settings.metrics.host, settings.metrics.port))
    return [f"{host}:{port}" for kind, host, port in wanted if port and not _free(kind, host, port)]


def _free(kind: socket.SocketKind, host: str, port: int) -> bool:
    """Return whether nobody has the port; BadSettings for an address that is not this machine's."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise BadSettings(f"nothing can listen on {host}:{port} here: {error.strerror or error}") from None
    return True


def _disk(settings: Settings, places: Places) -> Finding:
    del settings
    free = shutil.disk_usage(places.data).free
    ok = free > FREE_BYTES
    return Finding(
        name="disk", ok=ok, found=f"{free // 1024**3} GiB free", advice="" if ok else f"free space below {places.data}"
    )
