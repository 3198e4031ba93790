"""The wheel holds what another machine needs of the house."""

import subprocess
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"][
    "packages"
]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    uv = ROOT / ".tools/bin/uv"
    subprocess.run([str(uv), "build", "--wheel", "--quiet", "--out-dir", str(folder)], cwd=ROOT, check=True)
    (wheel,) = folder.glob("*.whl")
    return set(ZipFile(wheel).namelist())


def test_the_wheel_says_of_each_package_that_it_has_types(held: set[str]) -> None:
    assert len(PACKAGES) == 11
    assert {f"{package}/py.typed" for package in PACKAGES} <= held


def test_the_wheel_holds_migrations_the_list_of_models_and_the_city(held: set[str]) -> None:
    migrations = {str(path.relative_to(ROOT)) for room in PACKAGES for path in (ROOT / room).rglob("migrations/*.*")}

    assert len(migrations) > 10
    assert migrations | {"models.lock.json", "city/city.toml", "city/voices/manifest.json"} <= held


def test_the_wheel_holds_the_pages_when_they_are_built(held: set[str]) -> None:
    built = {str(path.relative_to(ROOT)) for path in (ROOT / "hotline/static").rglob("*") if path.is_file()}

    assert built <= held


def test_the_wheel_holds_neither_source_nor_installed_package_of_the_pages(held: set[str]) -> None:
    assert [name for name in held if "node_modules" in name or name.endswith((".vue", ".ts"))] == []
