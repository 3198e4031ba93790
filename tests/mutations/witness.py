"""A pytest plugin (``-p tests.mutations.witness``): writes down from where the mutated module was imported."""

import json
import os
import sys
from pathlib import Path

import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write {module: file} of our own modules to the file named by MUTANT_WITNESS."""
    rooms = os.environ["MUTANT_ROOMS"].split(",")
    found = {
        name: str(Path(module.__file__).resolve())
        for name, module in list(sys.modules.items())
        if name.split(".")[0] in rooms and getattr(module, "__file__", None)
    }
    Path(os.environ["MUTANT_WITNESS"]).write_text(json.dumps(found), encoding="utf-8")
