"""Statements to the partners: from published figures, numbered, never edited, replaced where a correction changed them."""

import json
from datetime import UTC, date, datetime

import pytest

from fund import queries, services
from fund.models import CapitalStatement, Snapshot
from ledger import log
from portal.core.errors import NotAllowed, Overtaken, Refused
from tests.factories.fund import investing, valued
from tests.fund.test_constraints import refused, sql
from tests.fund.test_snapshots import AS_OF, BUILT, built, made, published
from tests.tenancy.test_races import at_once, counted

__all__ = ["made"]
LATER = datetime(2019, 7, 22, 1, tzinfo=UTC)
db = pytest.mark.django_db


def issued(made, snapshot, **asked):
    fields = {"sub_fund": made.sub_fund, "by": made.approver, "now": BUILT, **asked}
    return services.issue_statements(snapshot=snapshot, **fields)


def corrected(made):
    """The value of the quarter's end put right, and the figures restated."""
    valued(made, made.holding, 150_000_000, on=date(2019, 6, 28), now=datetime(2019, 7, 20, 1, tzinfo=UTC))
    return published(made, now=LATER)


def figures(row):
    return json.loads(row.body)["figures"]


@db
def test_every_partner_is_told_its_account_and_all_together_are_the_net_assets(made):
    snapshot = published(made)
    rows = issued(made, snapshot)
    assert [row.commitment_id for row in rows] == sorted(made.sub_fund.commitments.values_list("pk", flat=True))
    assert [(row.number, row.version) for row in rows] == [(n, 1) for n in range(1, len(rows) + 1)]
    told = [figures(row) for row in rows]
    assert sum(one["columns"]["quarter"]["ending"] for one in told) == 530_000_000
    for one in told:
        for column in one["columns"].values():
            assert column["beginning"] + sum(column["lines"]) == column["ending"]
    for place in range(len(told[0]["lines"])):
        whole = queries.statements.statements(made.programme, on=AS_OF)[-1].columns[0]
        expected = whole.lines[place] if place < len(whole.lines) else 0
        assert sum(one["columns"]["quarter"]["lines"][place] for one in told) == expected


@db
def test_the_ledger_has_the_digest_of_each(made):
    row = issued(made, published(made))[0]
    leaf = log.last_leaf_of(row)
    assert leaf is not None
    assert log.printed(leaf).at is not None
    assert row.digest == queries.snapshots.spelled(json.loads(row.body))[1]


@db
def test_who_built_the_figures_does_not_tell_them(made):
    snapshot = published(made)
    with pytest.raises(NotAllowed):
        issued(made, snapshot, by=made.manager)
    values = CapitalStatement(
        sub_fund=made.sub_fund, commitment=made.sub_fund.commitments.first(), snapshot=snapshot, number=1,
        end_date=AS_OF, issued_by=made.manager, issued_at=BUILT, body="{}",
        digest="44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    )  # fmt: skip
    refused(values.save, "published figures")


@db
@pytest.mark.parametrize("asked", [{}, {"kind": "MONTH"}])
def test_only_published_figures_of_a_quarter_are_told(made, asked):
    snapshot = published(made, **asked) if asked else built(made)
    with pytest.raises(Refused):
        issued(made, snapshot)


@db
def test_nobody_is_told_the_same_twice(made):
    snapshot = published(made)
    assert issued(made, snapshot)
    assert issued(made, snapshot) == []


@db
def test_a_correction_is_another_version_and_the_old_stays_readable(made):
    snapshot = published(made)
    first = issued(made, snapshot)
    bodies = [row.body for row in first]
    second = issued(made, corrected(made), now=LATER)
    for row, body in zip(first, bodies, strict=True):
        row.refresh_from_db()
        assert (row.status, row.body) == ("REPLACED", body)
    assert [(row.version, row.replaces) for row in second] == [(2, row) for row in first]
    assert [row.number for row in second] == [row.number + len(first) for row in first]
    assert sum(figures(row)["columns"]["quarter"]["ending"] for row in second) == 550_000_000
    with pytest.raises((Overtaken, Refused)):
        issued(made, snapshot)


@db
def test_figures_restated_meanwhile_are_not_told(made):
    snapshot = published(made)
    corrected(made)
    with pytest.raises((Overtaken, Refused)):
        issued(made, snapshot)
    refused(sql("UPDATE fund_snapshot SET status = 'PUBLISHED' WHERE status = 'RESTATED'"), "stays as it was built")


@db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fund_capitalstatement SET body = '{}'",
        "UPDATE fund_capitalstatement SET number = number + 1000",
        "UPDATE fund_capitalstatement SET issued_at = now()",
        "DELETE FROM fund_capitalstatement",
    ],
)
def test_nothing_of_it_is_ever_edited(made, statement):
    issued(made, published(made))
    refused(sql(statement), "stays as it was issued")


@db
@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"digest": "'00'"}, "digest"),
        ({"end_date": "DATE '2019-03-31'"}, "published figures"),
        ({"replaces_id": "id", "version": "3"}, "version before"),
        ({}, "statement_version_once"),
        ({"replaces_id": "id", "version": "2"}, "one_statement_of_a_quarter"),
        ({"number": "number + 1000", "status": "'REPLACED'"}, "digest"),
        ({"number": "1", "replaces_id": "id", "version": "2"}, "statement_number_once"),
        ({"version": "2"}, "statement_names_what_it_replaces"),
    ],
)
def test_what_the_database_refuses_of_a_copy(made, changes, match):
    issued(made, published(made))
    names = (
        "sub_fund_id", "commitment_id", "snapshot_id", "number", "end_date", "version", "replaces_id", "body", "digest",
        "status", "issued_by_id", "issued_at",
    )  # fmt: skip
    taken = {"number": "number + 1000", **changes}
    columns = ", ".join(taken.get(name, name) for name in names)
    copy = (
        f"INSERT INTO fund_capitalstatement (public_id, {', '.join(names)})"
        f" SELECT gen_random_uuid(), {columns} FROM fund_capitalstatement WHERE number = 1"
    )
    refused(sql(copy), match)


@pytest.mark.usefixtures("committed_db")
def test_two_who_issue_at_the_same_moment_tell_each_partner_once():
    made = investing()
    snapshot = published(made)
    outcomes = at_once(*(lambda: issued(made, Snapshot.objects.get(pk=snapshot.pk)) for _ in range(2)))
    assert counted(outcomes) == {"done": 2}
    assert CapitalStatement.objects.count() == made.sub_fund.commitments.count()
