"""Settings are read once, in one order, and what does not fit is named."""

from pathlib import Path

import pytest

from hotline.settings import BadSettings, TrunkSettings, read_settings


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
