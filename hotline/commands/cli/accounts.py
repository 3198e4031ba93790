"""``hotline users …``: accounts of the desk."""

from typing import Annotated

import typer

from hotline.commands.cli.flags import Data, run, setup

users = typer.Typer(no_args_is_help=True, help="Accounts of the desk")


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
    run(add_user(*setup(data), account, password=password))
    print(f"account {login} is ready")
