"""Faults of work orders."""

from tests.mutations.mutant import Mutant

PAGES = "tests/work_orders/test_pages.py"
SERVICE = "tests/work_orders/test_service.py"

MUTANTS = (
    Mutant(
        name="unknown-command-archives",
        fault="what is not known does the most destructive thing",
        file="work_orders/transitions.py",
        old="        raise Refused(*_NOT_NOW[type(command)])\n",
        new="        row = TRANSITIONS[-1]\n",
        tests=("tests/work_orders/test_order.py::test_what_the_table_does_not_name_is_refused",),
    ),
    Mutant(
        name="any-event-taken",
        fault="what is not known does the most destructive thing",
        file="work_orders/transitions.py",
        old="    if order is None or to is None:\n",
        new="    if order is None:\n",
        tests=("tests/work_orders/test_order.py::test_an_event_that_cannot_follow_is_not_taken",),
    ),
    Mutant(
        name="confidential-names-left",
        fault="a confidential order names who asked",
        file="work_orders/hiding.py",
        old="numbers=self.numbers) if self.confidential else masked_text(text)",
        new="numbers=self.numbers) if False else masked_text(text)",
        tests=(f"{PAGES}::test_a_confidential_order_names_nobody_even_when_the_forms_name_is_empty",),
    ),
    Mutant(
        name="poisoned-order-ends-the-list",
        fault="a row that cannot be read ends a list",
        file="work_orders/store.py",
        old='        except ValueError as error:\n            _log.warning("an order cannot',
        new='        except KeyError as error:\n            _log.warning("an order cannot',
        tests=(f"{PAGES}::test_a_row_that_cannot_be_read_leaves_the_others_in_every_list",),
    ),
    Mutant(
        name="number-asked-of-whom-has-none",
        fault="who has no number is turned away",
        file="work_orders/form.py",
        old="if not phone and requester.number is not None:",
        new="if not phone:",
        tests=("tests/work_orders/test_order.py::test_only_who_has_a_number_must_leave_one",),
    ),
    Mutant(
        name="second-matter-refused",
        fault="a second matter of a contact is refused",
        file="work_orders/service.py",
        old="store.locked_order_of_matter(tx, request.matter)",
        new="store.locked_order_of_matter(tx, request.contact)",
        tests=(f"{SERVICE}::test_each_matter_of_a_contact_has_its_own_order_and_unit",),
    ),
    Mutant(
        name="matter-sent-twice",
        fault="one matter makes two orders",
        file="work_orders/service.py",
        old="before = await store.locked_order_of_matter(tx, request.matter)",
        new="before = None",
        tests=(f"{SERVICE}::test_sends_of_one_matter_at_the_same_moment_make_one_order",),
    ),
    Mutant(
        name="other-order-of-a-confidential-contact",
        fault="a confidential order names who asked",
        file="work_orders/hiding.py",
        old='confidential=row["hidden"],',
        new='confidential=row["confidential"],',
        tests=(f"{PAGES}::test_one_confidential_matter_keeps_who_asked_unknown_in_the_others_of_the_contact",),
    ),
)
