"""The public directory: each part with its own consent, gone at once; the plan names who let itself be named."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import translation

from ledger import log
from portal.accounts.second_factor import CONFIRMED
from portal.core.errors import Invalid, NotAllowed
from tenancy import queries, services
from tenancy.models import Floor, Graduation, Lease, Listing, ListingConsent
from tests.factories.people import leaves, person
from tests.factories.space import NOW, START, leased, resident, selected, space, unit

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
VALUES = {"sector": "SECURITY", "intro_ko": "지문 나무", "web": "https://namu.example/", "contact": "hi@namu.example"}


@pytest.fixture
def place():
    found = space("801 802")
    found.lease = resident(found, "801", "나무체인")
    found.company = found.lease.organisation
    found.by = found.company.memberships.get().user
    # Pages ask the real clock: the term runs today.
    Lease.objects.filter(pk=found.lease.pk).update(max_months=1200)
    found.lease.terms.update(period=DateRange(START, START.replace(year=2100)))
    return found


def address(name, *args, language="ko"):
    with translation.override(language):
        return reverse(f"tenancy:{name}", args=args)


def show(place, *parts, **fields):
    return services.save_listing(
        organisation=place.company, values={**VALUES, **fields}, shown=parts, by=place.by, now=NOW,
        logo=SimpleUploadedFile("logo.png", PNG),
    )  # fmt: skip


def page(client, **query):
    return client.get(address("directory"), query).content.decode()


def test_nothing_is_shown_without_its_own_consent(client, place):
    assert "나무체인" not in page(client)
    show(place, "LOGO", "INTRO")
    assert "나무체인" not in page(client), "no part stands without the name"
    show(place, "LISTED")
    shown = page(client)
    assert "나무체인" in shown
    for secret in ("지문 나무", "namu.example", "보안·인증</p>", "logo/"):
        assert secret not in shown
    show(place, "LISTED", "SECTOR", "INTRO", "WEB", "CONTACT", "LOGO")
    for text in ("지문 나무", "https://namu.example/", "hi@namu.example", "logo/"):
        assert text in page(client)


def test_withdrawn_it_is_gone_at_once_with_its_logo(client, place):
    show(place, "LISTED", "LOGO")
    logo = address("logo", place.company.public_id)
    answer = client.get(logo)
    assert answer["Content-Type"] == "image/png"
    assert b"".join(answer.streaming_content) == PNG
    assert "no-store" in client.get(address("directory"))["Cache-Control"]
    show(place, "LISTED")
    assert client.get(logo).status_code == 404
    show(place)
    assert "나무체인" not in page(client)
    rows = ListingConsent.objects.order_by("pk")
    assert [(row.field, row.withdrawn_at is None) for row in rows] == [("LISTED", False), ("LOGO", False)]
    assert [leaf["type"] for leaf in leaves(rows[0])] == ["space.listing.consented/1", "space.listing.withdrawn/1"]


def test_whoever_left_is_shown_only_as_alumni_who_agreed(client, place):
    show(place, "LISTED")
    place.lease.terms.update(period=DateRange(START, START.replace(year=2020)))
    on = START.replace(year=2020)
    row = Graduation.objects.create(lease=place.lease, organisation=place.company, graduated_date=on, ground="MAXIMUM")
    log.append("space.graduation.granted", row=row, by=log.SYSTEM, data={"on": on, "ground": "MAXIMUM"})
    assert "나무체인" not in page(client)
    show(place, "LISTED", "ALUMNI")
    assert "졸업기업 1곳" in page(client)


def test_looking_for_a_company(client, place):
    show(place, "LISTED", "SECTOR")
    assert "나무체인" in page(client, words="나무", hub="mapo", sector="SECURITY")
    for query in ({"words": "바위"}, {"sector": "OTHER"}):
        assert "나무체인" not in page(client, **query)
    show(place, "LISTED")
    assert "나무체인" not in page(client, sector="SECURITY"), "a hidden sector cannot be asked out"


def test_machines_read_the_same(client, place):
    show(place, "LISTED", "INTRO", intro_ko="</script><b>")
    raw = re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page(client), re.DOTALL)[1]
    [item] = json.loads(raw)["itemListElement"]
    assert item["item"] == {"@type": "Organization", "name": "나무체인", "description": "</script><b>"}


def test_only_the_master_writes_and_by_the_page(client, place):
    with pytest.raises(NotAllowed):
        services.save_listing(organisation=place.company, values={}, shown=(), by=person(), now=NOW)
    with pytest.raises(Invalid):
        show(place, "SALARY")
    client.force_login(place.by)
    session = client.session
    session[CONFIRMED] = place.by.pk
    session.save()
    url = address("listing", place.company.public_id) + "?act=save"
    form = {"save-shown": ["LISTED", "WEB"], "save-sector": "SERVICE", "save-web": "https://a.example/"}
    assert client.post(url, {**form, "save-web": "javascript:alert(1)"}).status_code == 422
    client.post(url, form)
    assert queries.consents_of_listing(place.company) == {"LISTED", "WEB"}
    svg = SimpleUploadedFile("logo.svg", b"<svg/>")
    assert client.post(url, {**form, "save-logo": svg}).status_code == 422
    assert Listing.objects.get().logo.name == ""


def test_around_the_service_the_database_refuses(place):
    row = show(place, "LISTED").consents.get()
    again = {"listing": row.listing, "given_by": place.by, "given_at": NOW}
    for name, field in (("one_live_listing_consent", "LISTED"), ("listing_consent_field_known", "SALARY")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            ListingConsent.objects.create(field=field, **again)
    with pytest.raises(IntegrityError, match="listing_sector_known"), transaction.atomic():
        Listing.objects.update(sector="PARTY")


def test_a_building_under_construction_says_so_and_lets_nothing_before(client, place):
    later = Floor.objects.create(
        building=place.floor.building, level=20, outline_cm=place.floor.outline_cm, from_date=START.replace(year=2099)
    )
    room = unit(later, "2001", from_date=START)
    found = re.sub(r"<[^>]+>|\s+", " ", client.get(address("hubs")).content.decode())
    assert "호실 1곳이 문을 엽니다" in found
    place.units.append(room)
    with pytest.raises(Invalid, match="아직 문을 열지 않은"):
        leased(place, selected(place), "2001")
    cell = room.cells.get()
    with pytest.raises(IntegrityError, match="not in service"), transaction.atomic():
        cell.occupancies.create(unit=room, period=DateRange(START, START.replace(year=2021)), status="BLOCKED")


def test_one_may_look_for_tenants_or_alumni_only(client, place):
    show(place, "LISTED")
    assert "나무체인" in page(client, standing="tenant")
    assert "찾으시는 기업이 없습니다." in page(client, standing="alumni")
    assert "나무체인" in page(client, standing="")


def test_many_companies_take_pages_that_keep_what_was_asked(client, place, monkeypatch):
    show(place, "LISTED")
    entry = queries.directory(queries.day_of(NOW))[0]
    monkeypatch.setattr("tenancy.views.directory.PER_PAGE", 2)
    monkeypatch.setattr("tenancy.views.directory.queries.directory", lambda on, **asked: [entry] * 5)
    first, last = page(client, standing="tenant"), page(client, standing="tenant", page=3)
    assert (first.count("directory__entry"), last.count("directory__entry")) == (2, 1)
    assert "입주기업 5곳" in first
    assert "standing=tenant&amp;page=2" in first
