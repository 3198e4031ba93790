"""Where a run keeps its files and sockets: which folder is taken, who may enter it, and what is left at the end."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from hotline.places import (
    SOCKET_LIMIT,
    OtherPurpose,
    Places,
    SecondInstance,
    claim_purpose,
    only_instance,
    places_of,
    run_folder,
)
from hotline.settings import Settings
from vocabulary.errors import Permanent


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return places_of(Settings(data=str(tmp_path / "data")))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folders_that_are_kept_are_of_their_user_alone(places: Places) -> None:
    assert [mode(path) for path in (places.data, places.recordings, places.models)] == [0o700] * 3


@pytest.mark.parametrize(
    ("run", "runtime_folder", "expected"),
    [("run", "xdg", "run"), ("run", "", "run"), ("", "xdg", "xdg/hotline")],
)
def test_sockets_go_into_the_folder_that_is_named_else_into_that_of_the_session(
    run: str, runtime_folder: str, expected: str, tmp_path: Path, places: Places
) -> None:
    settings = Settings(
        run=str(tmp_path / run) if run else "", runtime_folder=str(tmp_path / runtime_folder) if runtime_folder else ""
    )
    with run_folder(settings, places) as found:
        assert (found.run, mode(found.run), found.data) == (tmp_path / expected, 0o700, places.data)
        (found.run / "media.sock").touch()

    assert not (tmp_path / expected).exists()


def test_without_any_named_folder_a_new_one_is_made_and_goes_with_the_run(places: Places) -> None:
    with run_folder(Settings(), places) as first, run_folder(Settings(), places) as second:
        assert first.run != second.run
        assert first.run.parent == second.run.parent == Path(tempfile.gettempdir())
        assert (mode(first.run), mode(second.run)) == (0o700, 0o700)

    assert [folder for folder in (first.run, second.run) if folder.exists()] == []


def test_a_folder_in_which_something_of_others_lies_stays_with_it_and_without_our_files(
    tmp_path: Path, places: Places
) -> None:
    (tmp_path / "run/other").mkdir(parents=True)
    with run_folder(Settings(run=str(tmp_path / "run")), places) as found:
        (found.run / "tap.sock").touch()

    assert [path.name for path in (tmp_path / "run").iterdir()] == ["other"]


def test_our_files_go_when_the_run_ends_by_a_fault(tmp_path: Path, places: Places) -> None:
    def broken() -> None:
        with run_folder(Settings(run=str(tmp_path / "run")), places) as found:
            (found.run / "tap.sock").touch()
            raise LookupError

    with pytest.raises(LookupError):
        broken()

    assert not (tmp_path / "run").exists()


def of_length(base: Path, octets: int, letter: str) -> Path:
    """Return a folder below ``base`` in which the socket of media has a path of so many octets."""
    left, size = octets - len(os.fsencode(base / "x/media.sock")) + 1, len(letter.encode())
    return base / (letter * (left // size) + "a" * (left % size))


def test_the_socket_of_media_is_the_longest_so_that_its_length_speaks_for_all(places: Places) -> None:
    named = [getattr(places, name) for name, one in vars(Places).items() if isinstance(one, property)]
    sockets = [path.name for path in named if path.suffix == ".sock"]

    assert set(sockets) == {"media.sock", "tap.sock"}
    assert max(sockets, key=len) == places.media_socket.name


@pytest.mark.parametrize("letter", ["a", "馆"])
def test_a_path_of_107_octets_is_taken_and_one_of_108_refused_and_not_made(letter: str, places: Places) -> None:
    with tempfile.TemporaryDirectory(prefix="s", dir="/tmp") as short:
        fits, over = (of_length(Path(short), octets, letter) for octets in (SOCKET_LIMIT, SOCKET_LIMIT + 1))

        with run_folder(Settings(run=str(fits)), places) as found:
            assert len(os.fsencode(found.media_socket)) == SOCKET_LIMIT
        said = "nothing"
        try:
            with run_folder(Settings(run=str(over)), places):
                said = "entered"
        except Permanent as error:
            said = str(error)

        assert said == f"the folder {over} is too deep for Unix sockets; set HOTLINE_RUN to a shorter one"
        assert not over.exists()


def test_a_second_instance_is_refused_until_the_first_is_gone(places: Places) -> None:
    def second() -> bool:
        with only_instance(places):
            return True

    with only_instance(places), pytest.raises(SecondInstance, match=f"already runs in {places.data}"):
        second()

    assert second()


@pytest.mark.parametrize("demo", [True, False])
def test_a_folder_is_a_citys_or_a_demonstrations_for_good(demo, places: Places) -> None:
    claim_purpose(places, demo=demo)
    claim_purpose(places, demo=demo)

    with pytest.raises(OtherPurpose, match="choose another folder with --data"):
        claim_purpose(places, demo=not demo)
    assert (places.data / "purpose").read_text("utf-8") == ("demo\n" if demo else "city\n")
