"""Faults of the web wall and of sessions."""

from tests.mutations.mutant import Mutant

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
)
