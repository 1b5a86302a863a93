"""Another term granted after all, when the room is gone, the tenant leaves, or has left (design 05 §8)."""

from datetime import date, timedelta

import pytest

from ledger import log
from portal.core.errors import NotAllowed, Overtaken
from portal.notices.models import Notice
from tenancy import services
from tenancy.enums import Side
from tenancy.models import Lease, LeaseTerm, MoveOut, Offer, RenewalReview
from tenancy.services.holding import release
from tests.factories.people import leaves
from tests.factories.space import selected
from tests.tenancy.test_constraints import refused
from tests.tenancy.test_endings import END, FIGURES, SECOND_END, at, days, invited, new_day, tenant
from tests.tenancy.test_money import adds_up

pytestmark = pytest.mark.django_db
REFUSED, UPHELD = at(date(2020, 11, 1)), at(date(2020, 12, 10))


def turned_down(place=None):
    """A tenant whose term ends, refused at the desk."""
    place = place or tenant()
    place.review = invited(place)
    services.ask_renewal(review=place.review, figures=FIGURES, by=place.master, now=at(date(2020, 10, 10)))
    services.decide_renewal(review=place.review, granted=False, by=place.approver, now=REFUSED, reason="이용 실적 부족")
    place.lease.refresh_from_db()
    return place


def upheld(place, now=UPHELD):
    review = RenewalReview.objects.select_related("lease__unit__floor__building__hub").get(pk=place.review.pk)
    services.decide_renewal(review=review, granted=True, by=place.approver, now=now, reason="이의를 받아들임")
    place.review.refresh_from_db()
    place.lease.refresh_from_db()
    return place.review


def blocked(place, *codes, start=END, end=SECOND_END):
    for code in codes:
        services.block_unit(unit=place.unit(code), start=start, end=end, note="다른 기업", by=place.officer)


def gone(place, on=END):
    """Inspected, keys back: the lease has ended."""
    case = MoveOut.objects.get(lease=place.lease)
    services.schedule_inspection(move_out=case, inspect_at=at(on), by=place.officer)
    services.inspect(
        move_out=case, found={item.code: (True, "", 0, False) for item in case.items.all()}, by=place.officer
    )
    services.return_keys(move_out=case, on=on, by=place.officer, now=at(on, 18))
    place.lease.refresh_from_db()
    assert place.lease.status == "ENDED"


def without_a_room():
    """Refused, the rooms gone from the end on, left on the last day, and granted afterwards."""
    place = turned_down()
    new_day(END - timedelta(days=25))
    gone(place)
    blocked(place, "801", "802")
    upheld(place, at(END + timedelta(days=10)))
    assert (place.review.status, Offer.objects.filter(review=place.review).count()) == ("GRANTED", 0)
    return place


def unblocked(place, *codes):
    for code in codes:
        rows = place.unit(code).cells.get().occupancies.filter(status="BLOCKED")
        services.unblock_unit(rows=list(rows), by=place.officer)


def free_again(place, code, on):
    unblocked(place, code)
    return services.displaced.serve_displaced(place.unit(code), on, now=at(on))


def test_whoever_leaves_of_its_own_will_holds_nothing_until_it_takes_its_notice_back():
    place = turned_down()
    leave = END - timedelta(days=5)
    case = services.give_notice(lease=place.lease, leave_date=leave, by=place.master, now=REFUSED)
    upheld(place, at(date(2020, 11, 20)))
    assert (place.review.status, place.review.waiting_since, place.lease.status) == ("GRANTED", None, "VACATING")
    assert days(place.lease) == [(date(2019, 12, 23), leave, "OCCUPIED")]
    services.withdraw_notice(move_out=case, by=place.master, now=at(date(2020, 11, 21)))
    assert days(place.lease)[-1] == (END, SECOND_END, "HELD")
    place.review.refresh_from_db()
    services.sign_renewal(review=place.review, by=place.master, now=at(date(2020, 11, 22)), consented=True)
    assert days(place.lease)[-1] == (END, SECOND_END, "COMMITTED")
    adds_up()


def test_a_notice_taken_back_holds_the_room_for_the_term_asked_about():
    place = tenant()
    invited(place)
    case = services.give_notice(
        lease=place.lease, leave_date=END - timedelta(days=5), by=place.master, now=at(date(2020, 11, 1))
    )
    assert "HELD" not in {status for _start, _end, status in days(place.lease)}
    services.withdraw_notice(move_out=case, by=place.master, now=at(date(2020, 11, 2)))
    assert days(place.lease)[-1] == (END, SECOND_END, "HELD")


def test_a_term_whose_room_nobody_holds_is_not_signed():
    place = tenant()
    review = invited(place)
    services.ask_renewal(review=review, figures=FIGURES, by=place.master, now=at(date(2020, 10, 10)))
    services.decide_renewal(review=review, granted=True, by=place.approver, now=REFUSED)
    release(place.lease.occupancies.filter(status="HELD"), by=log.SYSTEM)
    with pytest.raises(Overtaken, match="잡혀 있지"):
        services.sign_renewal(review=review, by=place.master, now=REFUSED, consented=True)
    assert LeaseTerm.objects.count() == 1


def test_an_inspection_before_the_result_does_not_stand_against_it():
    place = turned_down()
    new_day(END - timedelta(days=25))
    case = MoveOut.objects.get()
    services.schedule_inspection(move_out=case, inspect_at=at(END), by=place.officer)
    services.inspect(
        move_out=case, found={item.code: (False, "", 0, False) for item in case.items.all()}, by=place.officer
    )
    upheld(place)
    case.refresh_from_db()
    assert (case.status, place.lease.status, days(place.lease)[1:]) == (
        "CANCELLED", "ACTIVE", [(END, SECOND_END, "HELD")],
    )  # fmt: skip


def test_who_had_to_leave_is_offered_the_next_room_before_the_reserve():
    place = without_a_room()
    free = date(2021, 2, 1)
    assert free_again(place, "802", free) == place.review
    offer = Offer.objects.get(review=place.review)
    assert (offer.status, offer.unit.code, offer.start_date, offer.end_date) == (
        "SENT", "802", free, date(2022, 2, 1),
    )  # fmt: skip
    assert Notice.objects.filter(topic="space.offer_sent", user=place.master).count() == 2
    assert {"space.renewal.waiting/1", "space.renewal.room_found/1"} <= {leaf["type"] for leaf in leaves(place.review)}
    services.accept_offer(offer=offer, by=place.master, now=at(free), agreed=True)
    lease = services.prepare_lease(offer=offer, by=place.officer, now=at(free))
    for side, by in ((Side.TENANT, place.master), (Side.LESSOR, place.approver)):
        services.sign_lease(
            lease=lease, side=side, by=by, now=at(free), document_hash=lease.document_hash, consented=True
        )
    place.review.refresh_from_db()
    assert (place.review.status, place.review.signed_by) == ("SIGNED", place.master)
    lease = Lease.objects.get(pk=lease.pk)
    assert (lease.status, lease.max_months) == ("SIGNED", 12)
    adds_up()


def test_an_offer_not_answered_ends_the_term_granted_and_the_room_goes_on():
    place = without_a_room()
    free_again(place, "802", date(2021, 2, 1))
    offer = Offer.objects.get(review=place.review)
    waiting = selected(place)
    services.expire_offer(offer=offer, now=offer.expires_at)
    place.review.refresh_from_db()
    assert (place.review.status, leaves(place.review)[-1]["type"]) == ("LAPSED", "space.renewal.lapsed/1")
    assert Offer.objects.get(unit=offer.unit, status="SENT").need == waiting
    assert services.rehouse(now=at(date(2021, 3, 1))) == 0


def test_the_daily_job_finds_the_room_and_a_revoked_offer_is_followed_by_another():
    place = without_a_room()
    assert services.rehouse(now=at(date(2021, 1, 10))) == 0
    unblocked(place, "802")
    assert services.rehouse(now=at(date(2021, 1, 11))) == 1
    assert services.rehouse(now=at(date(2021, 1, 11))) == 0
    offer = Offer.objects.get(review=place.review)
    assert offer.start_date == date(2021, 1, 12)
    services.revoke_offer(offer=offer, by=place.approver, now=at(date(2021, 1, 12)), reason="침수")
    assert services.rehouse(now=at(date(2021, 1, 13))) == 1


def test_a_room_free_only_after_the_term_begins_is_offered_while_the_tenant_still_has_its_own():
    place = turned_down()
    blocked(place, "801", "802")
    upheld(place)
    assert place.review.waiting_since is not None
    late = END + timedelta(days=20)
    assert free_again(place, "802", late) == place.review
    assert Offer.objects.get(review=place.review).start_date == late
    assert days(place.lease) == [(date(2019, 12, 23), END, "OCCUPIED")]


def test_whose_lease_was_ended_for_a_fault_waits_for_nothing():
    place = without_a_room()
    Lease.objects.filter(pk=place.lease.pk).update(end_kind="TERMINATED")
    assert free_again(place, "802", date(2021, 2, 1)) is None


def test_whoever_decided_does_not_sign_for_the_tenant():
    place = without_a_room()
    free = date(2021, 2, 1)
    free_again(place, "802", free)
    offer = Offer.objects.get(review=place.review)
    services.accept_offer(offer=offer, by=place.master, now=at(free), agreed=True)
    lease = services.prepare_lease(offer=offer, by=place.officer, now=at(free))
    signed = {"lease": lease, "now": at(free), "document_hash": lease.document_hash, "consented": True}
    services.sign_lease(side=Side.TENANT, by=place.master, **signed)
    RenewalReview.objects.filter(pk=place.review.pk).update(decided_by=place.master)
    with pytest.raises(NotAllowed, match="양쪽"):
        services.sign_lease(side=Side.LESSOR, by=place.approver, **signed)


def test_one_live_offer_for_a_term_granted():
    place = without_a_room()
    free_again(place, "802", date(2021, 2, 1))
    offer = Offer.objects.get(review=place.review)
    again = Offer(
        need=offer.need, review=offer.review, unit=place.unit("801"), rate_card=place.card,
        start_date=offer.start_date, end_date=offer.end_date,
    )  # fmt: skip
    refused(again.save, "one_live_offer_per_renewal")
