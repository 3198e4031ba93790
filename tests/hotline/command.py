"""``hotline`` as an operator types it: a process of its own for each command, forked from one that has loaded the program.

Loading it takes more than a second of a processor; most tests give several commands. That the installed program itself
starts is seen in ``tests/e2e``.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

WITHIN_S = 90.0
LOADED = ["hotline.cli", *(f"hotline.commands.{name}" for name in ("audit", "city", "data", "retention", "users"))]
_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(LOADED)


def given(*words: str, environment: Mapping[str, str], typed: str = "") -> tuple[int, str]:
    """Run ``hotline WORDS`` to its end with exactly this environment; return its exit code and what it said.

    ``typed`` is its standard input; what it said is standard output, then standard error.
    """
    with TemporaryDirectory(prefix="command-") as folder:
        places = [Path(folder) / name for name in ("typed", "said", "told")]
        places[0].write_text(typed, encoding="utf-8")
        process = _forking.Process(target=_be, args=(words, dict(environment), [str(path) for path in places]))
        process.start()
        process.join(WITHIN_S)
        if process.exitcode is None:
            process.kill()
            process.join()
        said = "".join(path.read_text(encoding="utf-8") for path in places[1:] if path.is_file())
        assert process.exitcode is not None
        assert process.exitcode >= 0, f"not ended within {WITHIN_S:g} s: {said}"
        return process.exitcode, said


def _be(words: tuple[str, ...], environment: dict[str, str], places: list[str]) -> None:
    """Be the command: its arguments, its environment, its three files."""
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate(places):
        opened = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.argv = ["hotline", *words]
    from hotline.cli import main  # noqa: PLC0415 - the process that forks has loaded it, the tests' own has not

    main()
