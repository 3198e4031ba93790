"""Faults of the desk's room."""

from tests.mutations.mutant import Mutant

MUTANTS = (
    Mutant(
        name="draft-overwritten",
        fault="a page overwrites what another page typed",
        file="agent_desk/drafting/draft.py",
        old="    if lost:\n",
        new="    if ahead:\n",
        tests=("tests/agent_desk/test_draft_merging.py",),
    ),
)
