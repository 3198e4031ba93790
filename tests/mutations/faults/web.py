"""Faults of the web wall, of sessions, and of a demonstration beside a city."""

from tests.mutations.mutant import Mutant

ACCOUNTS = "tests/agent_desk/test_accounts.py"
ACCOUNT_PAGES = "tests/agent_desk/test_account_pages.py"
DOORS = "tests/runtime/test_web_doors.py"
EACH_ROLE = "tests/hotline/test_schema_as_each_role.py"
NO_FAULT = "test_no_request_in_any_role_ends_in_a_fault_or_otherwise_than_documented"
WEB = "tests/runtime/test_web.py"
PARAMETERS = "tests/runtime/test_parameters.py"
REFUSED_BY_NAME = "test_a_parameter_that_is_none_is_refused_by_its_name_and_what_it_should_be"

MUTANTS = (
    Mutant(
        name="body-text-not-checked",
        fault="a body that cannot be stored gets past the web wall",
        file="runtime/web/exchange.py",
        old="    faults = body_faults(body)\n",
        new="    faults: dict[str, str] = {}\n",
        tests=("tests/runtime/test_web_walls.py::test_a_body_that_cannot_be_stored_is_a_400_that_names_the_field",),
    ),
    Mutant(
        name="any-host-served",
        fault="the desk answers under any name",
        file="runtime/web/guard.py",
        old='    if not site.serves(request.headers.get("Host", "")):\n',
        new='    if not request.headers.get("Host", ""):\n',
        tests=("tests/runtime/test_web_site.py::test_a_foreign_name_is_misdirected_even_for_a_page",),
    ),
    Mutant(
        name="origin-scheme-ignored",
        fault="an origin of another scheme counts as ours",
        file="runtime/web/site.py",
        old='        return origin == f"http://{authority}" and',
        new='        return origin.partition("//")[2] == authority and',
        tests=("tests/runtime/test_web_site.py::test_an_origin_is_ours_by_scheme_host_and_port",),
    ),
    Mutant(
        name="sockets-outlive-sessions",
        fault="a socket goes on after its session",
        file="agent_desk/accounts/sessions.py",
        old="            if watched is not None and who(digest) != watched.principal:\n",
        new="            if watched is not None and who(digest) is not watched.principal and not watched.sockets:\n",
        tests=("tests/agent_desk/test_sessions.py::test_an_open_socket_is_closed_when_its_session_ends",),
    ),
    Mutant(
        name="strangers-lock-a-person-out",
        fault="guesses from elsewhere lock a person out",
        file="agent_desk/accounts/throttle.py",
        old="        if known:\n",
        new="        if known and not source:\n",
        tests=(f"{ACCOUNTS}::test_guesses_from_elsewhere_do_not_keep_out_who_logged_in_from_here_before",),
    ),
    Mutant(
        name="half-requests-stay",
        fault="half requests keep visitors out",
        file="runtime/web/doors.py",
        old="            waiting.cut()\n",
        new="            return False\n",
        tests=(f"{DOORS}::test_three_hundred_half_requests_do_not_make_the_desk_unreachable",),
    ),
    Mutant(
        name="addresses-in-a-metric",
        fault="a text of a person stands in a metric",
        file="runtime/web/guard.py",
        old="    route = _route_of(request)\n    _REQUESTS",
        new="    route = request.path\n    _REQUESTS",
        tests=(f"{WEB}::test_answers_are_counted_by_the_template_of_their_route_and_by_no_text_of_a_visitor",),
    ),
    Mutant(
        name="metrics-of-the-gone",
        fault="a process that is gone is measured as if it were there",
        file="runtime/metrics.py",
        old="            if fresh:\n",
        new="            if text:\n",
        tests=("tests/runtime/test_metrics.py::test_a_process_that_writes_no_more_is_left_out",),
    ),
    Mutant(
        name="instants-outside-the-calendar",
        fault="a request that can be written ends in a fault of ours",
        file="runtime/web/parameters.py",
        old="            return instant.astimezone(UTC)\n",
        new="            return instant\n",
        tests=(f"{PARAMETERS}::{REFUSED_BY_NAME}", f"{EACH_ROLE}::{NO_FAULT}"),
    ),
    Mutant(
        name="query-bounds-not-checked",
        fault="a route takes what its contract excludes",
        file="runtime/web/parameters.py",
        old="        if not least <= int(text) <= most:\n",
        new="        if not least <= int(text):\n",
        tests=(f"{PARAMETERS}::{REFUSED_BY_NAME}",),
    ),
    Mutant(
        name="unknown-values-of-a-query-taken",
        fault="a route takes what its contract excludes",
        file="runtime/web/parameters.py",
        old="        if text not in values:\n            raise ValueError(f\"应为 {'、'.join(values)} 之一\")\n        return values[text]\n",
        new="        return values.get(text, text)\n",
        tests=(f"{PARAMETERS}::{REFUSED_BY_NAME}",),
    ),
    Mutant(
        name="unknown-parameters-ignored",
        fault="a route takes what its contract excludes",
        file="runtime/web/parameters.py",
        old="            if name not in known:\n",
        new="            if name not in known:\n                continue\n            if not known:\n",
        tests=(f"{PARAMETERS}::{REFUSED_BY_NAME}",),
    ),
    Mutant(
        name="reply-type-not-the-handlers",
        fault="the interface document says another type than the handler",
        file="runtime/web/signatures.py",
        old='        reply=_reply_of(hints["return"]),\n',
        new="        reply=dict,\n",
        tests=("tests/runtime/test_openapi.py::test_a_reply_is_described_as_the_handler_says_it",),
    ),
    Mutant(
        name="half-behind-a-whole-stays",
        fault="half requests keep visitors out",
        file="runtime/web/doors.py",
        old="            self._wait(begun=not self._sent.is_all_of(request))\n",
        new="            self._wait(begun=False)\n",
        tests=(f"{DOORS}::test_half_a_request_sent_in_one_with_a_whole_one_is_closed_in_time[a letter-no body]",),
    ),
    Mutant(
        name="bodies-take-for-ever",
        fault="half requests keep visitors out",
        file="runtime/web/exchange.py",
        old="        async with asyncio.timeout(request[BODY_WITHIN_S]):\n",
        new="        async with asyncio.timeout(None):\n",
        tests=(f"{DOORS}::test_a_body_that_does_not_come_in_time_is_answered_408_and_its_connection_closed",),
    ),
    Mutant(
        name="log-in-outlives-a-new-password",
        fault="who knew an old password stays",
        file="agent_desk/accounts/service.py",
        old="source=source, kept=kept)\n",
        new="source=source, kept=None)\n",
        tests=(f"{ACCOUNT_PAGES}::test_a_log_in_that_was_under_way_when_the_account_changed_opens_nothing",),
    ),
    Mutant(
        name="reset-takes-what-has-no-mark",
        fault="a demonstration empties a city's folder",
        file="hotline/demo/running.py",
        old="(_holds_something(places) or keeps_postgres(places.data))",
        new="(places.data / 'city').exists()",
        tests=("tests/hotline/test_demo_reset.py::test_what_lies_in_a_folder_without_a_mark_is_not_a_demonstrations",),
    ),
)
