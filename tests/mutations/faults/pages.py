"""Faults of the pages."""

from tests.mutations.mutant import Mutant

FORM = ("tests/form.test.ts", "tests/fields.test.ts")

MUTANTS = (
    Mutant(
        name="typed-text-overwritten",
        fault="typed text overwritten",
        file="web/src/rooms/agent_desk/order_form/fields.ts",
        old="const untouched = field.hand === 'none' || field.hand === 'auto'",
        new="const untouched = field.hand !== 'accepted'",
        tests=FORM,
    ),
    Mutant(
        name="store-left-out-at-log-out",
        fault="something of a call stays for the next person at the page",
        file="web/src/shell/stores/room_store.ts",
        old="for (const reset of [...(known?.values() ?? [])].reverse()) reset()",
        new="for (const reset of [...(known?.values() ?? [])].slice(1).reverse()) reset()",
        tests=("tests/leaving.test.ts",),
    ),
    Mutant(
        name="failed-save-called-saved",
        fault="unsaved text is lost or called saved",
        file="web/src/rooms/agent_desk/stores/drafts.ts",
        old="draft.unsaved = { ...draft.sending, ...draft.unsaved }",
        new="draft.unsaved = { ...draft.unsaved }",
        tests=("tests/drafts.test.ts",),
    ),
    Mutant(
        name="order-message-unhandled",
        fault="a live message is sent and nobody handles it",
        file="web/src/rooms/agent_desk/live.ts",
        old="    useContact().orderMoved(about, data)\n",
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
        name="unsent-text-stays",
        fault="something of a call stays for the next person at the page",
        file="web/src/shell/stores/unsent.ts",
        old="    kept.value.clear()\n",
        new="",
        tests=("tests/ui.test.ts",),
    ),
    Mutant(
        name="page-open-whatever-the-desk-says",
        fault="a page decides by itself who may see it",
        file="web/src/shell/permission.ts",
        old="page.asks.every((operation) => session.may(operation)) && ",
        new="",
        tests=("tests/rooms.test.ts",),
    ),
    Mutant(
        name="key-claimed-twice",
        fault="two rooms claim one page, key or word and nothing says so",
        file="web/src/shell/rooms.ts",
        old="    ...twice('key', keys),\n",
        new="",
        tests=("tests/rooms.test.ts",),
    ),
    Mutant(
        name="session-tells-every-route",
        fault="a page decides by itself who may see it",
        file="runtime/web/app.py",
        old="if permits(one.roles, role=role)",
        new="if permits(one.roles, role=role) or role",
        tests=("tests/runtime/test_web.py",),
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
