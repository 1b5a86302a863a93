"""Holding over: the day of leaving has passed and the keys are out."""

from datetime import date, timedelta

import pytest

from portal.core.errors import Late, Overtaken, Refused
from portal.core.periods import add_months
from tenancy import services
from tenancy.models import Amendment, Invoice, MoveOut, Occupancy, Offer
from tests.factories.people import leaves
from tests.factories.space import NOW, START, leased, master, offered, selected, space
from tests.tenancy.test_endings import at, days, fresh, looked, new_day, tenant
from tests.tenancy.test_money import adds_up
from tests.tenancy.test_views import address, enter

pytestmark = pytest.mark.django_db
LEAVE = date(2020, 3, 11)
DAY = timedelta(days=1)


def leaving(place=None):
    """A tenant whose notice ran out on 11 March, looked at, with the keys still out."""
    place = place or tenant()
    place.move_out = services.give_notice(lease=place.lease, leave_date=LEAVE, by=place.master, now=NOW)
    looked(place, place.move_out)
    return place


def keys(place, on, now=None):
    place.move_out.refresh_from_db()
    services.return_keys(move_out=place.move_out, on=on, by=place.officer, now=at(now or on))


def charged(lease):
    rows = Invoice.objects.filter(lease=lease, kind="HOLDOVER").order_by("month")
    return [(row.month, row.total, [line.bp for line in row.lines.all()]) for row in rows]


def test_notice_cannot_be_taken_back_once_the_day_has_come():
    place = leaving()
    for day in (LEAVE, LEAVE + 5 * DAY):
        with pytest.raises(Late, match="퇴거일이 되어"):
            services.withdraw_notice(move_out=place.move_out, by=place.master, now=at(day))
    assert fresh(place).status == "VACATING"


def test_on_the_day_itself_nobody_overstays():
    place = leaving()
    assert services.hold_over(now=at(LEAVE)) == 0
    keys(place, LEAVE)
    assert (fresh(place).status, days(place.lease), charged(place.lease)) == ("ENDED", [(START, LEAVE, "ENDED")], [])


def test_three_days_in_march_cost_120_per_cent():
    place = leaving()
    for late in (1, 2):
        new_day(LEAVE + late * DAY)
        assert services.hold_over(now=at(LEAVE + late * DAY)) == 1
        assert services.hold_over(now=at(LEAVE + late * DAY)) == 0
        assert days(place.lease)[1] == (LEAVE, LEAVE + (late + 1) * DAY, "OCCUPIED")
    assert (fresh(place).status, place.lease.leave_date) == ("HOLDOVER", LEAVE)
    assert [leaf["type"] for leaf in leaves(place.lease)][-1] == "space.lease.overstayed/1"
    keys(place, LEAVE + 3 * DAY)
    assert (fresh(place).status, place.lease.leave_date, place.lease.end_kind) == ("ENDED", LEAVE, "EARLY")
    assert days(place.lease)[1] == (LEAVE, LEAVE + 3 * DAY, "ENDED")
    # 20 m² × 5,000 × 120 % × 3/31
    assert charged(place.lease) == [(date(2020, 3, 1), 11_612, [12_000])]
    adds_up()


def test_keys_that_come_late_before_the_clock_said_so():
    place = leaving()
    keys(place, LEAVE + 3 * DAY)
    assert charged(place.lease) == [(date(2020, 3, 1), 11_612, [12_000])]
    assert days(place.lease)[1] == (LEAVE, LEAVE + 3 * DAY, "ENDED")


def test_keys_that_came_in_time_and_were_written_down_late_cost_nothing():
    place = leaving()
    services.hold_over(now=at(LEAVE + 2 * DAY))
    keys(place, LEAVE, now=LEAVE + 2 * DAY)
    assert (fresh(place).status, charged(place.lease)) == ("ENDED", [])
    assert days(place.lease)[1] == (LEAVE, LEAVE + DAY, "ENDED")


def test_over_the_end_of_a_month_each_month_has_its_invoice_and_is_dunned():
    place = leaving()
    services.hold_over(now=at(date(2020, 4, 2)))
    assert [invoice.month for invoice in services.bill_holdovers(now=at(date(2020, 4, 2)))] == [date(2020, 3, 1)]
    assert services.bill_holdovers(now=at(date(2020, 4, 2))) == []
    keys(place, date(2020, 4, 4))
    # 21 of 31 days, then 3 of 30
    assert [(month, total) for month, total, _ in charged(place.lease)] == [
        (date(2020, 3, 1), 81_290),
        (date(2020, 4, 1), 12_000),
    ]
    drafts = Invoice.objects.filter(lease=place.lease, status="DRAFT", kind="HOLDOVER")
    services.issue_all(invoices=list(drafts), by=place.finance, now=at(date(2020, 4, 6)))
    services.dun(now=at(date(2020, 5, 6)))
    assert place.lease.arrears.get().status == "REMINDED"
    adds_up()


def following(place):
    """The next tenant, whose lease begins on the day of leaving."""
    terms = place.terms
    need = selected(place)
    room = {"unit": place.unit("801"), "terms": terms, "start": LEAVE}
    offer = services.offer_room(need=need, by=services.leaving.log.SYSTEM, now=NOW, **room)
    return offer, master(need)


def test_a_successor_begins_later_by_an_amendment_and_both_are_told():
    place = leaving()
    offer, by = following(place)
    services.accept_offer(offer=offer, by=by, now=NOW, agreed=True)
    lease = services.prepare_lease(offer=offer, by=place.officer, now=NOW)
    for side, person in (("TENANT", by), ("LESSOR", place.approver)):
        shown = {"document_hash": lease.document_hash, "consented": True}
        services.sign_lease(lease=lease, side=side, by=person, now=NOW, **shown)
    lease.refresh_from_db()
    with pytest.raises(Refused, match="열쇠"):
        services.move_in(lease=lease, on=LEAVE, by=place.officer, now=at(LEAVE))
    for late in (1, 2, 3):
        services.hold_over(now=at(LEAVE + late * DAY))
    kinds = [(row.kind, row.status, row.effective_date) for row in Amendment.objects.filter(lease=lease)]
    assert kinds == [("DATES", "IN_FORCE", LEAVE + n * DAY) for n in (2, 3, 4)]
    end = add_months(LEAVE, 12)
    assert days(lease) == [(LEAVE + 4 * DAY, end, "COMMITTED")]
    keys(place, LEAVE + 3 * DAY)
    services.move_in(lease=lease, on=LEAVE + 4 * DAY, by=place.officer, now=at(LEAVE + 4 * DAY))
    assert days(lease) == [(LEAVE + 4 * DAY, end, "OCCUPIED")]
    adds_up()


def test_an_offer_of_the_room_and_a_blocked_room_begin_later():
    place = leaving()
    offer, by = following(place)
    told = offer.terms_hash
    services.hold_over(now=at(LEAVE + DAY))
    offer = Offer.objects.get(pk=offer.pk)
    assert (offer.start_date, offer.terms_hash != told) == (LEAVE + 2 * DAY, True)
    assert [row.period.lower for row in offer.occupancies.exclude(status="RELEASED")] == [LEAVE + 2 * DAY]
    services.decline_offer(offer=offer, by=by, now=NOW)
    first, last = LEAVE + 2 * DAY, LEAVE + 9 * DAY
    services.block_unit(unit=place.unit("801"), start=first, end=last, note="수리", by=place.officer)
    services.hold_over(now=at(LEAVE + 2 * DAY))
    blocked = Occupancy.objects.get(status="BLOCKED")
    assert (blocked.period.lower, blocked.period.upper) == (LEAVE + 3 * DAY, last)


def test_who_sits_there_already_is_not_moved():
    place = leaving()
    offer, by = following(place)
    services.accept_offer(offer=offer, by=by, now=NOW, agreed=True)
    rows = offer.occupancies.all()
    lease = services.prepare_lease(offer=offer, by=place.officer, now=NOW)
    services.holding.move(rows, "OCCUPIED", by=services.leaving.log.SYSTEM, lease=lease)
    with pytest.raises(Overtaken):
        services.overstaying.overstay(place.lease.pk, LEAVE + DAY, now=at(LEAVE + DAY))
    assert services.hold_over(now=at(LEAVE + DAY)) == 0
    assert fresh(place).status == "VACATING"


def test_a_term_that_ended_without_notice_is_held_over_with_a_file_of_leaving():
    place = tenant()
    end = date(2020, 12, 23)
    assert services.hold_over(now=at(end)) == 0
    assert services.hold_over(now=at(end + DAY)) == 1
    move_out = MoveOut.objects.get()
    assert (move_out.end_kind, move_out.items.count(), fresh(place).status) == ("EXPIRED", 6, "HOLDOVER")
    assert days(place.lease) == [(START, end, "OCCUPIED"), (end, end + 2 * DAY, "OCCUPIED")]


def test_who_waits_for_a_decision_about_another_term_does_not_overstay():
    place = tenant()
    services.invite_renewals(now=at(date(2020, 10, 1)))
    review = place.lease.renewals.get()
    services.ask_renewal(review=review, figures={}, by=place.master, now=at(date(2020, 10, 10)))
    assert services.hold_over(now=at(date(2020, 12, 30))) == 0


def test_the_pages_say_that_the_room_is_held_over(client):
    place = leaving()
    services.hold_over(now=at(LEAVE + DAY))
    enter(client, place.master)
    page = client.get(address("move_out", place.move_out.public_id)).content.decode()
    assert "120%" in page
    assert "act=withdraw" not in page
    enter(client, place.officer)
    assert "무단점유" in client.get(address("desk")).content.decode()


def test_a_second_company_is_offered_the_room_only_after_today():
    place = space("801")
    place.lease = leased(place, selected(place), "801")
    services.move_in(lease=place.lease, on=START, by=place.officer, now=NOW)
    place.master = master(place.lease.offer.need)
    leaving(place)
    services.hold_over(now=at(LEAVE + DAY))
    with pytest.raises(Overtaken):
        offered(place, selected(place), "801")
