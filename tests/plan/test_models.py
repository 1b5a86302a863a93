"""The database keeps the three numbers apart and what is published as it is, whoever writes."""

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction

from portal.plan import services
from portal.plan.models import BudgetLine, Plan, PlanVersion, Progress, Target
from tests.plan.conftest import DAY, NOW


def line(version, **fields):
    return Target.objects.create(
        **{
            "version": version,
            "position": 99,
            "code": "extra",
            "name_ko": "덤",
            "source": version.sources.first(),
            **fields,
        }
    )


def test_unknown_and_zero_are_stored_apart(plans):
    nothing = line(plans["seoul"], code="unknown")
    zero = line(plans["seoul"], code="zero", target=0, unit="places")
    nothing.refresh_from_db()
    zero.refresh_from_db()
    assert (nothing.target, nothing.cap, nothing.amount_won) == (None, None, None)
    assert zero.target == 0


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"amount_won": -1}, "target_amount_won"),
        ({"target": -1, "unit": "places"}, "target_target"),
        ({"cap": -1, "unit": "won"}, "target_cap"),
        ({"target": 5}, "target_number_has_unit"),
        ({"cap": 5}, "target_number_has_unit"),
        ({"target": 5, "unit": "buckets"}, "target_number_has_unit"),
        ({"target": 10_001, "unit": "bp"}, "target_share_within_whole"),
        ({"code": "places_2019"}, "target_code_once"),
    ],
)
def test_a_line_that_mixes_things_up_is_refused_by_the_database(plans, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        line(plans["seoul"], **fields)


def test_money_past_the_column_is_refused(plans):
    with pytest.raises(DataError), transaction.atomic():
        line(plans["seoul"], amount_won=2**63)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plan_target SET target = 74 WHERE code = 'places_2019'",
        "DELETE FROM plan_target WHERE code = 'places_2019'",
        "UPDATE plan_budgetline SET amount_won = 1",
        "UPDATE plan_planversion SET name_ko = '다른 이름'",
        "UPDATE plan_source SET title = '다른 제목'",
        "UPDATE plan_plannedhub SET company_places = 24 WHERE code = 'mapo'",
        "DELETE FROM plan_remark",
        "UPDATE plan_baseline SET value_bp = 700",
    ],
)
def test_a_published_version_is_frozen_against_raw_sql(plans, statement):
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_statement_of_progress_is_frozen_and_needs_a_source(publisher):
    plan = Plan.objects.get(code="incheon-2022")
    services.state_progress(
        by=publisher,
        plan=plan,
        target_code="summit",
        state="DONE",
        on_date=DAY,
        text_ko="함",
        source_title="보도",
        now=NOW,
    )
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Progress.objects.update(state="NOT_BEGUN")
    with pytest.raises(IntegrityError, match="progress_has_source"), transaction.atomic():
        Progress.objects.create(
            plan=plan, target_code="summit", state="DONE", on_date=DAY, text_ko="함", source_title=""
        )
    with pytest.raises(IntegrityError, match="progress_state_known"), transaction.atomic():
        Progress.objects.create(
            plan=plan, target_code="summit", state="SOON", on_date=DAY, text_ko="함", source_title="보도"
        )


def test_the_period_of_a_plan_is_never_empty(plans):
    plan = Plan.objects.get(code="seoul-2018")
    with pytest.raises(IntegrityError, match="plan_period_not_empty"), transaction.atomic():
        PlanVersion.objects.create(
            plan=plan, number=2, name_ko="빈", announced_date=DAY, begins_date=DAY, ends_date=DAY, content_hash="0" * 64
        )


def test_the_three_numbers_of_seoul_stand_in_their_own_columns(plans):
    share = Target.objects.get(code="fund_city_share")
    events = Target.objects.get(code="event_support")
    total = BudgetLine.objects.get(version=plans["seoul"], code="total")
    assert (share.amount_won, share.target, share.cap, share.computed_bp) == (13_600_000_000, 1400, None, 1360)
    assert (events.amount_won, events.target, events.cap, events.cap_per) == (None, None, 100_000_000, "event")
    assert (total.amount_won, total.target, total.cap) == (120_000_000_000, None, None)


def test_no_version_without_its_line_in_the_ledger(committed_db):
    from django.core.management import call_command

    call_command("load_plans", verbosity=0)
    plan = Plan.objects.get(code="seoul-2018")
    with pytest.raises(IntegrityError, match="has no ledger leaf"):
        PlanVersion.objects.create(
            plan=plan,
            number=2,
            name_ko="몰래",
            announced_date=DAY,
            begins_date=DAY,
            ends_date=DAY.replace(year=2021),
            content_hash="0" * 64,
        )
    assert plan.versions.count() == 1
