"""Writes docs/reference/licences.md from the lock files: ``python -m tests.docs.licences_page``."""

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/reference/licences.md"
PYTHONS = ("3.11", "3.12", "3.13")
GOES_WITH = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "GPL-3.0-only", "GPL-3.0-or-later", "ISC",
    "LGPL-2.1-or-later", "LGPL-3.0-only", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0", "Zlib",
})  # fmt: skip
"""Licences whose works may be part of a whole that is conveyed under GPL-3.0. Read one before you add it."""
SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "ISC License": "ISC",
    "MIT License": "MIT",
}
"""What packages write, in the words of SPDX."""
BY_HAND = {
    "audioop-lts": "PSF-2.0",
    "jinja2": "BSD-3-Clause",
}
"""Read in the package's licence file: its metadata say less, or it is not installed under every Python."""
_HEAD = """# What is handed over, and under which licence

Written by `python -m tests.docs.licences_page` from `uv.lock`, the metadata of the installed packages, the lock file of the
pages and `models.lock.json`; a test compares, and fails on a licence that does not stand in
[tests/docs/licences_page.py](../../tests/docs/licences_page.py) among those that go with GPL-3.0-or-later. Our own files are
GPL-3.0-or-later ([LICENSE](../../LICENSE)); the reason stands in [decision 13](../decisions.md). Packages that only
development needs are not handed over and not listed. Where two versions stand, the Python decides. The licence is that of the package as its metadata
say it; a package may hold programs of others under further terms, which lie beside it in its own licence files.

"""


def _lock() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for package in tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]:
        found[package["name"]].append(package)
    return found


def _environment(python: str) -> dict[str, str]:
    return {
        "python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux", "os_name": "posix",
        "platform_system": "Linux", "platform_machine": "x86_64", "implementation_name": "cpython",
        "platform_python_implementation": "CPython", "extra": "",
    }  # fmt: skip


def _holds(row: dict[str, Any], environment: dict[str, str]) -> bool:
    return "marker" not in row or Marker(row["marker"]).evaluate(environment)


def _chosen(dependency: dict[str, Any], lock: dict[str, list[dict[str, Any]]], python: str) -> dict[str, Any]:
    """Return the locked package that a dependency row leads to under this Python."""
    rows = [row for row in lock[dependency["name"]] if dependency.get("version") in {None, row["version"]}]
    fitting = [
        row
        for row in rows
        if not row.get("resolution-markers")
        or any(Marker(marker).evaluate(_environment(python)) for marker in row["resolution-markers"])
    ]
    (row,) = fitting
    return row


def _needs(package: dict[str, Any], extras: list[str]) -> Iterator[dict[str, Any]]:
    yield from package.get("dependencies", [])
    for extra in extras:
        yield from package.get("optional-dependencies", {}).get(extra, [])


@cache
def locked() -> dict[str, list[str]]:
    """Return the versions of each run-time package on Linux x86-64, under any Python that we serve."""
    lock, found = _lock(), defaultdict(set)
    for python in PYTHONS:
        environment = _environment(python)
        waiting = list(lock["hotline-12345"][0]["dependencies"])
        seen: set[tuple[str, str, tuple[str, ...]]] = set()
        while waiting:
            dependency = waiting.pop()
            if not _holds(dependency, environment):
                continue
            package = _chosen(dependency, lock, python)
            extras = dependency.get("extra", [])
            key = (package["name"], package["version"], tuple(extras))
            if key not in seen:
                seen.add(key)
                found[package["name"]].add(package["version"])
                waiting += _needs(package, extras)
    return {name: sorted(found[name], key=_in_order) for name in sorted(found)}


def _in_order(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def licence_of(name: str) -> str:
    """Return the licence of an installed package, or the one read by hand; empty where neither says one."""
    if name in BY_HAND:
        return BY_HAND[name]
    try:
        said = distribution(name).metadata
    except PackageNotFoundError:
        return ""
    words = [text for name in ("License-Expression", "License") for text in said.get_all(name) or []]
    words += [row.rsplit(" :: ", 1)[-1] for row in said.get_all("Classifier") or [] if row.startswith("License ::")]
    return next((SPDX.get(word, word) for word in words if word not in {"", "UNKNOWN"}), "")


def goes_with(licence: str) -> bool:
    """Say whether each part of an SPDX expression leaves a licence that goes with GPL-3.0-or-later."""
    parts = licence.replace("(", "").replace(")", "").split(" AND ")
    return all(GOES_WITH & set(part.split(" OR ")) for part in parts)


def of_pages() -> dict[str, tuple[str, str]]:
    """Return version and licence of each npm package that is built into the pages."""
    rows = json.loads((ROOT / "web/package-lock.json").read_text("utf-8"))["packages"]
    return {
        path.rpartition("node_modules/")[2]: (row["version"], row.get("license", ""))
        for path, row in sorted(rows.items())
        if path and not row.get("dev") and not row.get("peer") and not row.get("optional")
    }


def of_models() -> dict[str, str]:
    """Return the licence of each model that is named in models.lock.json."""
    rows = json.loads((ROOT / "models.lock.json").read_text("utf-8"))["models"]
    return {row["name"]: row["licence"] for row in rows}


def page() -> str:
    """Return the page: Python packages, packages of the pages, models."""
    parts = [_HEAD, "## Python packages\n\n", "| package | version | licence |\n|---|---|---|\n"]
    parts += [f"| {name} | {', '.join(versions)} | {licence_of(name)} |\n" for name, versions in locked().items()]
    parts += ["\n## Built into the pages\n\n", "| package | version | licence |\n|---|---|---|\n"]
    parts += [f"| {name} | {version} | {licence} |\n" for name, (version, licence) in of_pages().items()]
    parts += [
        "\n## Models\n\nWhisper base comes in packages; the others are fetched by `hotline models pull` only.\n\n"
    ]
    parts += [
        "| model | licence |\n|---|---|\n",
        *(f"| {name} | {licence} |\n" for name, licence in of_models().items()),
    ]
    parts += ["\nThe city's spoken files: [city/voices/LICENCE.md](../../city/voices/LICENCE.md).\n"]
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
