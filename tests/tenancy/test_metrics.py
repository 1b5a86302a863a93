from datetime import date, timedelta

import pytest

from portal.plan.registry import fact, metric
from tenancy import panels, services, tasks
from tenancy.models import Offer
from tests.factories.people import cluster, company, person
from tests.factories.space import NOW, OPENED, START, leased, master, offered, selected, space

pytestmark = pytest.mark.django_db


def counted(code, on=START, scope=()):
    return metric(f"tenancy.{code}").compute(cluster(), on, scope)


def test_places_count_from_the_day_the_floor_is_in_service():
    space("801 802")
    assert counted("company_places") == 2
    assert counted("company_places", OPENED - timedelta(days=1)) == 0
    assert counted("company_places", scope=["mapo"]) == 2


def test_a_hub_nobody_knows_is_unknown_not_zero():
    space("801")
    assert counted("company_places", scope=["gbc"]) is None
    assert counted("companies", scope=["gbc"]) is None
    assert counted("area_let_bp", scope=["gbc"]) is None


def test_companies_and_area_count_once_moved_in():
    place = space("801 802 803")
    lease = leased(place, selected(place), "801")
    assert (counted("companies"), counted("area_let_bp")) == (0, 0)
    services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
    assert (counted("companies"), counted("area_let_bp")) == (1, 3333)
    assert counted("companies", date(2020, 12, 23)) == 0


def test_what_is_owed_who_applied_and_jobs_declared():
    place = space("801 802", quota=2)
    lease = leased(place, selected(place), "801")
    for _ in range(2):
        selected(place)
    services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
    services.issue_invoice(invoice=lease.invoices.get(), by=place.finance, now=NOW)
    due = lease.invoices.get().due_date
    assert (counted("arrears_won", due), counted("arrears_won", due + timedelta(days=1))) == (0, 29_032)
    assert counted("arrears_won", scope=["gbc"]) is None
    assert counted("applicants_per_place") is None, "no call has closed"
    place.call.closed_at = NOW - timedelta(days=16)
    place.call.save(update_fields=["closed_at"])
    assert (counted("applicants_per_place"), counted("applicants_per_place", scope=["gaepo"])) == (15_000, None)
    autumn = NOW.replace(year=2020, month=10)
    services.invite_renewals(now=autumn)
    assert counted("jobs", autumn.date()) is None, "nobody has declared any"
    figures = {"sales": 0, "jobs": 7, "investment": 0, "days": 200}
    services.ask_renewal(review=lease.renewals.get(), figures=figures, by=master(lease.offer.need), now=autumn)
    assert counted("jobs", autumn.date()) == 7


def test_facts_for_other_rooms():
    place = space("801")
    lease = leased(place, selected(place), "801")
    services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
    asked = {"organisation": lease.organisation}
    assert fact("tenancy.is_tenant", on=START, **asked) is True
    assert fact("tenancy.is_tenant", on=START - timedelta(days=1), **asked) is False
    assert fact("tenancy.is_tenant", on=START, organisation=None) is None
    assert fact("tenancy.tenant_until", **asked) == date(2020, 12, 23)
    assert fact("tenancy.tenant_until", organisation=company()) is None


def test_the_job_expires_offers_and_unsigned_contracts():
    place = space("801 802")
    offered(place, selected(place), "801")
    second = selected(place)
    offer = offered(place, second, "802")
    services.accept_offer(offer=offer, by=master(second), now=NOW, agreed=True)
    services.prepare_lease(offer=offer, by=place.officer, now=NOW)
    assert tasks.expire_offers() == 2
    assert tasks.expire_offers() == 0
    assert sorted(Offer.objects.values_list("status", flat=True)) == ["ACCEPTED", "EXPIRED"]


def test_panels_say_what_waits():
    place = space("801 802")
    first = selected(place)
    offered(place, first, "801")
    leased(place, selected(place), "802")
    [card] = panels.my_rooms(master(first), NOW)["cards"]
    assert "801" in card.title
    assert panels.my_rooms(master(first), NOW + timedelta(days=30)) is None
    assert panels.my_rooms(person(), NOW) is None
    assert [figure.value for figure in panels.desk(place.officer, NOW)["figures"]] == [1, 0, 0, 1]
