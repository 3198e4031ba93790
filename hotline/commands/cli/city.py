"""``hotline city …``: the versions of the running city's lines, queues, menu, limits and prompts."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from hotline.commands.cli.flags import Config, Data, run, setup

city = typer.Typer(no_args_is_help=True, help="The running city: check, compare and publish its files, go back")
Folder = Annotated[Path | None, typer.Argument(help="Folder of the city's files; default: the setting city")]
Note = Annotated[str, typer.Option(help="Why; stays in the history and the audit")]
FOLLOWS = "a running switch follows within 5 s, calls in progress keep theirs"


@city.command("check")
def city_check(folder: Folder = None, config: Config = None, data: Data = None) -> None:
    """Judge all files; one line an error, exit code 1 when there is one."""
    from hotline.commands.city import faults_of  # noqa: PLC0415 - commands load what they need

    settings, _ = setup(data, config)
    faults = faults_of(settings, folder)
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    if faults:
        raise typer.Exit(1)
    print("the files can be published")


@city.command("diff")
def city_diff(folder: Folder = None, config: Config = None, data: Data = None) -> None:
    """Show field by field what the files say otherwise than the running version."""
    from hotline.commands.city import diff  # noqa: PLC0415

    number, lines = run(diff(*setup(data, config), folder))
    print("\n".join(lines) or f"the files say what version {number} says")


@city.command("publish")
def city_publish(note: Note, folder: Folder = None, config: Config = None, data: Data = None) -> None:
    """Make what the files say the next version."""
    from hotline.commands.city import publish  # noqa: PLC0415

    made = run(publish(*setup(data, config), folder, note=note))
    print(f"version {made.number} is published: {FOLLOWS}")


@city.command("history")
def city_history(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50, config: Config = None, data: Data = None
) -> None:
    """Show the versions, newest first: number, instant, account, note."""
    from hotline.commands.city import history  # noqa: PLC0415

    for one in run(history(*setup(data, config), limit=limit)):
        print(f"{one.number}\t{one.at.isoformat()}\t{one.by}\t{one.note}")


@city.command("rollback")
def city_rollback(number: int, note: Note, config: Config = None, data: Data = None) -> None:
    """Make what an old version said the next version, under a new number."""
    from hotline.commands.city import rollback  # noqa: PLC0415

    made = run(rollback(*setup(data, config), number, note=note))
    print(f"version {made.number} says what version {number} said: {FOLLOWS}")
