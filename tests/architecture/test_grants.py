"""Each table that a migration makes has its line in grants.txt: what the application may do is decided, not left out."""

import re

import pytest

from runtime.log import LOG_MIGRATIONS
from runtime.postgres.grants import GrantFault, grants_of
from tests import servers

FEATURES = dict(servers.features())
_MADE = re.compile(r"^\s*create table (?:if not exists )?(?:[a-z_]+\.)?([a-z_]+)", re.IGNORECASE | re.MULTILINE)
_DROPPED = re.compile(r"^\s*drop table (?:if exists )?(?:[a-z_]+\.)?([a-z_]+)", re.IGNORECASE | re.MULTILINE)


@pytest.mark.parametrize("feature", FEATURES)
def test_each_table_has_a_line_that_says_what_the_application_may_do(feature: str) -> None:
    sql = "\n".join(path.read_text("utf-8") for path in sorted(FEATURES[feature].glob("*.sql")))
    tables = set(_MADE.findall(sql)) - set(_DROPPED.findall(sql))

    assert tables
    assert tables == set(grants_of(feature, FEATURES[feature]))


@pytest.mark.parametrize(
    "line", ["events", "events all", "events select, insert", "a.b select", "events select\nevents insert"]
)
def test_a_line_that_is_not_right_is_named(tmp_path, line: str) -> None:
    (tmp_path / "grants.txt").write_text(f"# rights\n{line}\n", "utf-8")

    with pytest.raises(GrantFault, match=r"shop/grants.txt line [23]"):
        grants_of("shop", tmp_path)


def test_the_log_is_only_added_to() -> None:
    name, folder = LOG_MIGRATIONS
    grants = grants_of(name, folder)

    assert {table for table in ("events", "audit", "audit_words") if grants[table] == ("select", "insert")} == {
        "events", "audit", "audit_words",
    }  # fmt: skip
