"""Settings: code < hotline.toml < ``HOTLINE_*`` < flags, read once. The only reader of the environment."""

import os
import tomllib
from dataclasses import dataclass, field, is_dataclass
from pathlib import Path
from typing import Any, get_args

from runtime.codec import MalformedMessage, from_builtins
from vocabulary.errors import Permanent

ROOT = Path(__file__).resolve().parents[1]
ROLES = ("telephony", "asr", "desk")


class BadSettings(Permanent):
    """A setting that cannot be used; the text names it and says what it should look like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """Where PostgreSQL is, by role; an empty ``url`` starts the embedded one.

    ``url`` enters as hotline_app, ``owner_url`` (for `hotline migrate` and `hotline erase`) as the owner of the tables,
    ``reader_url`` (for `hotline sql`; without it ``url``) as hotline_reader.
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
class WebSettings:
    """Where the desk listens."""

    host: str = "127.0.0.1"
    port: int = 8012
    public_url: str = ""
    """The address people type, such as https://12345.example.gov.cn; with https cookies are kept to it."""
    proxies: str = ""
    """Addresses of reverse proxies, separated by commas, whose X-Forwarded-For is believed."""


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
                branch = branch.setdefault(folder, {})
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


def read_settings(*, config: Path | None = None, flags: dict[str, Any] | None = None) -> Settings:
    """Return the settings of this run; BadSettings names a setting that is unknown or does not fit.

    ``flags`` is a tree shaped like the file. A missing ``config`` file is an error, a missing default file is not.
    """
    path = config or Path("hotline.toml")
    if config is not None and not path.is_file():
        raise BadSettings(f"the settings file {path} does not exist")
    try:
        tree: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path} is not TOML: {error}") from None
    tree = _merged(_merged(tree, _from_environment(dict(os.environ))), flags or {})
    _known(tree, Settings, "")
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    tree.setdefault("data", str(Path(home) / "hotline"))
    tree["data"] = str(Path(tree["data"]).expanduser().resolve())
    tree.setdefault("runtime_folder", os.environ.get("XDG_RUNTIME_DIR", ""))
    try:
        settings = from_builtins(tree, Settings)
    except MalformedMessage as error:
        raise BadSettings(f"a setting does not fit: {error}") from None
    _refuse_open_port(settings.telephony)
    if unknown := set(settings.roles) - set(ROLES):
        raise BadSettings(f"unknown role {', '.join(sorted(unknown))}; roles are {', '.join(ROLES)}")
    return settings
