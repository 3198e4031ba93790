"""The command line. Names of commands and flags are a promise to scripts."""

import asyncio
import json as json_form
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from hotline.places import Places, places_of
from hotline.settings import Settings, read_settings
from runtime.telemetry import configure_logging
from vocabulary.errors import FieldError, HotlineError

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Hotline 12345 · 一号答"
)
users = typer.Typer(no_args_is_help=True, help="Accounts of the desk")
models = typer.Typer(no_args_is_help=True, help="Recognition models, pinned by digest")
voices = typer.Typer(no_args_is_help=True, help="Rendered voices of the city")
knowledge = typer.Typer(no_args_is_help=True, help="The knowledge base")
for name, group in {"users": users, "models": models, "voices": voices, "knowledge": knowledge}.items():
    app.add_typer(group, name=name)

Data = Annotated[Path | None, typer.Option("--data", help="Folder of everything that is kept")]
Config = Annotated[Path | None, typer.Option("--config", help="Settings file, default hotline.toml")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON")]


def _setup(data: Path | None, config: Path | None = None, **flags: Any) -> tuple[Settings, Places]:
    tree = {name: value for name, value in flags.items() if value is not None}
    if data is not None:
        tree["data"] = str(data)
    configure_logging(process="hotline", json=False)
    settings = read_settings(config=config, flags=tree)
    return settings, places_of(settings)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


@app.command()
def serve(config: Config = None, data: Data = None, roles: Annotated[str | None, typer.Option()] = None) -> None:
    """Run the hotline; --roles telephony,asr,desk chooses what this host does."""
    from hotline.commands.serve import serve as run_serve  # noqa: PLC0415 - commands load what they need

    settings, places = _setup(data, config, roles=roles.split(",") if roles else None)
    configure_logging(process="hotline", json=True)
    _run(run_serve(settings, places))


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
    raise typer.Exit(_run(run_demo(options)))


@app.command()
def call(
    number: str,
    audio: Annotated[Path, typer.Option(help="8 kHz WAV that the caller speaks")],
    record: Annotated[Path | None, typer.Option(help="WAV of what the caller hears")] = None,
    to: Annotated[str | None, typer.Option(help="HOST:PORT of SIP, default the running hotline")] = None,
    data: Data = None,
) -> None:
    """Place one call with a softphone."""
    from hotline.commands.call import place  # noqa: PLC0415

    result = _run(place(*_setup(data), number=number, audio=audio, record=record, to=to))
    print(json_form.dumps(result, ensure_ascii=False))
    raise typer.Exit(0 if result["answered"] else 1)


@app.command()
def migrate(config: Config = None, data: Data = None) -> None:
    """Bring the database up to this version."""
    from hotline.commands.data import migrate_all  # noqa: PLC0415

    applied = _run(migrate_all(*_setup(data, config)))
    print("\n".join(applied) or "nothing to apply")


@users.command("add")
def users_add(
    login: str,
    name: Annotated[str, typer.Option(prompt=True)],
    role: Annotated[str, typer.Option(help="agent, analyst, admin or unit")] = "agent",
    seat: str | None = None,
    unit: str | None = None,
    data: Data = None,
) -> None:
    """Make an account, or renew its password; the password is asked for."""
    from hotline.commands.data import add_user  # noqa: PLC0415
    from hotline.commands.users import account_of  # noqa: PLC0415

    account = account_of(login=login, name=name, role=role, seat=seat, unit=unit)
    password = typer.prompt("password", hide_input=True, confirmation_prompt=True)
    _run(add_user(*_setup(data), account, password=password))
    print(f"account {login} is ready")


@app.command()
def doctor(*, json: AsJson = False, config: Config = None, data: Data = None) -> None:
    """Look at what this machine has and say what is missing."""
    from hotline.commands.doctor import examine  # noqa: PLC0415
    from runtime.codec import to_builtins  # noqa: PLC0415

    findings = examine(*_setup(data, config))
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

    found = _run(read_status(*_setup(data)))
    print(json_form.dumps(found, ensure_ascii=False)) if json else print_status(found)


@app.command()
def trace(identity: UUID, data: Data = None) -> None:
    """Show all events of one call, masked."""
    from hotline.commands.data import trace as run_trace  # noqa: PLC0415

    raise typer.Exit(0 if _run(run_trace(*_setup(data), identity)) else 1)


@app.command()
def sql(query: str, data: Data = None) -> None:
    """Run a read-only query; starts the embedded server when nothing runs."""
    from hotline.commands.data import print_rows, run_sql  # noqa: PLC0415

    print_rows(_run(run_sql(*_setup(data), query)))


@models.command("pull")
def models_pull(
    model: str,
    sha256: Annotated[str | None, typer.Option(help="Digest you confirm, where the lock names none")] = None,
    local: Annotated[Path | None, typer.Option("--from", help="An archive or folder instead of the address")] = None,
    data: Data = None,
) -> None:
    """Fetch a model and check its digest."""
    from hotline.commands.model_files import pull_model  # noqa: PLC0415

    print(pull_model(*_setup(data), model, sha256=sha256, local=local))


@models.command("verify")
def models_verify(data: Data = None) -> None:
    """Check the digests of installed models."""
    from hotline.commands.model_files import verify_models  # noqa: PLC0415

    raise typer.Exit(verify_models(*_setup(data)))


@voices.command("render")
def voices_render(only: str | None = None, city: Path = Path("city")) -> None:
    """Render prompts and dialogues that changed; needs the dependency group voices."""
    from hotline.voices.render import render  # noqa: PLC0415

    render(city=city, out=city / "voices", only=only)


@knowledge.command("eval")
def knowledge_eval(
    golden: Path, *, confusion: float = 0.2, seed: int = 12345, json: AsJson = False, city: Path = Path("city")
) -> None:
    """Ask every spoken request of a set, through a channel that confuses characters, and report what was found."""
    from hotline.commands.evaluate import evaluate, print_report  # noqa: PLC0415

    report = _run(evaluate(golden, city=city, confusion=confusion, seed=seed))
    print(json_form.dumps(report, ensure_ascii=False)) if json else print_report(report)
    raise typer.Exit(0 if report["passed"] else 1)


def main() -> None:
    """Run the command line; a foreseen failure is one sentence and exit code 1."""
    try:
        app()
    except FieldError as error:
        sys.exit("\n".join(f"{field}: {text}" for field, text in error.fields.items()))
    except HotlineError as error:
        sys.exit(f"hotline: {error}")
