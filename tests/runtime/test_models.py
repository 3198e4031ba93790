import hashlib
import io
import stat
import zipfile
from pathlib import Path

import pytest

from runtime.models import DigestUnconfirmed, Model, ModelDamaged, ModelFile, ModelMissing, ModelStore, read_lock
from runtime.models.archive import ArchiveRefused
from runtime.models.lock import LOCK, ModelArchive
from vocabulary.errors import Permanent

ONE, TWO = b"first half ", b"second half"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def joined(**changes: object) -> dict[str, Model]:
    file = ModelFile(path="model.bin", size=len(ONE + TWO), sha256=sha(ONE + TWO))
    fields = {"files": (file,), "wheel": {"model.bin": ("p1/data/a", "p2/data/b")}, **changes}
    return {"m": Model(name="m", engine="e", language="zh", licence="MIT", **fields)}


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    for name, data in (("p1/data/a", ONE), ("p2/data/b", TWO)):
        place = tmp_path / "site" / name
        place.parent.mkdir(parents=True)
        place.write_bytes(data)
    return tmp_path / "site"


def zipped(names: dict[str, bytes], *, link: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in names.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = ((stat.S_IFLNK if name == link else stat.S_IFREG) | 0o644) << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def archived(data: bytes, *, pinned: bool = True) -> dict[str, Model]:
    archive = ModelArchive(url="https://x/m.zip", folder="top", size=len(data), sha256=sha(data) if pinned else None)
    return {"m": Model(name="m", engine="vosk", language="zh", licence="Apache-2.0", archive=archive)}


def no_network(url: str) -> io.BytesIO:
    raise AssertionError(url)


def test_parts_in_wheels_are_joined_checked_and_found_again_without_reading(tmp_path: Path, packages: Path) -> None:
    store = ModelStore(tmp_path / "models", lock=joined(), packages=packages, fetch=no_network)
    assert store.installed("m") is None

    folder = store.ensure("m")

    assert (folder / "model.bin").read_bytes() == ONE + TWO
    assert store.installed("m") == folder


def test_a_file_that_changed_after_its_check_is_made_anew(tmp_path: Path, packages: Path) -> None:
    store = ModelStore(tmp_path / "models", lock=joined(), packages=packages, fetch=no_network)
    folder = store.ensure("m")
    (folder / "model.bin").write_bytes(b"x")

    assert store.installed("m") is None
    assert (store.ensure("m") / "model.bin").read_bytes() == ONE + TWO


def test_wrong_bytes_are_refused_and_nothing_is_installed(tmp_path: Path, packages: Path) -> None:
    (packages / "p2/data/b").write_bytes(b"another one")
    store = ModelStore(tmp_path / "models", lock=joined(), packages=packages, fetch=no_network)
    with pytest.raises(ModelDamaged, match=r"model\.bin"):
        store.ensure("m")
    assert store.installed("m") is None


def test_a_missing_model_says_how_to_get_it_and_touches_no_network(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models", lock=joined(), packages=tmp_path, fetch=no_network)
    with pytest.raises(ModelMissing, match="hotline models pull m"):
        store.ensure("m")
    with pytest.raises(ModelMissing, match="known are m"):
        store.ensure("other")


def test_official_files_are_pulled_and_checked(tmp_path: Path) -> None:
    lock = joined(official={"model.bin": "https://x/model.bin"})
    good = ModelStore(tmp_path / "a", lock=lock, packages=tmp_path, fetch=lambda _: io.BytesIO(ONE + TWO))
    bad = ModelStore(tmp_path / "b", lock=lock, packages=tmp_path, fetch=lambda _: io.BytesIO(ONE))

    assert (good.pull("m") / "model.bin").read_bytes() == ONE + TWO
    with pytest.raises(ModelDamaged):
        bad.pull("m")


def test_an_official_address_is_https() -> None:
    store = ModelStore(Path("/nowhere"), lock=archived(b""))
    with pytest.raises(Permanent, match="https"):
        store._fetch("http://x/m.zip")


def test_a_pinned_archive_is_unpacked(tmp_path: Path) -> None:
    data = zipped({"top/am/final.mdl": b"1", "top/conf/model.conf": b"2"})
    store = ModelStore(tmp_path / "models", lock=archived(data), packages=tmp_path, fetch=lambda _: io.BytesIO(data))
    folder = store.pull("m")

    assert (folder / "am/final.mdl").read_bytes() == b"1"
    assert store.ensure("m") == folder


def test_an_archive_of_other_bytes_is_refused(tmp_path: Path) -> None:
    data = zipped({"top/a": b"1"})
    store = ModelStore(tmp_path / "m", lock=archived(data + b" "), packages=tmp_path, fetch=lambda _: io.BytesIO(data))
    with pytest.raises(ModelDamaged):
        store.pull("m")


def test_without_a_pinned_digest_a_person_must_confirm_the_one_that_came(tmp_path: Path) -> None:
    data = zipped({"top/a": b"1"})
    fetched = []

    def fetch(url: str) -> io.BytesIO:
        fetched.append(url)
        return io.BytesIO(data)

    store = ModelStore(tmp_path / "m", lock=archived(data, pinned=False), packages=tmp_path, fetch=fetch)
    with pytest.raises(DigestUnconfirmed, match=sha(data)):
        store.pull("m")
    assert store.installed("m") is None

    assert (store.pull("m", confirmed_sha256=sha(data).upper()) / "a").read_bytes() == b"1"
    assert fetched == ["https://x/m.zip"]


def test_a_local_archive_needs_no_network(tmp_path: Path) -> None:
    data = zipped({"top/a": b"1"})
    (tmp_path / "m.zip").write_bytes(data)
    store = ModelStore(tmp_path / "m", lock=archived(data), packages=tmp_path, fetch=no_network)

    assert (store.pull("m", local=tmp_path / "m.zip") / "a").read_bytes() == b"1"
    assert (tmp_path / "m.zip").exists()


@pytest.mark.parametrize(
    ("names", "link", "word"),
    [
        ({"top/../../evil": b"1"}, "", "outside"), ({"/evil": b"1"}, "", "outside"), ({"top/l": b"/etc"}, "top/l", "link"),
        ({"other/a": b"1"}, "", "no folder"),
    ],
)  # fmt: skip
def test_a_hostile_archive_is_refused(tmp_path: Path, names: dict[str, bytes], link: str, word: str) -> None:
    data = zipped(names, link=link)
    store = ModelStore(tmp_path / "m", lock=archived(data), packages=tmp_path, fetch=lambda _: io.BytesIO(data))
    with pytest.raises(ArchiveRefused, match=word):
        store.pull("m")


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "m", lock=archived(b"no"), packages=tmp_path, fetch=lambda _: io.BytesIO(b"no"))
    with pytest.raises(ArchiveRefused, match="damaged"):
        store.pull("m")


def test_the_projects_lock_pins_whisper_by_digest_and_leaves_the_big_vosk_model_to_the_operator() -> None:
    lock = read_lock()
    whisper = {file.path: file for file in lock["whisper-base"].files}

    assert whisper["model.bin"].size == 145_217_532
    assert whisper["model.bin"].sha256.startswith("d01c3014")
    assert set(lock["whisper-base"].wheel) == set(lock["whisper-base"].official) == set(whisper)
    big, small = lock["vosk-cn"].archive, lock["vosk-small-cn"].archive
    assert big is not None
    assert small is not None
    assert big.sha256 is None
    assert small.sha256 is not None
    assert all(model.licence for model in lock.values())


def test_a_damaged_lock_is_named(tmp_path: Path) -> None:
    (tmp_path / "l").write_text("{")
    with pytest.raises(Permanent, match="cannot be read"):
        read_lock(tmp_path / "l")
    assert LOCK.name == "models.lock.json"


@pytest.mark.real
def test_whisper_base_of_the_wheels_has_the_official_digest(tmp_path: Path) -> None:
    folder = ModelStore(tmp_path / "models", lock=read_lock(), fetch=no_network).ensure("whisper-base")

    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "model.bin",
        "tokenizer.json",
        "vocabulary.txt",
    ]
