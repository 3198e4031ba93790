"""The list of faults follows the source: each text to replace stands where the mutant says, once."""

import pytest

from tests.mutations.catalogue import MUTANTS
from tests.mutations.copying import ROOT, StaleMutant, mutated
from tests.mutations.mutant import Mutant

FAULTS = {
    "a second call of a contact is dropped",
    "a value stands in another column",
    "who has no number is turned away",
    "an account changes without a trace",
    "a setting is taken from the wrong source",
    "a socket's path is longer than its system takes",
    "what is published reaches no call and nothing says so",
    "a skill is of no queue",
    "a second matter of a contact is refused",
    "one matter makes two orders",
    "a second call's words overwrite the first's",
    "who has the seat now sees what its former agent took part in",
    "a key does what another is for",
    "the running version is overwritten at a restart",
    "a call of ours is left behind",
    "a timer is not that of the RFC",
    "what the network loses is not repeated",
    "a step of a call begins inside another",
    "who took part in a call is not told",
    "somebody hears what is not for them",
    "what is not known does the most destructive thing",
    "a number is shown to who must not see it",
    "a look at somebody else's words leaves no trace",
    "a confidential order names who asked",
    "a row that cannot be read ends a list",
    "a hung process is taken for a living one",
    "a healthy process is killed because the machine is busy",
    "what can never serve is started again and again",
    "a page overwrites what another page typed",
    "µ-law for A-law",
    "expired entry suggested",
    "abandon counted as success",
    "typed text overwritten",
    "something of a call stays for the next person at the page",
    "unsaved text is lost or called saved",
    "text of one matter goes out as another's",
    "two pages of a seat act at once",
    "a page decides by itself who may see it",
    "two rooms claim one page, key or word and nothing says so",
    "a live message is sent and nobody handles it",
    "parties swapped",
    "call time off by the queue wait",
    "JetStream ack before commit",
    "lease not checked",
    "phone number in a log",
    "a test call rings another seat",
    "a file of a city ends in a traceback or goes on unread",
    "a number of a person stays in a text",
    "what is no number of a person is masked",
    "a re-INVITE starts a second sender",
    "text that cannot be stored crosses a wall",
    "a number is checked otherwise than it is used",
    "reading takes time by the square",
    "one source takes the room of all",
    "somebody who may not is served",
    "a text of a person stands in a metric",
    "a process that is gone is measured as if it were there",
    "a route takes what its contract excludes",
    "the interface document says another type than the handler",
    "a fault of one ends others",
    "sound is taken over by a stranger",
    "sound is sent to whom nobody called",
    "a recording is missing without a word",
    "a key counts twice",
    "a process does not end when it is asked to",
    "a process lives on and hears nothing",
    "the record can be changed by who serves",
    "personal data stay where they must go",
    "a command says that it did what it did not",
    "a log takes the disk of all",
    "a body that cannot be stored gets past the web wall",
    "the desk answers under any name",
    "an origin of another scheme counts as ours",
    "a socket goes on after its session",
    "who is on hold hears nothing",
    "who is on hold hears the talk",
    "guesses from elsewhere lock a person out",
    "half requests keep visitors out",
    "who knew an old password stays",
    "a demonstration empties a city's folder",
    "a request that can be written ends in a fault of ours",
}


def test_every_fault_of_the_list_has_a_mutant_and_names_are_different() -> None:
    assert {mutant.fault for mutant in MUTANTS} == FAULTS
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_text_to_replace_stands_once_and_its_tests_exist(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.old) == 1
    assert mutant.new != mutant.old
    for test in mutant.tests:
        file, _, name = test.partition("::")
        place = ROOT / ("web" if mutant.of_the_pages else "") / file
        assert f"def {name.partition('[')[0]}(" in place.read_text(encoding="utf-8") if name else place.is_file(), test


def test_a_mutant_whose_text_is_gone_is_named(tmp_path) -> None:
    mutant = MUTANTS[0]
    place = tmp_path / mutant.file
    place.parent.mkdir(parents=True)
    place.write_text("nothing of it", encoding="utf-8")

    with (
        pytest.raises(StaleMutant, match=f"{mutant.name}: the text to replace stands 0 times"),
        mutated(tmp_path, mutant),
    ):
        pass


def test_the_source_is_put_back_after_a_mutant(tmp_path) -> None:
    mutant = MUTANTS[0]
    place = tmp_path / mutant.file
    place.parent.mkdir(parents=True)
    place.write_text(f"a {mutant.old} b", encoding="utf-8")

    with mutated(tmp_path, mutant):
        changed = place.read_text(encoding="utf-8")

    assert changed == f"a {mutant.new} b"
    assert place.read_text(encoding="utf-8") == f"a {mutant.old} b"
