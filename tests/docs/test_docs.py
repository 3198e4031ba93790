"""The documents say what is there: links, functions, commands, settings, terms."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from hotline import settings
from hotline.cli import app
from tests.docs import orders_page

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "THREAT_MODEL.md", "SECURITY.md", "CHANGELOG.md")
DOCUMENTS = [*(ROOT / name for name in PAGES), *sorted((ROOT / "docs").rglob("*.md"))]
READMES = DOCUMENTS[:2]
ADDED_AT_RELEASE = {"docs/pictures/desk.png", "docs/pictures/briefing.png"}
"""Screenshots of the running demo."""
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"\]\(([^)\s]+\.py)\)((?:[ ,、]+`\w[\w.]*`)+)")
IN_CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(
    r"(?:vocabulary|runtime|telephony|asr|knowledge|agent_desk|work_orders|analytics|simulation|hotline|web|city|docs|tests)/[\w./-]+"
)
FENCE = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
FIGURE = re.compile(r"\d[\d.,]*\s?(?:ms|µs|%|MiB|GiB|MB|GB|pps|packets/s|s\b|minutes|seconds|分钟|毫秒|秒|包/秒)")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def _names_in(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.parse(_text(path)).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}" for inner in node.body
                      if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)}  # fmt: skip
    return frozenset(found)


def _code(path: Path) -> list[str]:
    text = _text(path)
    return IN_CODE.findall(FENCE.sub("", text)) + [line for block in FENCE.findall(text) for line in block.splitlines()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_relative_link_leads_to_a_file(document: Path) -> None:
    links = [link.split("#")[0] for link in LINK.findall(_text(document)) if not re.match(r"[a-z]+:|#", link)]
    wrong = [link for link in links if not (document.parent / link).exists()]

    assert [link for link in wrong if _name((document.parent / link).resolve()) not in ADDED_AT_RELEASE] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_function_named_beside_a_file_is_in_that_file(document: Path) -> None:
    wrong = [
        f"{link}: {name}"
        for link, names in NAMED.findall(_text(document))
        for name in IN_CODE.findall(names)
        if name not in _names_in((document.parent / link).resolve())
    ]

    assert wrong == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_path_of_the_house_in_code_style_exists(document: Path) -> None:
    named = {code.rstrip("/") for code in IN_CODE.findall(FENCE.sub("", _text(document))) if PATH.fullmatch(code)}

    assert {path for path in named if not (ROOT / path).exists()} - ADDED_AT_RELEASE == set()


def test_the_way_of_a_call_numbers_its_steps_and_names_a_function_in_each() -> None:
    rows = [line for line in _text(ROOT / "docs/way-of-a-call.md").splitlines() if re.match(r"\| \d+ \|", line)]

    assert [int(row.split("|")[1]) for row in rows] == list(range(1, len(rows) + 1))
    assert [row for row in rows if not NAMED.search(row)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_make_target_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^(\w[\w-]*):", _text(ROOT / "Makefile"), re.MULTILINE))
    named = {name for code in _code(document) for name in re.findall(r"(?:^|\s)make ([a-z]\w*)", code)}

    assert named <= targets


def _wrong_words(command: str) -> str:
    """Return what is wrong with ``hotline …``: an unknown command, group or flag; empty when all is known."""
    known, group = get_command(app), ""
    for word in command.split()[1:]:
        options = {flag for option in known.params for flag in (*option.opts, *option.secondary_opts)}
        if word.startswith("--"):
            if word.split("=")[0] not in options | {"--help"}:
                return f"{command}: {word}"
        elif hasattr(known, "commands") and group != "done":
            if word not in known.commands:
                return f"{command}: {word}"
            known = known.commands[word]
        else:
            group = "done"
    return ""


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_command_and_flag_named_exists(document: Path) -> None:
    commands = [code[code.index("hotline ") :].split("#")[0].replace("[", " ").replace("]", " ")
                for code in _code(document) if re.match(r"(\$ )?(\.venv/bin/)?hotline [a-z]", code)]  # fmt: skip

    assert [wrong for command in commands if (wrong := _wrong_words(command))] == []


def test_the_reference_of_commands_has_every_command() -> None:
    text = _text(ROOT / "docs/reference/commands.md")
    every = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        every += [f"{name} {inner}" for inner in command.commands] if hasattr(command, "commands") else [name]

    assert [name for name in every if f"hotline {name}" not in text] == []


def test_the_reference_of_settings_has_every_setting_with_its_default_and_no_other() -> None:
    rows = dict(
        re.findall(r"^\| `([a-z_.]+)` \| `?([^|`]*)`? \|", _text(ROOT / "docs/reference/settings.md"), re.MULTILINE)
    )
    expected = {}
    for name, field in settings.Settings.__dataclass_fields__.items():
        if hasattr(field.default, "__dataclass_fields__"):
            expected |= {
                f"{name}.{leaf}": str(getattr(field.default, leaf)) for leaf in field.default.__dataclass_fields__
            }
        else:
            expected[name] = str(field.default)

    assert set(rows) == set(expected)
    assert {name: rows[name] for name in rows if rows[name].strip() not in {expected[name], "–"}} == {}


@pytest.mark.parametrize("readme", READMES, ids=_name)
def test_a_readme_names_no_figure_without_the_command_that_prints_it(readme: Path) -> None:
    text = FENCE.sub("", _text(readme))
    parts = re.split(r"\n\s*\n|\n(?=[-|] )", text)

    assert [part for part in parts if FIGURE.search(part) and not re.search(r"`(?:make|hotline) [^`]+`", part)] == []
    assert len(_text(readme).splitlines()) <= 100


def test_the_glossary_binds_each_term_once_and_to_words_that_the_code_uses() -> None:
    lines = [line for line in _text(ROOT / "docs/glossary.md").splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not set(line) <= set("|- ")]
    rows = [row for row in rows if row[0] != "English"]
    source = "\n".join(
        _text(path) for room in ("vocabulary", "telephony", "asr", "knowledge", "agent_desk", "work_orders", "analytics", "runtime")
        for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts
    )  # fmt: skip
    english, chinese = [row[0] for row in rows], [row[1] for row in rows if row[1] != "–"]

    assert len(set(english)) == len(english) > 60
    assert sorted(word for word in chinese if chinese.count(word) > 1) == []
    words = {word for row in rows for code in IN_CODE.findall(row[2]) for word in code.split(".")}
    assert {word for word in words if not re.search(rf"\b{re.escape(word)}\b", source)} == set()


def test_the_english_and_the_chinese_readme_name_the_same_commands() -> None:
    english, chinese = (
        {code.split("#")[0].strip() for code in _code(readme) if re.match(r"(make|hotline) ", code)}
        for readme in READMES
    )

    assert english == chinese


def test_the_english_and_the_chinese_readme_lead_to_the_same_pages() -> None:
    english, chinese = (
        {link.replace("docs/zh-CN/", "docs/") for link in LINK.findall(_text(readme))}
        - {_name(other) for other in READMES}
        for readme in READMES
    )

    assert len(english) > 15
    assert english == chinese


def test_the_page_of_orders_is_the_table_of_transitions() -> None:
    assert _text(orders_page.PAGE) == orders_page.page(), "run python -m tests.docs.orders_page"


def test_the_compose_file_names_what_a_deployment_needs() -> None:
    compose = yaml.safe_load(_text(ROOT / "compose.yaml"))

    assert set(compose["services"]) >= {"hotline", "postgres", "nats", "elasticsearch"}
    foreign = {name: row for name, row in compose["services"].items() if "build" not in row}
    assert {
        name for name, row in foreign.items() if not re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?(-[a-z]+)?", row["image"])
    } == set()
    served = {name for name, row in compose["services"].items() if "profiles" not in row}
    assert {name for name in served if "healthcheck" not in compose["services"][name]} == set()
    known = set(settings.Settings.__dataclass_fields__)
    for name in compose["services"]["hotline"]["environment"]:
        room, _, leaf = name.removeprefix("HOTLINE_").lower().partition("__")

        assert room in known, name
        assert not leaf or leaf in settings.Settings.__dataclass_fields__[room].default.__dataclass_fields__, name


def test_contributing_links_every_how_to_and_each_fits_on_a_screen_or_two() -> None:
    pages = sorted((ROOT / "docs/how-to").glob("*.md"))
    linked = set(LINK.findall(_text(ROOT / "CONTRIBUTING.md")))

    assert len(pages) >= 4
    assert {_name(page) for page in pages} <= linked
    assert {_name(page): len(_text(page).splitlines()) for page in pages if len(_text(page).splitlines()) > 80} == {}
