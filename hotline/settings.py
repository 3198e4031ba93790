"""Settings: code < hotline.toml < ``HOTLINE_*`` < flags, read once. The only reader of the environment."""

import os
import tomllib
from dataclasses import dataclass, field, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args

from hotline.settings_checks import BadSettings, check_host, check_port, check_port_range, check_text
from runtime.codec import MalformedMessage, from_builtins

ROOT = Path(__file__).resolve().parents[1]
ROLES = ("telephony", "asr", "desk")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """Where PostgreSQL is, by role; an empty ``url`` starts the embedded one.

    ``url`` enters as hotline_app, ``owner_url`` (for `hotline migrate`, `hotline erase` and retention) as the owner of
    the tables, ``reader_url`` (for `hotline sql`; without it ``url``) as hotline_reader.
    """

    url: str = field(default="", repr=False)
    owner_url: str = field(default="", repr=False)
    reader_url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NatsSettings:
    """Where NATS is; an empty ``url`` starts one as a child."""

    url: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """Which engine searches the knowledge base; an empty ``url`` means the embedded one (tantivy)."""

    url: str = ""
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkSettings:
    """Peers that may call: a carrier or an exchange. Networks are IPv4 in CIDR form."""

    name: str
    networks: tuple[str, ...]
    media_networks: tuple[str, ...] = ()
    max_half_open: int = 25
    username: str = ""
    password: str = field(default="", repr=False)
    """Who we are for it, when it asks a call of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TelephonyOptions:
    """Addresses and ports of telephony; limits and menus are the city's data."""

    sip_host: str = "127.0.0.1"
    sip_port: int = 5060
    rtp_host: str = "127.0.0.1"
    rtp_port_low: int = 20000
    rtp_port_high: int = 20998
    trunks: tuple[TrunkSettings, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AsrSettings:
    """``auto`` takes a Mandarin Vosk model when one is installed, else Whisper base."""

    engine: str = "auto"
    models: str = ""
    threads: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    """Where the key and the heads of the audit lie; empty: in the data folder. Never in the database."""

    key_file: str = ""
    heads_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSettings:
    """Whether `hotline serve` applies the policy of retention each day, as the owner of the tables."""

    automatic: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Where the desk listens."""

    host: str = "127.0.0.1"
    port: int = 8012
    public_url: str = ""
    """The address people type, such as https://12345.example.gov.cn; with https cookies are kept to it."""
    proxies: str = ""
    """Addresses of reverse proxies, separated by commas, whose X-Forwarded-For is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsSettings:
    """Where the supervisor of a host answers Prometheus; port 0: nowhere."""

    host: str = "127.0.0.1"
    port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one run. Paths are absolute; ``run`` holds sockets and process files, "" chooses a folder."""

    data: str = ""
    run: str = ""
    runtime_folder: str = ""
    """``$XDG_RUNTIME_DIR``, where sockets go unless ``run`` names a folder."""
    city: str = str(ROOT / "city")
    demo: bool = False
    roles: tuple[str, ...] = ROLES
    database: DatabaseSettings = DatabaseSettings()
    nats: NatsSettings = NatsSettings()
    search: SearchSettings = SearchSettings()
    telephony: TelephonyOptions = TelephonyOptions()
    asr: AsrSettings = AsrSettings()
    web: WebSettings = WebSettings()
    audit: AuditSettings = AuditSettings()
    retention: RetentionSettings = RetentionSettings()
    metrics: MetricsSettings = MetricsSettings()

    @property
    def data_path(self) -> Path:
        """The folder of everything that is kept."""
        return Path(self.data)


def _from_environment(environment: dict[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in environment.items():
        if name.startswith("HOTLINE_"):
            *folders, leaf = name.removeprefix("HOTLINE_").lower().split("__")
            branch = tree
            for folder in folders:
                below = branch.setdefault(folder, {})
                if not isinstance(below, dict):
                    raise BadSettings(f"{name} names a part of {folder}, and {folder} itself is set, too; unset one")
                branch = below
            if isinstance(branch.get(leaf), dict):
                raise BadSettings(f"{name} has parts that are set, too; unset one")
            branch[leaf] = value.split(",") if leaf == "roles" and not folders else value
    return tree


def _merged(low: dict[str, Any], high: dict[str, Any]) -> dict[str, Any]:
    result = dict(low)
    for name, value in high.items():
        below = result.get(name)
        result[name] = _merged(below, value) if isinstance(value, dict) and isinstance(below, dict) else value
    return result


def _known(tree: dict[str, Any], kind: type, where: str) -> None:
    fields = kind.__dataclass_fields__  # type: ignore[attr-defined]  # only dataclasses come here
    for name, value in tree.items():
        if name not in fields:
            raise BadSettings(f"unknown setting {where}{name}; known here: {', '.join(sorted(fields))}")
        inner = fields[name].type
        rows = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
        row_kind = next((one for one in (inner, *get_args(inner)) if is_dataclass(one)), None)
        for row in rows:
            if isinstance(row, dict) and isinstance(row_kind, type):
                _known(row, row_kind, f"{where}{name}.")


def _refuse_open_port(telephony: TelephonyOptions) -> None:
    """A SIP port that others can reach needs to know who they are."""
    host = telephony.sip_host
    if not host.startswith("127.") and host != "localhost" and not telephony.trunks:
        raise BadSettings(
            f"telephony.sip_host is {host}, which others can reach, but no [[telephony.trunks]] says who may call;"
            ' add one with name = "carrier" and networks = ["192.0.2.0/24"], or bind to 127.0.0.1'
        )


def _from_file(config: Path | None) -> dict[str, Any]:
    path = config or Path("hotline.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if config is None:
            return {}
        raise BadSettings(f"the settings file {path} does not exist") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"not TOML in UTF-8: {error}"
        raise BadSettings(f"the settings file {path} cannot be read ({reason})") from None


def _whole_path(data: str) -> str:
    try:
        return str(Path(data).expanduser().resolve())
    except (OSError, RuntimeError, ValueError) as error:
        raise BadSettings(f"data is {data!r}, which is no folder: {error}") from None


def _check(settings: Settings) -> None:
    telephony, web = settings.telephony, settings.web
    for name, port in (
        ("telephony.sip_port", telephony.sip_port),
        ("telephony.rtp_port_low", telephony.rtp_port_low),
        ("telephony.rtp_port_high", telephony.rtp_port_high),
        ("web.port", web.port),
        ("metrics.port", settings.metrics.port),
    ):
        check_port(name, port)
    check_port_range(telephony.rtp_port_low, telephony.rtp_port_high)
    for name, host in (
        ("telephony.sip_host", telephony.sip_host),
        ("telephony.rtp_host", telephony.rtp_host),
        ("web.host", web.host),
        ("metrics.host", settings.metrics.host),
    ):
        check_host(name, host)
    if not os.path.isdir(settings.city):  # noqa: PTH112  Path.is_dir raises for what is no path at all
        raise BadSettings(f"city is {settings.city!r}, which is no folder; give the folder of the city's data")


def read_settings(*, config: Path | None = None, flags: dict[str, Any] | None = None) -> Settings:
    """Return the settings of this run; BadSettings names a setting that is unknown or does not fit.

    ``flags`` is a tree shaped like the file. A missing ``config`` file is an error, a missing default file is not.
    """
    tree = _merged(_merged(_from_file(config), _from_environment(dict(os.environ))), flags or {})
    _known(tree, Settings, "")
    check_text(tree)
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    tree.setdefault("data", str(Path(home) / "hotline"))
    tree.setdefault("runtime_folder", os.environ.get("XDG_RUNTIME_DIR", ""))
    try:
        settings = from_builtins(tree, Settings)
    except MalformedMessage as error:
        raise BadSettings(f"a setting does not fit: {error}") from None
    settings = replace(settings, data=_whole_path(settings.data))
    _check(settings)
    _refuse_open_port(settings.telephony)
    if unknown := set(settings.roles) - set(ROLES):
        raise BadSettings(f"unknown role {', '.join(sorted(unknown))}; roles are {', '.join(ROLES)}")
    return settings
