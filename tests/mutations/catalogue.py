"""All faults, room by room: each file of ``tests/mutations/faults`` has a tuple ``MUTANTS``."""

import importlib
import pkgutil

from tests.mutations import faults
from tests.mutations.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = tuple(
    mutant
    for room in sorted(module.name for module in pkgutil.iter_modules(faults.__path__))
    for mutant in importlib.import_module(f"{faults.__name__}.{room}").MUTANTS
)
