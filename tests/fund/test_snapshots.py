"""Frozen figures: the same bytes after whatever is posted later, two persons, a restatement beside what it corrects."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from fund import queries, services
from fund.enums import Account, EntryKind
from fund.models import PerformanceRun, Snapshot
from fund.queries.books import book_of
from fund.services.books import move
from portal.core.errors import Invalid, NotAllowed
from tests.factories.fund import INVESTED, NOW, TERMS, invested, investing, measured, valued
from tests.fund.test_constraints import refused, sql
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db
AS_OF = date(2019, 6, 30)
BUILT = datetime(2019, 7, 15, 1, 0, tzinfo=UTC)


@pytest.fixture
def made():
    """500 million called and paid, 100 million invested and valued at 130."""
    made = investing()
    lot = invested(made, on=date(2019, 6, 3))
    valued(made, lot.holding, 130_000_000, on=date(2019, 6, 28), now=datetime(2019, 7, 1, 1, tzinfo=UTC))
    made.holding = lot.holding
    return made


def built(made, *, kind="QUARTER", on=AS_OF, now=BUILT):
    return services.build_snapshot(programme=made.programme, kind=kind, on=on, by=made.manager, now=now)


def published(made, **asked):
    row = built(made, **asked)
    services.see_snapshot(snapshot=row, by=made.approver)
    services.publish_snapshot(snapshot=row, by=made.approver, now=BUILT)
    return row


def said(row):
    return json.loads(row.body)


def test_the_figures_are_those_of_the_books(made):
    found = said(built(made))
    figures = found["figures"]
    assert (figures["committed_total"], figures["committed_city"]) == (1_000_000_000, 140_000_000)
    assert (figures["paid_in_total"], figures["unfunded_total"]) == (500_000_000, 500_000_000)
    assert (figures["invested"], figures["nav"], figures["companies"]) == (100_000_000, 530_000_000, 1)
    assert (figures["tvpi"], figures["dpi"], figures["rvpi"]) == ("53/50", "0/1", "53/50")
    assert figures["city_nav"] == 530_000_000 * 14 // 100
    assert figures["oldest_valuation"] == "2019-06-28"
    assert found["bridge"][-1] == ["nav", 530_000_000]
    assert sum(line[1] for line in found["bridge"][:-1]) == 530_000_000
    assert found["history"][-1] == ["2019-06-30", 500_000_000, 0, 530_000_000]
    assert found["rates"]["fund_net"]["annualised"] is False
    assert found["given"]["answers"]["tenant_now"] == {"yes": 0, "no": 0, "unknown": 1}


def test_before_the_first_investment_every_answer_is_nought(client):
    made = investing()
    row = published(made)
    assert said(row)["given"]["answers"]["tenant_at_investment"] == {"yes": 0, "no": 0, "unknown": 0}
    assert client.get("/ko/fund/").status_code == 200


def test_partners_parts_are_the_net_assets(made):
    values = queries.pooled.partner_values(made.programme, on=AS_OF, known=BUILT)
    assert sum(values.values()) == 530_000_000
    assert values[made.sub_fund.pk, made.partners["city"].pk] == 74_200_000


def test_another_currency_is_held_apart_and_added_to_nothing(made):
    won = said(published(made))
    dollar_fund(made)
    found = said(built(made, now=BUILT + timedelta(days=1)))
    assert (found["figures"], found["bridge"], found["history"]) == (won["figures"], won["bridge"], won["history"])
    [apart] = found["apart"]
    assert (apart["currency"], apart["nav"], apart["committed"]) == ("USD", 5_000_000, 100_000_000)
    assert [row["code"] for row in found["sub_funds"]] == [row["code"] for row in won["sub_funds"]]
    assert "apart" not in won
    row = Snapshot.objects.latest("number")
    page = browser_of(made.manager).get(reverse("fund:snapshot", args=[row.public_id])).content.decode()
    assert "통화가 달라 합계에 넣지 않은 자펀드" in page
    assert "USD 1" in page


def dollar_fund(made):
    """A sub-fund in dollars beside the others: a million of commitments, fifty thousand paid, in cents."""
    dollars = services.create_sub_fund(
        programme=made.programme, manager=made.partners["gp"].organisation, by=made.manager, now=NOW, code="usd",
        name_ko="달러 조합", name_en="Dollars", vintage=2019, currency="USD",
    )  # fmt: skip
    first, made.sub_fund = made.sub_fund, dollars
    for state, by in (("SELECTED", made.approver), ("GATHERING", made.manager)):
        services.move_sub_fund(sub_fund=dollars, to=state, by=by, now=NOW)
    services.adopt_agreement(sub_fund=dollars, start=NOW.date(), terms=TERMS, by=made.approver, now=NOW)
    made.commit("city", 10)
    made.commit("fof", 90)
    made.close()
    made.pay(made.call(5_000_000))
    made.sub_fund = first


def test_later_postings_change_todays_answer_and_never_the_snapshots(made):
    row = built(made)
    valued(made, made.holding, 150_000_000, on=date(2019, 6, 28), now=datetime(2019, 7, 20, 1, tzinfo=UTC))
    measured(made, made.holding, "WRITE_DOWN", 10_000_000, now=datetime(2019, 7, 21, 1, tzinfo=UTC), on=AS_OF)
    assert queries.snapshots.rebuilt(row) == row.body
    again = said(built(made, now=datetime(2019, 7, 22, 1, tzinfo=UTC)))["figures"]
    assert (again["nav"], again["write_downs"]) == (490_000_000, 10_000_000)


def test_what_comes_in_the_same_instant_is_known_later(made):
    row = built(made)
    services.post(
        book=book_of(made.sub_fund), sub_fund=made.sub_fund, kind=EntryKind.INCOME, on=AS_OF, event=uuid4(),
        now=row.known_at, lines=move(Account.CASH, Account.INCOME, 7),
    )  # fmt: skip
    valued(made, made.holding, 131_000_000, on=date(2019, 6, 29), now=datetime(2019, 7, 2, 1, tzinfo=UTC))
    assert queries.snapshots.rebuilt(row) == row.body


def test_write_downs_stand_by_sector_and_reason(made):
    measured(made, made.holding, "WRITE_DOWN", 30_000_000, now=INVESTED, reason="CLOSURE")
    measured(made, made.holding, "RESTORE", 10_000_000, now=INVESTED)
    assert said(built(made))["write_downs"] == [["블록체인", "CLOSURE", 1, 20_000_000]]


def test_two_persons_and_then_it_is_public(made):
    row = built(made)
    with pytest.raises(NotAllowed):
        services.see_snapshot(snapshot=row, by=made.manager)
    refused(sql("UPDATE fund_snapshot SET published_by_id = built_by_id"), "fund_snapshot_two_persons")
    assert queries.snapshots.latest_published() is None
    services.see_snapshot(snapshot=row, by=made.approver)
    services.publish_snapshot(snapshot=row, by=made.approver, now=BUILT)
    assert queries.snapshots.latest_published(made.programme) == row


def test_a_restatement_stands_beside_what_it_corrects(made):
    first = published(made)
    valued(made, made.holding, 150_000_000, on=date(2019, 6, 28), now=datetime(2019, 7, 20, 1, tzinfo=UTC))
    second = published(made, now=datetime(2019, 7, 22, 1, tzinfo=UTC))
    first.refresh_from_db()
    assert (first.status, second.status, second.restates) == ("RESTATED", "PUBLISHED", first)
    assert [said(row)["figures"]["nav"] for row in (first, second)] == [530_000_000, 550_000_000]


def test_of_two_drafts_of_one_day_only_one_is_published(made):
    one, other = built(made), built(made)
    for row in (one, other):
        services.see_snapshot(snapshot=row, by=made.approver)
    services.publish_snapshot(snapshot=one, by=made.approver, now=BUILT)
    with pytest.raises(Invalid):
        services.publish_snapshot(snapshot=other, by=made.approver, now=BUILT)


@pytest.mark.parametrize(
    ("kind", "on"), [("QUARTER", date(2019, 5, 31)), ("MONTH", date(2019, 6, 29)), ("MONTH", date(2019, 7, 31))]
)
def test_only_the_last_day_of_a_past_month_or_quarter(made, kind, on):
    with pytest.raises(Invalid):
        built(made, kind=kind, on=on)


def test_nothing_of_it_is_ever_edited(made):
    published(made)
    for statement in (
        "UPDATE fund_snapshot SET body = '{}'",
        "UPDATE fund_snapshot SET known_at = now()",
        "DELETE FROM fund_snapshot",
    ):
        refused(sql(statement), "stays as it was built")
    refused(sql("UPDATE fund_performancerun SET rate = ''"), "forbidden")
    refused(sql("UPDATE fund_company SET sector = '핀테크'"), "is held")
    row = Snapshot.objects.get()
    row.pk, row.public_id, row.number, row.status, row.body = None, uuid4(), 9, "BUILT", "{}"
    refused(lambda: row.save(force_insert=True), "digest of snapshot")


def test_a_rate_is_kept_with_the_flows_it_came_from(made):
    row = built(made)
    run = PerformanceRun.objects.get(snapshot=row, scope="fund_net")
    assert run.flows == [["2019-03-25", -500_000_000], ["2019-06-30", 530_000_000]]
    assert (run.status, run.rate) == ("OK", said(row)["rates"]["fund_net"]["rate"])


def test_the_command_says_whether_the_books_still_say_it(made, capsys):
    row = built(made)
    call_command("fund_snapshot", verify=[str(row.public_id)])
    assert row.digest in capsys.readouterr().out
    with sql_unguarded():
        sql("UPDATE fund_posting SET amount = amount * 2")()
    with pytest.raises(CommandError, match=str(row.number)):
        call_command("fund_snapshot", verify=["all"])
    with pytest.raises(CommandError):
        call_command("fund_snapshot", verify=[str(uuid4())])


def sql_unguarded():
    """As a superuser would who switches the triggers off."""
    from contextlib import contextmanager

    @contextmanager
    def off():
        sql("SET CONSTRAINTS ALL IMMEDIATE")()
        sql("ALTER TABLE fund_posting DISABLE TRIGGER USER")()
        yield
        sql("ALTER TABLE fund_posting ENABLE TRIGGER USER")()

    return off()


def test_figures_grow_without_more_queries(made, django_assert_num_queries):
    given = queries.snapshots.given(made.programme, on=AS_OF)
    with django_assert_num_queries(14):
        queries.snapshots.body(made.programme, kind="QUARTER", on=AS_OF, known=BUILT, given=given)
    invested(made, 50_000_000)
    with django_assert_num_queries(14):
        queries.snapshots.body(made.programme, kind="QUARTER", on=AS_OF, known=BUILT, given=given)
