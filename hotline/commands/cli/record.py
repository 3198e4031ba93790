"""Commands over the record: the audit, retention, erasure."""

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


def retention(*, apply: bool = False, config: Config = None, data: Data = None) -> None:
    """Show what is kept longer than the policy says; with --apply remove it."""
    from hotline.commands.retention import run_retention  # noqa: PLC0415

    for row in run(run_retention(*setup(data, config), applied=apply)):
        print(f"{row.what}\t{row.keep.days} days\t{row.count} {'removed' if apply else 'due'}\t{row.basis}")


def erase(
    why: Annotated[str, typer.Option(help="On whose request; stays in the audit")],
    contact: UUID | None = None,
    phone: Annotated[str | None, typer.Option(help="All contacts of this number instead")] = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Take the person out of a contact: sound, words, names, numbers; the record, its order and figures stay."""
    from hotline.commands.retention import run_erase  # noqa: PLC0415

    done = run(run_erase(*setup(data, config), contact=contact, phone=phone, why=why))
    print(f"{done.contacts} contacts, {done.recordings} recordings; rows: {done.rows}")
    for name in done.elsewhere:
        print(f"the recording {name} does not lie here: unless it is gone already, remove it on its telephony host")
