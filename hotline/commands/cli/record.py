"""Commands over the record: the audit."""

from typing import Annotated
from uuid import UUID

import typer

from hotline.commands.cli.flags import Config, Data, run, setup

audit = typer.Typer(no_args_is_help=True, help="Who looked at what, and whether that record is whole")


@audit.command("verify")
def audit_verify(config: Config = None, data: Data = None) -> None:
    """Say whether the audit is whole; exit code 1 and the first entry that is not as it was made, when it is not."""
    from hotline.commands.audit import verify_audit  # noqa: PLC0415 - commands load what they need

    verdict = run(verify_audit(*setup(data, config)))
    print(verdict.sentence)
    raise typer.Exit(0 if verdict.whole else 1)


@audit.command("show")
def audit_show(
    contact: UUID | None = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    config: Config = None,
    data: Data = None,
) -> None:
    """Show the newest entries: number, instant, account, what, contact, why. The look is an entry itself."""
    from hotline.commands.audit import print_audit, show_audit  # noqa: PLC0415

    print_audit(run(show_audit(*setup(data, config), contact=contact, limit=limit)))
