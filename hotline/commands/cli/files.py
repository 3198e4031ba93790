"""``hotline models …``, ``hotline voices …`` and ``hotline knowledge …``: files beside the data."""

import json as json_form
from pathlib import Path
from typing import Annotated

import typer

from hotline.commands.cli.flags import AsJson, Data, run, setup

models = typer.Typer(no_args_is_help=True, help="Recognition models, pinned by digest")
voices = typer.Typer(no_args_is_help=True, help="Rendered voices of the city")
knowledge = typer.Typer(no_args_is_help=True, help="The knowledge base")


@models.command("pull")
def models_pull(
    model: str,
    sha256: Annotated[str | None, typer.Option(help="Digest you confirm, where the lock names none")] = None,
    local: Annotated[Path | None, typer.Option("--from", help="An archive or folder instead of the address")] = None,
    data: Data = None,
) -> None:
    """Fetch a model and check its digest."""
    from hotline.commands.model_files import pull_model  # noqa: PLC0415

    print(pull_model(*setup(data), model, sha256=sha256, local=local))


@models.command("verify")
def models_verify(data: Data = None) -> None:
    """Check the digests of installed models."""
    from hotline.commands.model_files import verify_models  # noqa: PLC0415

    raise typer.Exit(verify_models(*setup(data)))


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

    report = run(evaluate(golden, city=city, confusion=confusion, seed=seed))
    print(json_form.dumps(report, ensure_ascii=False)) if json else print_report(report)
    raise typer.Exit(0 if report["passed"] else 1)
