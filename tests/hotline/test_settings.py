"""Settings are read once, in one order, and what does not fit is named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.settings import TrunkSettings, read_settings
from hotline.settings_checks import BadSettings


def read(folder: Path, text: str):
    file = folder / "hotline.toml"
    file.write_text(text, encoding="utf-8")
    return read_settings(config=file)


def test_trunks_are_tables_of_the_file(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        '[telephony]\nsip_host = "0.0.0.0"\n[[telephony.trunks]]\nname = "carrier"\nnetworks = ["192.0.2.0/24"]\n',
    )

    assert settings.telephony.trunks == (TrunkSettings(name="carrier", networks=("192.0.2.0/24",)),)


def test_an_unknown_name_inside_a_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"telephony\.trunks\.network;"):
        read(tmp_path, '[[telephony.trunks]]\nname = "carrier"\nnetwork = ["192.0.2.0/24"]\n')


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7"])
def test_a_port_that_others_can_reach_needs_to_know_who_may_call(tmp_path: Path, host: str) -> None:
    with pytest.raises(BadSettings, match=r"telephony\.trunks"):
        read(tmp_path, f'[telephony]\nsip_host = "{host}"\n')


def test_later_wins_file_environment_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "hotline.toml"
    file.write_text("[web]\nport = 1001\n[telephony]\nsip_port = 1001\nrtp_port_low = 1001\n")
    monkeypatch.setenv("HOTLINE_WEB__PORT", "1002")
    monkeypatch.setenv("HOTLINE_TELEPHONY__SIP_PORT", "1002")

    settings = read_settings(config=file, flags={"web": {"port": 1003}})

    assert (settings.web.port, settings.telephony.sip_port, settings.telephony.rtp_port_low) == (1003, 1002, 1001)
    assert settings.telephony.rtp_port_high == 20998


def refused(folder: Path, text: str | bytes) -> str:
    file = folder / "hotline.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadSettings) as caught:
        read_settings(config=file)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[web]\nport = -5\n", "web.port"),
        ("[web]\nport = 99999\n", "web.port"),
        ("[telephony]\nsip_port = 65536\n", "telephony.sip_port"),
        ("[telephony]\nrtp_port_low = 30000\nrtp_port_high = 20000\n", "rtp_port_high"),
        ('[telephony]\nsip_host = "999.1.1.1"\n', "telephony.sip_host"),
        ('[telephony]\nrtp_host = "a b"\n', "telephony.rtp_host"),
        ('[web]\nhost = ""\n', "web.host"),
        ('city = "/nowhere/city"\n', "city"),
        ('data = "a\\u0000b"\n', "data"),
        ("web = 5\n", "web"),
        ("data = 5\n", "data"),
        ("[data]\nweb = 5\n", "data"),
        (b'data = "\xff\xfe"\n', "UTF-8"),
        (b"\x00", "TOML"),
    ],
)
def test_what_cannot_be_used_is_named_in_a_sentence(tmp_path: Path, text: str | bytes, named: str) -> None:
    assert named in refused(tmp_path, text)


def test_a_settings_file_that_is_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        read_settings(config=tmp_path)


def test_a_part_and_its_whole_in_the_environment_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_WEB", "x")
    monkeypatch.setenv("HOTLINE_WEB__PORT", "1")
    with pytest.raises(BadSettings, match="HOTLINE_WEB"):
        read_settings()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["data", "run", "city", "demo", "roles", "database", "nats", "search", "telephony", "asr", "web", "nonsense"]
)
INNER = st.sampled_from(["url", "user", "sip_host", "sip_port", "rtp_port_low", "trunks", "engine", "host", "port"])


@given(st.dictionaries(NAMES, VALUES | st.dictionaries(INNER, VALUES, max_size=3), max_size=3))
def test_any_tree_of_settings_is_used_or_refused_by_a_sentence(tree: dict[str, object]) -> None:
    try:
        settings = read_settings(flags=tree)
    except BadSettings:
        return  # any other exception fails the test
    assert 0 <= settings.web.port <= 65_535
    assert Path(settings.city).is_dir()
