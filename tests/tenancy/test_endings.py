"""Another term, leaving, graduating: by the services, and around them."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from portal.core.errors import Invalid, Late, NotAllowed, Overtaken, Refused
from portal.core.periods import SEOUL
from portal.plan.registry import fact
from tenancy import services
from tenancy.models import ChecklistItem, Graduation, Lease, MoveOut, Occupancy, RenewalReview
from tests.factories.people import leaves, with_role
from tests.factories.space import NOW, START, cluster, leased, master, selected, space
from tests.tenancy.test_constraints import refused
from tests.tenancy.test_money import adds_up, billed, state
from tests.tenancy.test_views import address, enter

pytestmark = pytest.mark.django_db
END, SECOND_END = date(2020, 12, 23), date(2021, 12, 23)
FIGURES = {"sales": 120_000_000, "jobs": 4, "investment": 0, "days": 240}


def at(day, hour=10):
    return datetime(day.year, day.month, day.day, hour, tzinfo=SEOUL)


def tenant(**terms):
    place = space("801 802", **terms)
    place.lease = leased(place, selected(place), "801")
    services.move_in(lease=place.lease, on=START, by=place.officer, now=NOW)
    place.master = master(place.lease.offer.need)
    return place


def days(lease):
    rows = Occupancy.objects.filter(lease=lease).exclude(status="RELEASED").order_by("period")
    return [(row.period.lower, row.period.upper, row.status) for row in rows]


def invited(place):
    services.invite_renewals(now=at(END - timedelta(days=80)))
    return RenewalReview.objects.get()


def granted(place):
    review = invited(place)
    services.ask_renewal(review=review, figures=FIGURES, by=place.master, now=at(date(2020, 10, 10)))
    services.decide_renewal(review=review, granted=True, by=place.approver, now=at(date(2020, 11, 1)))
    return review


def new_day(day):
    for job in (services.turn_terms, services.invite_renewals, services.lapse_renewals, services.notice_ends):
        job(now=at(day))


def fresh(place):
    place.lease = Lease.objects.get(pk=place.lease.pk)
    return place.lease


def test_invited_ninety_days_before_with_the_next_term_held():
    place = tenant()
    assert services.invite_renewals(now=at(END - timedelta(days=91))) == 0
    assert services.invite_renewals(now=at(END - timedelta(days=90))) == 1
    assert services.invite_renewals(now=at(END - timedelta(days=90))) == 0
    assert days(place.lease) == [(START, END, "OCCUPIED"), (END, SECOND_END, "HELD")]
    assert RenewalReview.objects.get().respond_by == END - timedelta(days=30)
    adds_up()


def test_asked_granted_signed_and_turned_on_the_day():
    place = tenant()
    review = granted(place)
    services.sign_renewal(review=review, by=place.master, now=at(date(2020, 11, 5)), consented=True)
    assert [term.period.upper for term in place.lease.terms.all()] == [END, SECOND_END]
    assert leaves(place.lease)[-1]["type"] == "space.lease.renewed/1"
    assert days(place.lease)[1] == (END, SECOND_END, "COMMITTED")
    new_day(END)
    assert days(place.lease) == [(START, END, "ENDED"), (END, SECOND_END, "OCCUPIED")]
    assert fresh(place).status == "ACTIVE"
    adds_up()


def test_refused_gives_the_room_back_and_an_appeal_holds_it_again():
    place = tenant()
    review = invited(place)
    services.ask_renewal(review=review, figures=FIGURES, by=place.master, now=at(date(2020, 10, 10)))
    with pytest.raises(Invalid):
        services.decide_renewal(review=review, granted=False, by=place.approver, now=at(date(2020, 11, 1)))
    with pytest.raises(NotAllowed):
        services.decide_renewal(review=review, granted=False, by=place.officer, now=NOW, reason="이용 실적 부족")
    services.decide_renewal(
        review=review, granted=False, by=place.approver, now=at(date(2020, 11, 1)), reason="이용 실적 부족"
    )
    assert days(place.lease) == [(START, END, "OCCUPIED")]
    services.decide_renewal(review=review, granted=True, by=place.approver, now=at(date(2020, 11, 9)))
    assert (review.status, days(place.lease)[1][2]) == ("GRANTED", "HELD")
    adds_up()


def test_an_appeal_after_the_room_went_to_another_does_not_take_it_back():
    place = tenant()
    review = invited(place)
    services.ask_renewal(review=review, figures=FIGURES, by=place.master, now=at(date(2020, 10, 10)))
    when = {"now": at(date(2020, 11, 1)), "by": place.approver, "reason": "이용 실적 부족"}
    services.decide_renewal(review=review, granted=False, **when)
    for code in ("801", "802"):
        services.block_unit(unit=place.unit(code), start=END, end=SECOND_END, note="다른 기업", by=place.officer)
    services.decide_renewal(review=review, granted=True, **when)
    assert (review.status, review.waiting_since, review.room) == ("GRANTED", when["now"], None)
    assert days(place.lease) == [(START, END, "OCCUPIED")]


def test_not_asked_for_lapses_and_the_clock_gives_notice():
    place = tenant()
    review = invited(place)
    with pytest.raises(Late):
        services.ask_renewal(review=review, figures=FIGURES, by=place.master, now=at(date(2020, 11, 24)))
    new_day(date(2020, 11, 24))
    review.refresh_from_db()
    assert (review.status, fresh(place).status) == ("LAPSED", "VACATING")
    assert MoveOut.objects.get().end_kind == "EXPIRED"
    assert days(place.lease) == [(START, END, "OCCUPIED")]
    adds_up()


def test_granted_and_never_signed_falls_when_the_term_is_over():
    place = tenant()
    review = granted(place)
    services.lapse_renewals(now=at(END - timedelta(days=1)))
    assert days(place.lease)[1:] == [(END, SECOND_END, "HELD")]
    services.lapse_renewals(now=at(END))
    review.refresh_from_db()
    assert (review.status, days(place.lease)) == ("LAPSED", [(START, END, "OCCUPIED")])


def test_arrears_stand_against_another_term():
    place = billed()
    place.lease = place.leases[0]
    place.master = master(place.lease.offer.need)
    services.dun(now=at(date(2020, 3, 1)))
    review = invited(place)
    services.ask_renewal(review=review, figures=FIGURES, by=place.master, now=at(date(2020, 10, 10)))
    with pytest.raises(Refused, match="미납"):
        services.decide_renewal(review=review, granted=True, by=place.approver, now=at(date(2020, 11, 1)))


def test_who_asks_decides_and_signs():
    place = tenant()
    review = invited(place)
    with pytest.raises(NotAllowed):
        services.ask_renewal(review=review, figures=FIGURES, by=place.officer, now=NOW)
    with pytest.raises(Invalid):
        services.ask_renewal(review=review, figures={"sales": -1}, by=place.master, now=NOW)
    services.ask_renewal(review=review, figures=FIGURES, by=place.master, now=NOW)
    both = with_role("space.approver", user=place.master, cluster=cluster())
    services.decide_renewal(review=review, granted=True, by=both, now=NOW)
    with pytest.raises(NotAllowed):
        services.sign_renewal(review=review, by=both, now=NOW, consented=True)
    with pytest.raises(Invalid):
        services.sign_renewal(review=review, by=place.master, now=NOW, consented=False)


def looked(place, move_out, **found):
    services.schedule_inspection(move_out=move_out, inspect_at=NOW, by=place.officer)
    return services.inspect(move_out=move_out, found=listed(**found), by=place.officer)


def listed(**found):
    return {code: found.get(code, (True, "", 0, False)) for code in services.leaving.CHECKLIST}


def test_leaving_early_from_notice_to_the_credit_and_the_end():
    place = billed(month=date(2020, 2, 1))
    place.lease = place.leases[0]
    by = master(place.lease.offer.need)
    leave = date(2020, 2, 10)
    move_out = services.give_notice(lease=place.lease, leave_date=leave, by=by, now=NOW)
    assert days(place.lease) == [(START, leave, "OCCUPIED")]
    assert looked(place, move_out) is True
    services.return_keys(move_out=move_out, on=leave, by=place.officer, now=at(leave))
    assert (fresh(place).status, place.lease.end_kind, place.lease.leave_date) == ("ENDED", "EARLY", leave)
    assert days(place.lease) == [(START, leave, "ENDED")]
    assert state(place.invoices[0]) == ("ISSUED", 31_034)
    with pytest.raises(Refused, match="임대료"):
        services.settle_move_out(move_out=move_out, by=place.officer)
    assert services.bill_month(hub=place.hub, month=date(2020, 3, 1)) == []
    adds_up()


def test_keys_that_come_back_on_the_first_day_leave_that_day_behind():
    place = tenant()
    move_out = services.give_notice(lease=place.lease, leave_date=date(2020, 2, 1), by=place.master, now=NOW)
    assert looked(place, move_out) is True
    services.return_keys(move_out=move_out, on=START, by=place.officer, now=NOW)
    assert days(place.lease) == [(START, START + timedelta(days=1), "ENDED")]
    assert fresh(place).status == "ENDED"
    adds_up()


def test_the_days_of_a_notice():
    place = tenant()
    for leave in (date(2020, 1, 21), END + timedelta(days=1)):
        with pytest.raises(Invalid):
            services.give_notice(lease=place.lease, leave_date=leave, by=place.master, now=NOW)
    with pytest.raises(NotAllowed):
        services.give_notice(lease=place.lease, leave_date=date(2020, 6, 1), by=place.officer, now=NOW)
    services.give_notice(lease=place.lease, leave_date=date(2020, 1, 22), by=place.master, now=NOW)


def test_changing_ones_mind_until_the_room_is_promised():
    place = tenant()
    leave = date(2020, 6, 1)
    move_out = services.give_notice(lease=place.lease, leave_date=leave, by=place.master, now=NOW)
    services.withdraw_notice(move_out=move_out, by=place.master, now=NOW)
    assert days(place.lease) == [(START, leave, "OCCUPIED"), (leave, END, "COMMITTED")]
    assert fresh(place).status == "ACTIVE"
    again = services.give_notice(lease=place.lease, leave_date=leave, by=place.master, now=NOW)
    services.block_unit(unit=place.unit("801"), start=leave, end=END, note="다른 기업", by=place.officer)
    with pytest.raises(Overtaken):
        services.withdraw_notice(move_out=again, by=place.master, now=NOW)


def test_what_is_not_in_order_goes_back_to_the_tenant():
    place = tenant()
    move_out = services.give_notice(lease=place.lease, leave_date=date(2020, 6, 1), by=place.master, now=NOW)
    assert looked(place, move_out, RESTORED=(False, "칸막이", 300_000, True)) is False
    assert move_out.status == "RESTORING"
    with pytest.raises(Invalid):
        services.inspect(move_out=move_out, found={}, by=place.officer)
    with pytest.raises(Invalid):
        services.inspect(move_out=move_out, found=listed(METERS=(True, "", 5, True)), by=place.officer)
    assert services.inspect(move_out=move_out, found=listed(), by=place.officer) is True
    for on in (date(2019, 12, 22), date(2020, 6, 4)):
        with pytest.raises(Invalid):
            services.return_keys(move_out=move_out, on=on, by=place.officer, now=at(date(2020, 6, 3)))


def test_at_the_maximum_a_company_graduates():
    place = tenant(max_months=12)
    assert services.invite_renewals(now=at(END - timedelta(days=60))) == 0
    new_day(date(2020, 11, 30))
    move_out = MoveOut.objects.get()
    looked(place, move_out)
    services.return_keys(move_out=move_out, on=END, by=place.officer, now=at(END))
    assert Graduation.objects.get().graduated_date == END
    asked = {"organisation": place.lease.organisation}
    assert fact("tenancy.is_graduate", on=END, **asked) is True
    assert fact("tenancy.is_graduate", on=START, **asked) is False
    assert fact("other_public_space", on=START, **asked) == END - timedelta(days=1)
    adds_up()


def test_the_approver_ends_a_lease_only_after_a_hearing():
    place = tenant()
    with pytest.raises(Invalid):
        services.terminate(lease=place.lease, leave_date=date(2020, 6, 1), by=place.approver, now=NOW, reason="체납")


def test_the_database_keeps_reviews_and_endings():
    place = tenant()
    review = invited(place)
    rows = RenewalReview.objects.filter(pk=review.pk)
    refused(lambda: rows.update(status="X"), "renewal_status_known")
    refused(lambda: rows.update(status="GRANTED"), "renewal_decided_by_somebody")
    refused(lambda: rows.update(status="LAPSED"), "no ledger leaf")
    decided = {"decided_by": place.approver, "decided_at": NOW}
    refused(lambda: rows.update(status="REFUSED", **decided), "renewal_refused_with_reason")
    refused(lambda: rows.update(status="SIGNED", **decided), "renewal_signed_by_somebody")
    refused(lambda: rows.update(signed_by=place.approver, **decided), "renewal_two_people")
    twice = RenewalReview(lease=place.lease, seq=review.seq, period=review.period, invited_at=NOW, respond_by=END)
    refused(twice.save, "one_renewal_per_term")
    refused(lambda: Lease.objects.filter(pk=place.lease.pk).update(status="ENDED"), "lease_ended_on_a_day")
    move_out = services.give_notice(lease=place.lease, leave_date=date(2020, 6, 1), by=place.master, now=NOW)
    outs = MoveOut.objects.filter(pk=move_out.pk)
    refused(lambda: outs.update(status="X"), "move_out_status_known")
    refused(lambda: outs.update(status="CLOSED"), "keys_returned_on_a_day")
    refused(lambda: outs.update(end_kind="X"), "move_out_kind_known")
    refused(lambda: outs.update(status="SCHEDULED"), "no ledger leaf")
    again = MoveOut(lease=place.lease, leave_date=END, noticed_at=NOW, end_kind="EARLY")
    refused(again.save, "one_move_out_per_lease")
    refused(lambda: ChecklistItem.objects.update(cost_won=1), "a_cost_says_what_for")
    refused(ChecklistItem(move_out=move_out, position=1, code="X").save, "one_item_per_position")
    graduation = Graduation(lease=place.lease, organisation=place.lease.organisation, graduated_date=END, ground="X")
    refused(graduation.save, "graduation_ground_known")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenancy_checklistitem")
        assert cursor.fetchone() == (6,)


def test_the_pages_from_notice_to_the_end(client):
    place = tenant()

    def act(who, url, code, **answers):
        enter(client, who)
        return client.post(f"{url}?act={code}", {f"{code}-{name}": value for name, value in answers.items()})

    today = datetime.now(SEOUL).date()
    assert (
        act(place.master, address("notice", place.lease.public_id), "notice", leave_date="2020-06-01").status_code
        == 422
    )
    review = invited(place)
    page = address("renewal", review.public_id)
    assert client.get(page).status_code == 200
    assert act(place.master, page, "decide", granted="yes").status_code == 403
    services.ask_renewal(review=review, figures=FIGURES, by=place.master, now=NOW)
    act(place.approver, page, "decide", granted="yes")
    client.logout()
    client.force_login(place.master, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(f"{page}?act=sign", {"sign-consented": "on"}).status_code == 302
    review.refresh_from_db()
    assert review.status == "GRANTED", "without a second factor nothing is signed"
    assert act(place.master, page, "sign").status_code == 422
    act(place.master, page, "sign", consented="on")
    review.refresh_from_db()
    assert (review.status, today.year >= 2020) == ("SIGNED", True)
    move_out = services.give_notice(lease=fresh(place), leave_date=date(2020, 6, 1), by=place.master, now=NOW)
    page = address("move_out", move_out.public_id)
    act(place.officer, page, "schedule", inspect_at="2020-05-30T10:00:00")
    answers = {f"{code}-done": "on" for code in services.leaving.CHECKLIST}
    act(place.officer, page, "inspect", **answers)
    act(place.officer, page, "keys", on="2020-06-01")
    assert fresh(place).status == "ENDED"
    for url in (page, address("lease", place.lease.public_id), address("desk")):
        enter(client, place.officer)
        assert client.get(url).status_code == 200
