"""Faults of the composition."""

from tests.mutations.mutant import Mutant

VERSIONS = "tests/hotline/test_running_city.py"

MUTANTS = (
    Mutant(
        name="files-speak-at-every-start",
        fault="the running version is overwritten at a restart",
        file="hotline/running_city.py",
        old="            elif on_bus is not None and on_bus.version > newest.number:\n"
        "                newest = await self._taken_over(tx, on_bus)\n",
        new="            else:\n"
        "                files = self._of_house(newest.number + 1, self.of_files(), note=FROM_FILES)\n"
        "                newest = await write(tx, files, what=PUBLISHED)\n",
        tests=(f"{VERSIONS}::test_a_restart_never_overwrites_what_runs_with_files",),
    ),
    Mutant(
        name="bus-filled-from-files",
        fault="the running version is overwritten at a restart",
        file="hotline/running_city.py",
        old="encode(newest.settings))",
        new="encode(self.of_files()))",
        tests=(f"{VERSIONS}::test_a_bus_that_lost_all_gets_the_newest_version_back_from_the_database",),
    ),
)
