"""The walls of the house that import-linter does not hold."""

import ast
import re
import statistics
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "vocabulary",
    "runtime",
    "telephony",
    "asr",
    "knowledge",
    "agent_desk",
    "work_orders",
    "analytics",
    "simulation",
    "hotline",
)
FEATURES = ROOMS[2:8]
EDGE_IMPORTS = {"asyncio", "socket", "time", "random", "subprocess", "threading", "select", "ssl", "signal"}
ENGINES = {
    "aiohttp", "aiortc", "asyncpg", "nats", "elasticsearch", "tantivy", "vosk", "faster_whisper", "pyVoIP", "jieba",
    "pypinyin", "ibis", "duckdb", "argon2", "msgspec", "structlog", "webrtcvad", "soxr", "opencc", "uvloop",
    "uuid_utils", "jinja2", "typer", "prometheus_client",
}  # fmt: skip
SEVERAL_PLACES = {"aiohttp", "aiortc", "uvloop", "jinja2", "typer", "webrtcvad", "msgspec"}
"""Engines that two processes use: each place is listed in tests/architecture/engines.txt."""


@cache
def _files() -> tuple[Path, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *ROOMS, "web"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(ROOT / name for name in listed.splitlines() if (ROOT / name).is_file())


def _python() -> list[Path]:
    return [path for path in _files() if path.suffix == ".py"]


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _module(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def _edges() -> set[str]:
    lines = [
        line for path in (ROOT / "tests/architecture/edges").glob("*.txt") for line in path.read_text().splitlines()
    ]
    return {line.split("#")[0].strip() for line in lines} - {""}


def _is_edge(module: str, edges: set[str]) -> bool:
    return any(module == edge or module.startswith(f"{edge}.") for edge in edges)


def test_no_source_file_is_longer_than_400_lines_and_the_median_stays_below_150() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in _files()
             if path.suffix in {".py", ".ts", ".vue"} and not path.name.endswith(".d.ts")}  # fmt: skip

    assert {path: size for path, size in sizes.items() if size > 400} == {}
    assert statistics.median(sizes.values()) <= 150


def test_no_function_is_longer_than_40_lines_or_takes_more_than_six_parameters() -> None:
    long, wide = [], []
    for path in _python():
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if (node.end_lineno or 0) - node.lineno >= 40:
                    long.append(f"{_module(path)}.{node.name}")
                names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
                flags = _module(path).startswith(
                    ("hotline.cli", "hotline.commands.cli.")
                )  # parameters of a command are its flags
                if not flags and len([name for name in names if name not in {"self", "cls"}]) > 6:
                    wide.append(f"{_module(path)}.{node.name}")

    assert long == []
    assert wide == []


def test_pure_modules_touch_no_clock_socket_or_engine() -> None:
    edges = _edges()
    wrong = {
        _module(path): sorted(hit)
        for path in _python()
        if not _is_edge(_module(path), edges)
        and (hit := {name.split(".")[0] for name in _imports(path)} & (EDGE_IMPORTS | ENGINES))
    }

    assert wrong == {}


def test_every_listed_edge_exists() -> None:
    modules = {_module(path) for path in _python()}

    assert {edge for edge in _edges() if not any(m == edge or m.startswith(f"{edge}.") for m in modules)} == set()


def test_an_engine_is_imported_in_one_file_or_folder() -> None:
    homes: dict[str, set[str]] = {}
    for path in _python():
        for name in {name.split(".")[0] for name in _imports(path)} & ENGINES:
            homes.setdefault(name, set()).add(_module(path))
    listed = (ROOT / "tests/architecture/engines.txt").read_text().splitlines()
    allowed = {tuple(line.split()[:2]) for line in listed if line.strip() and not line.startswith("#")}
    wrong = {
        f"{engine} in {module}"
        for engine, modules in homes.items()
        for module in modules
        if not any(e == engine and (module == m or module.startswith(f"{m}.")) for e, m in allowed)
    }

    assert wrong == set()
    assert {e for e, _ in allowed if len([1 for x, _ in allowed if x == e]) > 1} <= SEVERAL_PLACES


def test_features_publish_at_most_fifteen_names_and_say_what_they_turn_into_what() -> None:
    assert FEATURES
    for room in FEATURES:
        tree = _tree(ROOT / room / "__init__.py")
        names = [ast.literal_eval(node.value) for node in tree.body
                 if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"]  # fmt: skip

        assert "→" in (ast.get_docstring(tree) or "").splitlines()[0], room
        assert names, room
        assert len(names[0]) <= 15, room


def test_the_composition_and_the_simulation_import_features_by_their_front_door_only() -> None:
    wrong = {
        _module(path): sorted(hit)
        for path in _python()
        if _module(path).startswith(("hotline", "simulation"))
        and (hit := {name for name in _imports(path) if name.split(".")[0] in FEATURES and "." in name})
    }

    assert wrong == {}


def test_no_file_is_called_after_how_instead_of_what() -> None:
    wrong = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}

    assert [path for path in _files() if path.stem in wrong or path.parent.name in wrong] == []


def test_broad_excepts_stand_in_the_short_list() -> None:
    listed = {
        line.split()[0] for line in (ROOT / "tests/architecture/broad_excepts.txt").read_text().splitlines() if line
    }
    found = set()
    for path in _python():
        for node in ast.walk(_tree(path)):
            kind = node.type if isinstance(node, ast.ExceptHandler) else None
            if isinstance(node, ast.ExceptHandler) and (
                kind is None or getattr(kind, "id", "") in {"Exception", "BaseException"}
            ):
                found.add(str(path.relative_to(ROOT)))

    assert found <= listed
    assert len(listed) <= 10


def test_type_ignores_name_their_code_and_reason() -> None:
    ignores = [
        (f"{path}:{number}", line)
        for path in _python()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "type: ignore" in line
    ]
    wrong = [where for where, line in ignores if not re.search(r"type: ignore\[[a-z-]+(, ?[a-z-]+)*\]\s+#\s*\S", line)]

    assert ignores
    assert wrong == []


@pytest.mark.parametrize("room", FEATURES)
def test_importing_a_feature_loads_no_engine_of_another_process(room: str) -> None:
    heavy = (
        "('vosk','faster_whisper','ctranslate2','aiortc','pyVoIP','ibis','duckdb','tantivy','elasticsearch','jieba')"
    )
    code = f"import sys, {room}; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run(
        [str(ROOT / ".venv/bin/python"), "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert run.stdout.strip() == "[]"


def test_no_cancellation_is_caught_and_kept() -> None:
    """Who catches CancelledError raises it again: a task that swallowed one is waited for for ever."""
    found = []
    for path in _python():
        for node in ast.walk(_tree(path)):
            caught = node.type if isinstance(node, ast.ExceptHandler) else None
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
                caught = ast.Tuple(elts=list(node.args))
            if caught is None or not any(name in ast.unparse(caught) for name in ("CancelledError", "BaseException")):
                continue
            if not any(isinstance(inner, ast.Raise) for inner in ast.walk(node)):
                found.append(f"{_module(path)}:{getattr(node, 'lineno', 0)}")

    assert found == []
