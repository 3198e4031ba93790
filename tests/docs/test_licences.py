"""What is handed over is listed, in the locked versions, under licences that go with our own."""

import re
from importlib.metadata import PackageNotFoundError, version

from tests.docs import licences_page
from tests.docs.licences_page import BY_HAND, PAGE, goes_with, licence_of, locked, of_models, of_pages

ANEW = "run python -m tests.docs.licences_page"


def _rows(heading: str) -> dict[str, list[str]]:
    part = PAGE.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\| .*$", part, re.MULTILINE)
    ]
    return {name: rest for name, *rest in cells[1:]}


def test_the_page_names_every_locked_run_time_package_in_its_locked_versions() -> None:
    listed = {name: versions.split(", ") for name, (versions, _) in _rows("Python packages").items()}

    assert len(listed) > 50
    assert listed == locked(), ANEW


def test_the_page_says_the_licence_that_each_installed_package_says() -> None:
    """Of two versions the page says what one of them says; the other must at least go with ours."""
    rows, installed = _rows("Python packages"), {name: licence_of(name) for name in locked() if licence_of(name)}
    alike = {name: said for name, said in installed.items() if len(locked()[name]) == 1}

    assert len(alike) > 50
    assert {name: rows[name][1] for name in alike} == alike, ANEW
    assert {name: said for name, said in installed.items() if not goes_with(said)} == {}


def test_each_installed_run_time_package_has_a_locked_version() -> None:
    installed = {}
    for name in locked():
        try:
            installed[name] = version(name)
        except PackageNotFoundError:
            continue

    assert len(installed) > 50
    assert {name: found for name, found in installed.items() if found not in locked()[name]} == {}


def test_the_page_names_the_packages_of_the_pages_and_the_models() -> None:
    assert {name: tuple(rest) for name, rest in _rows("Built into the pages").items()} == of_pages(), ANEW
    assert {name: licence for name, (licence,) in _rows("Models").items()} == of_models(), ANEW


def test_every_licence_goes_with_that_of_the_whole() -> None:
    listed = {
        name: cells[-1]
        for part in ("Python packages", "Built into the pages", "Models")
        for name, cells in _rows(part).items()
    }

    assert {name: licence for name, licence in listed.items() if not goes_with(licence)} == {}


def test_a_licence_that_nobody_has_read_is_refused() -> None:
    assert not goes_with("")
    assert not goes_with("SSPL-1.0")
    assert not goes_with("MIT AND Elastic-2.0")
    assert goes_with("Elastic-2.0 OR Apache-2.0")
    assert goes_with("MPL-2.0 AND (MIT OR Apache-2.0)")


def test_what_is_written_by_hand_is_needed() -> None:
    assert set(BY_HAND) <= set(licences_page.locked())
