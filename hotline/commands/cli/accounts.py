"""``hotline users …`` and ``hotline sessions …``: who may come in."""

import json as json_form
from typing import Annotated

import typer

from hotline.commands.cli.flags import AsJson, Data, run, setup

users = typer.Typer(no_args_is_help=True, help="Accounts of the desk")
sessions = typer.Typer(no_args_is_help=True, help="Open sessions of the desk")


@users.command("add")
def users_add(
    login: str,
    name: Annotated[str, typer.Option(prompt=True)],
    role: Annotated[str, typer.Option(help="agent, analyst, admin or unit")] = "agent",
    seat: str | None = None,
    unit: str | None = None,
    skill: Annotated[
        list[str] | None, typer.Option(help="a queue whose calls an agent takes; several times; without it every queue")
    ] = None,
    data: Data = None,
) -> None:
    """Make an account, or renew its password; the password is asked for."""
    from hotline.commands.users import account_of, add_user  # noqa: PLC0415

    account = account_of(login=login, name=name, role=role, seat=seat, unit=unit, skills=skill or ())
    password = typer.prompt("password", hide_input=True, confirmation_prompt=True)
    run(add_user(*setup(data), account, password=password))
    print(f"account {login} is ready")


def _print(rows: list[dict[str, object]], *, json: bool) -> None:
    if json:
        print(json_form.dumps(rows, ensure_ascii=False, default=str))
    else:
        print("\n".join("  ".join(f"{name}={value}" for name, value in row.items()) for row in rows) or "none")


@users.command("list")
def users_list(*, json: AsJson = False, data: Data = None) -> None:
    """Show all accounts, which are ended, and how many sessions each has open."""
    from hotline.commands.sessions import list_users  # noqa: PLC0415

    _print(run(list_users(*setup(data))), json=json)


@users.command("end")
def users_end(login: str, data: Data = None) -> None:
    """End an account: its sessions and open pages close, it cannot log in; what it has done stays."""
    from hotline.commands.sessions import end_user  # noqa: PLC0415

    run(end_user(*setup(data), login))
    print(f"account {login} is ended")


@users.command("reactivate")
def users_reactivate(login: str, data: Data = None) -> None:
    """Let an ended account log in again with its old password."""
    from hotline.commands.sessions import reactivate_user  # noqa: PLC0415

    run(reactivate_user(*setup(data), login))
    print(f"account {login} may log in again")


@users.command("password")
def users_password(login: str, data: Data = None) -> None:
    """Give an account a new password, which is asked for; its sessions end."""
    from hotline.commands.sessions import set_user_password  # noqa: PLC0415

    password = typer.prompt("password", hide_input=True, confirmation_prompt=True)
    run(set_user_password(*setup(data), login, password=password))
    print(f"account {login} has a new password")


@sessions.command("list")
def sessions_list(
    login: Annotated[str | None, typer.Argument()] = None, *, json: AsJson = False, data: Data = None
) -> None:
    """Show open sessions: since when, last used, from which address."""
    from hotline.commands.sessions import list_sessions  # noqa: PLC0415

    _print(run(list_sessions(*setup(data), login=login)), json=json)


@sessions.command("end")
def sessions_end(which: str, data: Data = None) -> None:
    """End a session by its id, or all sessions of a login."""
    from hotline.commands.sessions import end_sessions  # noqa: PLC0415

    run(end_sessions(*setup(data), which))
    print(f"{which}: ended")
