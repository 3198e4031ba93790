"""A fault to plant: which text of which file is replaced by what, and which tests must notice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """``old`` stands exactly once in ``file``. ``tests`` are pytest's, or, for a .ts file, vitest's."""

    name: str
    fault: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def of_the_pages(self) -> bool:
        """Whether it is a fault of the front end."""
        return self.file.endswith(".ts")
