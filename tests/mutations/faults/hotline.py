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
        old="encode(newest.settings)\n",
        new="encode(self.of_files())\n",
        tests=(f"{VERSIONS}::test_a_bus_that_lost_all_gets_the_newest_version_back_from_the_database",),
    ),
    Mutant(
        name="environment-before-file",
        fault="a setting is taken from the wrong source",
        file="hotline/settings.py",
        old="_merged(_merged(_from_file(config), _from_environment(dict(os.environ))), flags or {})",
        new="_merged(_merged(_from_environment(dict(os.environ)), _from_file(config)), flags or {})",
        tests=("tests/hotline/test_settings_order.py::test_the_later_source_wins_whichever_of_them_speak",),
    ),
    Mutant(
        name="permanent-tried-again",
        fault="what can never serve is started again and again",
        file="hotline/process.py",
        old="            return PERMANENT_EXIT\n",
        new="            return 1\n",
        tests=(
            "tests/hotline/test_process.py::test_what_will_not_pass_is_exit_78_and_its_sentence_is_told_to_the_supervisor",
        ),
    ),
    Mutant(
        name="socket-path-in-characters",
        fault="a socket's path is longer than its system takes",
        file="hotline/places.py",
        old="len(os.fsencode(found.media_socket)) > SOCKET_LIMIT",
        new="len(str(found.media_socket)) > SOCKET_LIMIT",
        tests=("tests/hotline/test_places.py::test_a_path_of_107_octets_is_taken_and_one_of_108_refused_and_not_made",),
    ),
)
