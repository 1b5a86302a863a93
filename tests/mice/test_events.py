"""The calendar of events: what is public, what calendars hear of a change, and what the database keeps of it."""

import json
import re
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation
from icalendar import Calendar

from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.mice import event_queries, services
from portal.mice.models import EditionMatch, EventEdition
from portal.plan.registry import fact
from tests.factories import support
from tests.factories.people import person
from tests.factories.support import ENDS, MILLION, NOW, STARTS
from tests.mice.doors import browser, settle

pytestmark = pytest.mark.django_db
LATER = {"starts_on": date(2019, 10, 10), "ends_on": date(2019, 10, 11)}


@pytest.fixture(autouse=True)
def _at(monkeypatch):
    monkeypatch.setattr("portal.mice.views.events.database_now", lambda: NOW)
    with translation.override("ko"):
        yield


@pytest.fixture
def run():
    return support.support()


def public(run, title="서울 블록체인 주간", **fields):
    edition = support.edition(title, **fields)
    support.award(run, edition, 20)
    settle()
    edition.refresh_from_db()
    return edition


def read(path, **query):
    return browser().get(path, query)


def entries(body=None):
    calendar = Calendar.from_ical(body or read("/ko/events.ics").content)
    assert calendar["method"] == "PUBLISH"
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def move(run, edition, **fields):
    services.move_edition(edition=edition, venue=edition.venue, by=run.officer, now=NOW, **{**LATER, **fields})
    settle()


def test_only_what_an_award_made_public_is_shown(run):
    hidden, shown = support.edition("아직 심사 중인 행사"), public(run)
    page = read("/ko/events/").content.decode()
    assert shown.title_ko in page
    assert hidden.title_ko not in page
    for place in ("", "calendar.ics"):
        assert read(f"/ko/events/{shown.public_id}/{place}").status_code == 200
        assert read(f"/ko/events/{hidden.public_id}/{place}").status_code == 404
    assert len(entries()) == 1


def test_an_empty_calendar_says_so():
    assert "앞으로 열릴 지원 행사가 없습니다." in read("/ko/events/").content.decode()
    assert "No supported events" in read("/en/events/").content.decode()
    assert not entries()


def test_filters_are_in_the_address(run):
    autumn = public(run)
    spring = public(run, "봄 행사", starts_on=date(2019, 3, 7), ends_on=date(2019, 3, 7))
    for query, found in [
        ({}, {autumn}),
        ({"when": "past"}, {spring}),
        ({"month": "2019-03"}, {spring}),
        ({"month": "2019-09"}, {autumn}),
        ({"month": "2019-03", "when": "past"}, {spring}),
        ({"hub": autumn.event.cluster.code}, {autumn}),
    ]:
        page = read("/ko/events/", **query).content.decode()
        assert {one for one in (autumn, spring) if one.title_ko in page} == found, query
    for query in ({"month": "2019-99"}, {"month": "x"}, {"hub": "nowhere"}, {"when": "<"}):
        assert read("/ko/events/", **query).status_code == 400
    assert read("/ko/events/", page="x").status_code == 200


def test_an_entry_of_days_ends_the_day_after(run):
    edition = public(run)
    (entry,) = entries().values()
    assert (entry["dtstart"].dt, entry["dtend"].dt) == (STARTS, ENDS + timedelta(days=1))
    assert (str(entry["status"]), int(entry["sequence"])) == ("CONFIRMED", 0)
    assert str(entry["uid"]).startswith(f"event-{edition.public_id}@")
    one = entries(read(f"/ko/events/{edition.public_id}/calendar.ics").content)
    assert one.keys() == entries().keys()


def test_a_moved_and_cancelled_event_keeps_its_name_and_counts_up(run):
    edition = public(run)
    (uid,) = entries()
    move(run, edition)
    assert (entries()[uid]["dtstart"].dt, int(entries()[uid]["sequence"])) == (LATER["starts_on"], 1)
    services.cancel_edition(edition=edition, by=run.officer, now=NOW, reason="감염병")
    settle()
    assert (str(entries()[uid]["status"]), int(entries()[uid]["sequence"])) == ("CANCELLED", 2)
    with pytest.raises(Overtaken):
        services.cancel_edition(edition=edition, by=run.officer, now=NOW, reason="다시")
    with pytest.raises(Overtaken):
        move(run, edition)


def test_a_merged_edition_leads_to_the_other_and_is_cancelled_in_calendars(run):
    first, second = public(run), public(run, "가을 회의")
    match = EditionMatch.objects.create(first=first, second=second, why="venue")
    services.merge(match=match, by=run.officer, now=NOW)
    settle()
    answer = read(f"/ko/events/{second.public_id}/")
    assert (answer.status_code, answer["Location"]) == (301, f"/ko/events/{first.public_id}/")
    assert sorted(str(entry["status"]) for entry in entries().values()) == ["CANCELLED", "CONFIRMED"]
    assert second.title_ko not in read("/ko/events/").content.decode()


def test_what_search_engines_read(run):
    edition = public(run, "블록</script><b>체인")
    move(run, edition)
    for path in ("/ko/events/", f"/ko/events/{edition.public_id}/"):
        page = read(path).content.decode()
        (text,) = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)
        (event,) = json.loads(text)["@graph"]
        assert (event["@type"], event["name"]) == ("Event", edition.title_ko)
        assert event["eventStatus"].endswith("EventRescheduled")
        assert (event["previousStartDate"], event["startDate"]) == ("2019-09-26", "2019-10-10")
    services.cancel_edition(edition=edition, by=run.officer, now=NOW, reason="취소")
    assert "EventCancelled" in read(f"/ko/events/{edition.public_id}/").content.decode()


def test_a_reader_who_has_the_feed_gets_304(run):
    edition = public(run)
    first = read("/ko/events.ics")
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert browser().get("/ko/events.ics", headers={"if-none-match": first["ETag"]}).status_code == 304
    move(run, edition)
    assert browser().get("/ko/events.ics", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_what_is_long_over_leaves_the_feed_and_not_the_list(run):
    edition = public(run, starts_on=date(2019, 2, 1), ends_on=date(2019, 2, 1))
    assert not entries()
    assert event_queries.listed(NOW.date(), when="past").get() == edition


def test_moving_is_the_officers_forward_and_compared_again(run):
    edition = public(run)
    with pytest.raises(NotAllowed):
        services.move_edition(edition=edition, venue="홀", by=person(), now=NOW, **LATER)
    for wrong in ({"ends_on": date(2019, 10, 9)}, {"starts_on": date(2019, 5, 1)}):
        with pytest.raises(Invalid):
            move(run, edition, **wrong)
    support.edition("다른 이름", venue=edition.venue, **LATER)
    move(run, edition)
    assert EditionMatch.objects.get().why == "venue"


@pytest.mark.parametrize(
    "change",
    [
        {"public_id": "00000000-0000-4000-8000-000000000000"},
        {"published_at": None},
        {"published_at": NOW + timedelta(days=1)},
    ],
)
def test_the_database_keeps_an_edition_in_calendars(run, change):
    edition = public(run)
    with pytest.raises(DatabaseError), transaction.atomic():
        EventEdition.objects.filter(pk=edition.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        EventEdition.objects.filter(pk=edition.pk)._raw_delete("default")


def test_nobody_sets_the_sequence(run):
    edition = public(run)
    EventEdition.objects.filter(pk=edition.pk).update(venue="다른 홀", sequence=0, moved_from=date(2000, 1, 1))
    EventEdition.objects.filter(pk=edition.pk).update(sequence=7)
    edition.refresh_from_db()
    assert (edition.sequence, edition.moved_from) == (1, None)


def test_called_off_stays_called_off_and_leaves_a_leaf(run):
    edition = public(run)
    with pytest.raises(DatabaseError), transaction.atomic():
        EventEdition.objects.filter(pk=edition.pk).update(status="CANCELLED") and settle()
    services.cancel_edition(edition=edition, by=run.officer, now=NOW, reason="취소")
    settle()
    with pytest.raises(DatabaseError), transaction.atomic():
        EventEdition.objects.filter(pk=edition.pk).update(status="PLANNED")


def test_a_refused_change_stays_asked_for(run):
    edition = support.edition()
    award = support.agreed(run, edition, 60)
    asked = services.request_amendment(
        award=award, lines=support.lines(120), reason="더", by=support.master(award), now=NOW
    )
    with pytest.raises(Invalid):
        services.approve_amendment(amendment=asked, by=run.approver, now=NOW)
    assert asked.status == "REQUESTED"
    assert edition.cap == 100 * MILLION


def test_other_rooms_ask_what_a_company_hosted(run):
    first = public(run)
    company, later = first.host, ENDS + timedelta(days=1)
    support.edition("지원받지 않은 행사", host=company)
    off = public(run, "취소된 행사", host=company)
    assert fact("mice.hosted_by", organisation=company, on=ENDS) == 0
    assert fact("mice.hosted_by", organisation=company, on=later) == 2
    services.cancel_edition(edition=off, by=run.officer, now=NOW, reason="취소")
    assert fact("mice.hosted_by", organisation=company, on=later) == 1
