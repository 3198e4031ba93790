"""Faults of the pages."""

from tests.mutations.mutant import Mutant

FORM = ("tests/form.test.ts", "tests/fields.test.ts")

MUTANTS = (
    Mutant(
        name="typed-text-overwritten",
        fault="typed text overwritten",
        file="web/src/order_form/fields.ts",
        old="const untouched = field.hand === 'none' || field.hand === 'auto'",
        new="const untouched = field.hand !== 'accepted'",
        tests=FORM,
    ),
    Mutant(
        name="store-left-out-at-log-out",
        fault="something of a call stays for the next person at the page",
        file="web/src/stores/all.ts",
        old="for (const use of Object.values(STORES)) use().reset()",
        new="for (const use of Object.values(STORES)) if (use !== useReveal) use().reset()",
        tests=("tests/leaving.test.ts",),
    ),
    Mutant(
        name="failed-save-called-saved",
        fault="unsaved text is lost or called saved",
        file="web/src/stores/drafts.ts",
        old="draft.unsaved = { ...draft.sending, ...draft.unsaved }",
        new="draft.unsaved = { ...draft.unsaved }",
        tests=("tests/drafts.test.ts",),
    ),
    Mutant(
        name="order-message-unhandled",
        fault="a live message is sent and nobody handles it",
        file="web/src/stores/live.ts",
        old="    order: (data, about) => orderMoved(about, data),\n",
        new="",
        tests=("tests/stores.test.ts", "tests/pages.test.ts"),
    ),
    Mutant(
        name="answer-of-the-unit-not-told",
        fault="a live message is sent and nobody handles it",
        file="agent_desk/desk.py",
        old="        moved = get_args(AnyOrderEvent)\n",
        new="        moved = get_args(AnyOrderEvent)[:2]\n",
        tests=("tests/agent_desk/test_order_notices.py",),
    ),
    Mutant(
        name="second-page-becomes-active",
        fault="two pages of a seat act at once",
        file="agent_desk/live/page.py",
        old="other.stand(active=other is page)",
        new="other.stand(active=other.active or other is page)",
        tests=("tests/agent_desk/test_open_pages.py",),
    ),
)
