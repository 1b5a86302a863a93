"""The plan by date: the slider without scripts, whose names it shows, and what changes between two days."""

import re
from datetime import date, timedelta

import pytest

from ledger import log
from portal.core.clock import database_now
from portal.core.periods import SEOUL
from tenancy import services
from tenancy.enums import ListingField
from tests.factories.people import person
from tests.factories.space import NOW, START, leased, master, selected, space
from tests.tenancy.test_views import address, enter, words

pytestmark = pytest.mark.django_db
END = date(2020, 12, 23)


def cells(response, caption):
    """The rows of the table of this caption, as text."""
    table = next(
        part for part in response.content.decode().split("<table")[1:] if caption in part.split("</caption>")[0]
    )
    body = table.split("<tbody")[1].split("</tbody")[0]
    return [
        [re.sub(r"<[^>]+>", " ", cell).split() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    ]


def test_the_slider_leads_to_the_day_without_scripts(client):
    place = space("801 802")
    leased(place, selected(place), "801")
    url = address("floor", "mapo", 8)
    page = client.get(url, {"on": START.isoformat()}).content.decode()
    assert re.search(r'type="range" min="0" max="2" value="1"', page), "opened, let, left"
    assert f"?on={END.isoformat()}" in page
    moved = client.get(url, {"step": "2"})
    assert (moved.status_code, moved["Location"]) == (302, f"{url}?on={END.isoformat()}")
    assert client.get(url, {"step": "99"})["Location"].endswith(END.isoformat())
    for wrong in ("x", "-1", "²", "9" * 30):
        assert client.get(url, {"step": wrong}).status_code == 200


def test_a_floor_on_which_nothing_changes_has_no_slider(client):
    space("801")
    assert 'type="range"' not in client.get(address("floor", "mapo", 8)).content.decode()


def living_here(place, code, name):
    """A company that moved in today, by the real clock."""
    now = database_now()
    today, need = now.astimezone(SEOUL).date(), selected(place, name)
    offer = services.offer_room(
        need=need, unit=place.unit(code), terms=place.terms, start=today, by=log.SYSTEM, now=now
    )
    services.accept_offer(offer=offer, by=master(need), now=now, agreed=True)
    lease = services.prepare_lease(offer=offer, by=place.officer, now=now)
    for side, by in (("TENANT", master(need)), ("LESSOR", place.approver)):
        services.sign_lease(lease=lease, side=side, by=by, now=now, document_hash=lease.document_hash, consented=True)
    lease.refresh_from_db()
    services.move_in(lease=lease, on=today, by=place.officer, now=now)
    return need


def test_the_public_reads_the_names_of_those_who_consented(client):
    place = space("801 802")
    need = living_here(place, "801", "보이는기업")
    living_here(place, "802", "가린기업")
    shown, by = need.organisation, master(need)
    values = {"sector": "SERVICE", "intro_ko": "", "intro_en": "", "web": "", "contact": ""}

    def consent(*fields):
        services.save_listing(organisation=shown, values=values, shown=list(fields), logo=None, by=by, now=NOW)

    url = address("floor", "mapo", 8)
    assert "보이는기업" not in words(client.get(url))
    consent(ListingField.LISTED)
    page = client.get(url)
    assert "보이는기업" in words(page)
    assert "<title>801 · 보이는기업</title>" in page.content.decode()
    assert "가린기업" not in words(page)
    consent()
    assert "보이는기업" not in words(client.get(url)), "withdrawn, it is gone at once"
    assert "가린기업" in words(enter(client, place.officer).get(url))


def test_two_days_side_by_side(client):
    place = space("801 802")
    leased(place, selected(place, "새기업"), "801")
    ask = {"on": "2019-12-10", "with": START.isoformat()}
    url = address("floor", "mapo", 8)
    assert cells(client.get(url, ask), "바뀐 호실") == [[["801"], ["공실"], ["계약"]]]
    inside = cells(enter(client, place.officer).get(url, ask), "바뀐 호실")
    assert inside == [[["801"], ["공실"], ["계약", "·", "새기업"]]]
    same = words(client.get(url, {"on": "2019-12-10", "with": "2019-12-11"}))
    assert "달라진 호실이 없습니다" in same
    assert client.get(url, {"on": "2019-12-10", "with": "never"}).status_code == 200


def test_the_officer_sees_who_is_behind_with_the_rent(client):
    place = space("801")
    lease = leased(place, selected(place, "늦은기업"), "801")
    services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
    services.issue_invoice(invoice=lease.invoices.get(), by=place.finance, now=NOW)
    services.dun(now=NOW + timedelta(days=60))
    url, on = address("floor", "mapo", 8), {"on": START.isoformat()}
    assert "늦은기업 · 체납" in words(enter(client, place.officer).get(url, on))
    assert "체납" not in words(enter(client, person()).get(url, on))
