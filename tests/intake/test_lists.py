"""Lists cost the same number of queries for one row and for three."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.intake import services
from tests.factories import intake as factory
from tests.factories.intake import OPENS, REVIEW

pytestmark = pytest.mark.django_db


def queries_of(browser, url):
    assert browser.get(url).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        browser.get(url)
    return len(captured)


@pytest.mark.parametrize("name", ["entries", "bench", "desk-stage", "desk-call"])
def test_desk_lists(at, name):
    counts = []
    for size in (1, 3):
        trial = factory.open_round()
        for _ in range(size):
            trial.apply()
        trial.close()
        trial.check_eligibility()
        trial.seat()
        trial.assign(1)
        args = [trial.call.code, *([1] if name == "desk-stage" else [])]
        counts.append(queries_of(at(trial.officer), reverse(f"intake:{name}", args=args)))
    assert counts[0] == counts[1]


def test_public_list(at):
    factory.open_round()
    one = queries_of(at(None), reverse("intake:calls"))
    factory.open_round()
    factory.open_round()
    assert queries_of(at(None), reverse("intake:calls")) == one


def test_evaluators_files(at):
    counts = []
    for size in (1, 3):
        trial = factory.open_round()
        for _ in range(size):
            trial.apply()
        trial.close()
        trial.check_eligibility()
        trial.seat()
        trial.assign(1)
        counts.append(queries_of(at(trial.evaluators[0].user), reverse("intake:review-call", args=[trial.call.code])))
    assert counts[0] == counts[1]


def test_submitting_costs_a_known_number_of_queries():
    trial = factory.open_round()
    trial.apply()
    application = trial.draft()
    with CaptureQueriesContext(connection) as captured:
        services.submit(application=application, key="k", by=trial.masters[1], now=OPENS + timedelta(days=1))
    assert len(captured) <= 22


def test_locking_costs_a_known_number_of_queries():
    trial = factory.open_round()
    trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    stage = trial.assign(1)
    first, second = factory.open_sheets(stage)
    codes = [criterion.code for criterion in stage.criteria.all()]
    for sheet in (first, second):
        services.fill_sheet(
            sheet=sheet, scores=dict.fromkeys(codes, 20), by=sheet.assignment.member.evaluator.user, now=REVIEW
        )
    services.lock_sheet(sheet=first, by=first.assignment.member.evaluator.user, now=REVIEW)
    with CaptureQueriesContext(connection) as captured:
        services.lock_sheet(sheet=second, by=second.assignment.member.evaluator.user, now=REVIEW)
    assert len(captured) <= 12
