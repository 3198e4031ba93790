"""The command line. Names of commands and flags are a promise to scripts."""

import json as json_form
import os
import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from hotline.commands.cli.accounts import sessions, users
from hotline.commands.cli.city import city
from hotline.commands.cli.files import knowledge, models, voices
from hotline.commands.cli.flags import AsJson, Config, Data, run, setup
from hotline.commands.cli.record import audit, erase, retention
from hotline.places import PRIVATE
from runtime.failures import foreseen_in
from runtime.telemetry import configure_logging
from vocabulary.errors import FieldError, HotlineError

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Hotline 12345 · 一号答"
)
groups = {"users": users, "sessions": sessions, "models": models, "voices": voices, "knowledge": knowledge}
for name, group in {**groups, "audit": audit, "city": city}.items():
    app.add_typer(group, name=name)
for command in (retention, erase):
    app.command()(command)


@app.command()
def serve(config: Config = None, data: Data = None, roles: Annotated[str | None, typer.Option()] = None) -> None:
    """Run the hotline; --roles telephony,asr,desk chooses what this host does."""
    from hotline.commands.serve import serve as run_serve  # noqa: PLC0415 - commands load what they need

    settings, places = setup(data, config, roles=roles.split(",") if roles else None)
    configure_logging(process="hotline", json=True)
    run(run_serve(settings, places))


@app.command()
def demo(
    *,
    once: bool = False,
    json: AsJson = False,
    browser: Annotated[bool, typer.Option("--browser/--no-browser")] = True,
    caller_audio: Path | None = None,
    expect_text: Path | None = None,
    data: Data = None,
    reset: bool = False,
) -> None:
    """Run a whole hotline with simulated callers on this machine; --once places calls, reports and ends."""
    from hotline.demo.options import DemoOptions  # noqa: PLC0415
    from hotline.demo.run import run_demo  # noqa: PLC0415

    options = DemoOptions(
        once=once,
        json=json,
        browser=browser,
        caller_audio=caller_audio,
        expect_text=expect_text,
        data=data,
        reset=reset,
    )
    raise typer.Exit(run(run_demo(options)))


@app.command()
def call(
    number: str,
    audio: Annotated[Path | None, typer.Option(help="8 kHz WAV that the softphone speaks")] = None,
    record: Annotated[Path | None, typer.Option(help="WAV of what the softphone hears")] = None,
    to: Annotated[str | None, typer.Option(help="HOST:PORT of SIP, default the running hotline")] = None,
    *,
    via_switch: Annotated[bool, typer.Option("--via-switch", help="The running switch calls, no softphone")] = False,
    talk: Annotated[float, typer.Option(help="Seconds after the answer, for the switch")] = 5.0,
    data: Data = None,
) -> None:
    """Place one call: with a softphone, or by the running switch, and report what came of it."""
    from hotline.commands.call import place, place_by_switch  # noqa: PLC0415

    if via_switch:
        result = run(place_by_switch(*setup(data), number=number, to=to, talk_s=talk))
    elif audio is None:
        raise typer.BadParameter("the softphone needs --audio WAV; --via-switch needs none")
    else:
        result = run(place(*setup(data), number=number, audio=audio, keep=record, to=to))
    print(json_form.dumps(result, ensure_ascii=False))
    raise typer.Exit(0 if result["answered"] else 1)


@app.command()
def migrate(config: Config = None, data: Data = None) -> None:
    """Bring the database up to this version."""
    from hotline.commands.data import migrate_all  # noqa: PLC0415

    applied = run(migrate_all(*setup(data, config)))
    print("\n".join(applied) or "nothing to apply")


@app.command()
def doctor(*, json: AsJson = False, config: Config = None, data: Data = None) -> None:
    """Look at what this machine has and say what is missing."""
    from hotline.commands.doctor import examine  # noqa: PLC0415
    from runtime.codec import to_builtins  # noqa: PLC0415

    findings = examine(*setup(data, config))
    if json:
        print(json_form.dumps(to_builtins(findings), ensure_ascii=False))
    else:
        for finding in findings:
            print(
                f"{'ok ' if finding.ok else 'NO '} {finding.name}: {finding.found}"
                + (f" – {finding.advice}" if finding.advice else "")
            )
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@app.command()
def status(*, json: AsJson = False, data: Data = None) -> None:
    """Show calls, legs, recogniser lag and log backlog of the running hotline."""
    from hotline.commands.status import print_status, read_status  # noqa: PLC0415

    found = run(read_status(*setup(data)))
    print(json_form.dumps(found, ensure_ascii=False)) if json else print_status(found)


@app.command()
def trace(identity: UUID, data: Data = None) -> None:
    """Show all events of one call, masked."""
    from hotline.commands.data import trace as run_trace  # noqa: PLC0415

    raise typer.Exit(0 if run(run_trace(*setup(data), identity)) else 1)


@app.command()
def sql(query: str, data: Data = None) -> None:
    """Run a read-only query; starts the embedded server when nothing runs."""
    from hotline.commands.data import print_rows, run_sql  # noqa: PLC0415

    print_rows(run(run_sql(*setup(data), query)))


def main() -> None:
    """Run the command line; a foreseen failure is one sentence and exit code 1."""
    os.umask(PRIVATE)
    try:
        app()
    except FieldError as error:
        sys.exit("\n".join(f"{field}: {text}" for field, text in error.fields.items()))
    except (HotlineError, OSError, BaseExceptionGroup) as error:
        foreseen = foreseen_in(error)
        if foreseen is None:
            raise
        sys.exit(f"hotline: {foreseen}")
