"""Eligibility: unknown is never a pass; years to the day; space elsewhere must end before ours begins."""

from __future__ import annotations

from datetime import date

import pytest

from portal.intake import checks
from portal.plan import registry as facts
from tests.factories import intake as factory

pytestmark = pytest.mark.django_db
START = "2019-12-23"


@pytest.fixture
def sent():
    trial = factory.open_round(policy={"start_date": START})
    application = trial.apply()

    def answers(**given):
        application.sent_content = {"answers": given}
        return application

    return answers


@pytest.fixture
def fact(monkeypatch):
    def offer(name, value):
        monkeypatch.setitem(facts._facts, name, lambda **asked: value)

    return offer


@pytest.mark.parametrize(
    ("opened", "on", "outcome"),
    [
        (date(2012, 2, 29), date(2019, 2, 28), "PASS"),
        (date(2012, 2, 29), date(2019, 3, 1), "FAIL"),
        (date(2012, 3, 15), date(2019, 3, 15), "PASS"),
        (date(2012, 3, 15), date(2019, 3, 16), "FAIL"),
        (date(2020, 1, 1), date(2019, 3, 16), "FAIL"),
        (None, date(2019, 3, 16), "MANUAL"),
    ],
)
def test_company_age_runs_to_the_same_day(sent, opened, on, outcome):
    application = sent()
    application.organisation.opened_date = opened
    assert checks.company_age(application, {"years": 7}, on).outcome == outcome


@pytest.mark.parametrize(("status", "outcome"), [(None, "MANUAL"), ("01", "PASS"), ("02", "FAIL"), ("03", "FAIL")])
def test_business_status_without_a_source_is_manual(sent, fact, status, outcome):
    if status:
        fact("business_status", status)
    assert checks.business_status(sent(), {}, date(2019, 12, 1)).outcome == outcome


@pytest.mark.parametrize(
    ("known", "declared", "outcome"),
    [
        (date(2019, 12, 22), None, "PASS"),
        (date(2019, 12, 23), None, "PASS"),
        (date(2019, 12, 24), None, "FAIL"),
        (False, None, "PASS"),
        (None, None, "MANUAL"),
        (None, "2019-12-23", "PASS"),
        (False, "2019-12-24", "FAIL"),
    ],
)
def test_other_public_space_ends_on_or_before_our_start(sent, fact, known, declared, outcome):
    fact("other_public_space", known)
    application = sent(**({"until": declared} if declared else {}))
    assert checks.other_public_space(application, {"block": "until"}, date(2019, 12, 1)).outcome == outcome


@pytest.mark.parametrize(
    ("given", "outcome"), [("TRADING", "FAIL"), (["TRADING", "AI"], "FAIL"), ("AI", "PASS"), (None, "MANUAL")]
)
def test_excluded_business(sent, given, outcome):
    application = sent(**({"field": given} if given else {}))
    parameters = {"block": "field", "excluded": ["TRADING"]}
    assert checks.excluded_business(application, parameters, date(2019, 12, 1)).outcome == outcome


@pytest.mark.parametrize(
    ("given", "accepted", "outcome"), [(True, True, "PASS"), (True, False, "MANUAL"), (None, True, "MANUAL")]
)
def test_declaration_is_enough_only_if_the_policy_says_so(sent, given, accepted, outcome):
    application = sent(**({"taxes": given} if given else {}))
    parameters = {"block": "taxes", "accept_declaration": accepted}
    assert checks.declared(application, parameters, date(2019, 12, 1)).outcome == outcome


@pytest.mark.parametrize(
    ("promise", "accepted", "outcome"), [(None, True, "MANUAL"), (True, True, "PASS"), (True, False, "MANUAL")]
)
def test_a_founder_without_a_number_promises_to_register_in_time(sent, promise, accepted, outcome):
    application = sent(**({"registers": promise} if promise else {}))
    application.organisation.business_number = None
    parameters = {"days": 90, "block": "registers", "accept_declaration": accepted}
    assert checks.registers_within(application, parameters, date(2019, 12, 1)).outcome == outcome


def test_location_registration_and_earlier_support(sent, fact):
    application, on = sent(), date(2019, 12, 1)
    assert checks.location(application, {"prefixes": ["서울"]}, on).outcome == "MANUAL"
    application.organisation.address = "서울특별시 마포구"
    assert checks.location(application, {"prefixes": ["서울"]}, on).outcome == "PASS"
    assert checks.location(application, {"prefixes": ["인천"]}, on).outcome == "FAIL"
    assert checks.registers_within(application, {}, on).outcome == "PASS"
    application.organisation.business_number = None
    assert checks.registers_within(application, {}, on).outcome == "MANUAL"
    assert "90일" in checks.registers_within(application, {"days": 90}, on).evidence
    assert checks.already_supported(application, {}, on).outcome == "MANUAL"
    fact("already_supported", True)
    assert checks.already_supported(application, {}, on).outcome == "FAIL"
    fact("already_supported", False)
    assert checks.already_supported(application, {}, on).outcome == "PASS"


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("NOTICE", date(2019, 11, 22)),
        ("CLOSING", date(2019, 12, 9)),
        ("SUBMISSION", date(2019, 11, 22)),
        ("START", date(2019, 12, 23)),
    ],
)
def test_the_day_on_which_a_rule_is_counted(sent, at, day):
    assert checks.counting_day(sent(), {"counted_at": at}) == day
