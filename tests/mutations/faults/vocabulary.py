"""Faults of the words that all rooms share."""

from tests.mutations.mutant import Mutant

TEXT = ("tests/vocabulary/test_text.py",)

MUTANTS = (
    Mutant(
        name="surrogates-pass",
        fault="text that cannot be stored crosses a wall",
        file="vocabulary/text.py",
        old='"\\\\ud800-\\\\udfff\\\\ufdd0-',
        new='"\\\\ufdd0-',
        tests=TEXT,
    ),
    Mutant(
        name="nul-passes",
        fault="text that cannot be stored crosses a wall",
        file="vocabulary/text.py",
        old='"\\\\x00-\\\\x08',
        new='"\\\\x01-\\\\x08',
        tests=TEXT,
    ),
)
