"""What every group of commands shares: flags that repeat, and how a command reads its settings."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from hotline.places import Places, places_of
from hotline.settings import Settings, read_settings
from runtime.telemetry import configure_logging

Data = Annotated[Path | None, typer.Option("--data", help="Folder of everything that is kept")]
Config = Annotated[Path | None, typer.Option("--config", help="Settings file, default hotline.toml")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON")]


def setup(data: Path | None, config: Path | None = None, **flags: Any) -> tuple[Settings, Places]:
    """Return settings and places of a command; ``flags`` that are None were not given."""
    tree = {name: value for name, value in flags.items() if value is not None}
    if data is not None:
        tree["data"] = str(data)
    configure_logging(process="hotline", json=False)
    settings = read_settings(config=config, flags=tree)
    return settings, places_of(settings)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what a command's work returns."""
    return asyncio.run(work)
