"""Graduates: the certificate, and the figures asked for once a year (design 05 §8)."""

from datetime import date

import pytest

from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.notices.models import Notice
from tenancy import papers, queries, services
from tenancy.models import FollowUp, Graduation, MoveOut
from tests.factories.people import person
from tests.tenancy.test_constraints import refused
from tests.tenancy.test_endings import END, at, looked, new_day, tenant
from tests.tenancy.test_views import address, enter

pytestmark = pytest.mark.django_db
FIGURES = {"sales": 900_000_000, "jobs": 12, "investment": 0}


@pytest.fixture
def place():
    """A tenant that stayed as long as one may."""
    found = tenant(max_months=12)
    new_day(date(2020, 11, 30))
    move_out = MoveOut.objects.get()
    looked(found, move_out)
    services.return_keys(move_out=move_out, on=END, by=found.officer, now=at(END))
    found.graduation = Graduation.objects.get()
    return found


def test_asked_once_a_year_for_five_years(place):
    assert services.ask_alumni(now=at(date(2021, 12, 22))) == 0
    assert services.ask_alumni(now=at(date(2021, 12, 23))) == 1
    assert services.ask_alumni(now=at(date(2022, 12, 22))) == 0
    assert services.ask_alumni(now=at(date(2023, 1, 10))) == 1
    assert [row.year for row in FollowUp.objects.all()] == [2021, 2022]
    assert Notice.objects.filter(topic="space.follow_up").count() == 2
    assert services.ask_alumni(now=at(date(2025, 12, 23))) == 1
    assert services.ask_alumni(now=at(date(2026, 12, 23))) == 0


def test_answered_once_by_the_master_account(place):
    services.ask_alumni(now=at(date(2021, 12, 23)))
    row, now = FollowUp.objects.get(), at(date(2022, 1, 5))
    for nobody in (place.officer, person()):
        with pytest.raises(NotAllowed):
            services.answer_follow_up(follow_up=row, figures=FIGURES, by=nobody, now=now)
    for wrong in ({**FIGURES, "jobs": -1}, {"sales": 1}):
        with pytest.raises(Invalid):
            services.answer_follow_up(follow_up=row, figures=wrong, by=place.master, now=now)
    services.answer_follow_up(follow_up=row, figures=FIGURES, by=place.master, now=now)
    assert (row.figures, row.answered_at) == (FIGURES, now)
    with pytest.raises(Overtaken):
        services.answer_follow_up(follow_up=row, figures=FIGURES, by=place.master, now=now)


def test_the_page_shows_the_certificate_and_takes_the_years_figures(place, client):
    services.ask_alumni(now=at(date(2021, 12, 23)))
    page = address("graduation", place.lease.public_id)
    enter(client, place.master)
    assert page in client.get(address("lease", place.lease.public_id)).content.decode()
    assert "2021년 실적" in client.get(page).content.decode()
    client.post(f"{page}?act=tell", {f"tell-{name}": value for name, value in FIGURES.items()})
    shown = client.get(page).content.decode()
    assert "900,000,000" in shown
    assert "실적 보내기" not in shown
    assert client.get(address("graduation_pdf", place.lease.public_id))["Content-Type"] == "application/pdf"
    assert enter(client, person()).get(page).status_code == 403


def test_the_certificate_says_where_from_when_and_why(place):
    paper = papers.graduation(queries.graduation_of(place.lease.public_id))
    assert (str(paper.title), paper.to) == ("졸업 확인서", str(place.lease.organisation))
    assert [str(row.value) for row in paper.parts[0].rows][-1] == "최장 기간을 채움"
    assert paper.entry is not None


def test_a_lease_without_graduation_has_no_page(client):
    place = tenant()
    assert enter(client, place.master).get(address("graduation", place.lease.public_id)).status_code == 404


def test_around_the_services(place):
    services.ask_alumni(now=at(date(2021, 12, 23)))
    rows = FollowUp.objects.all()
    refused(lambda: rows.update(answered_by=place.master), "follow_up_answered_by_somebody")
    twice = FollowUp(graduation=place.graduation, year=2021, asked_at=at(END))
    refused(twice.save, "one_follow_up_a_year")
