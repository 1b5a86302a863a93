"""What tenancy answers to intake, and what intake's services do with it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from ledger import log
from portal.core.errors import Invalid
from portal.intake import services as intake
from portal.intake.blocks import parse_form
from portal.intake.models import Application, DecisionLine, ReserveEntry
from portal.intake.registry import get
from tenancy import services
from tenancy.fitting import Wish
from tenancy.models import Need, Offer, Terms
from tenancy.programme import SPACE, HeadCount, UnitPreference
from tests.factories.people import company, leaves, person
from tests.factories.space import NOW, master, offered, selected, space

pytestmark = pytest.mark.django_db


@transaction.atomic
def reserved(place, *, seats=4, stated=True):
    """A company on the reserve list, its need stated."""
    organisation = company()
    order = place.decision.lines.count() + 1
    application = Application.objects.create(
        call=place.call,
        track=place.track,
        organisation=organisation,
        status="RESERVED",
        receipt_number=f"{place.call.prefix}-{order:04}",
        created_by=person(),
        submitted_at=NOW,
    )
    data = {"to": "RESERVED", "track": place.track.code, "place": order}
    log.append("space.application.reserved", row=application, by=log.SYSTEM, data=data)
    line = DecisionLine.objects.create(
        decision=place.decision,
        application=application,
        outcome="RESERVED",
        track=place.track,
        place=order,
        passed=True,
        reserve_order=order,
    )
    if stated:
        services.state_need(application=application, seats=seats, by=log.SYSTEM)
    return ReserveEntry.objects.create(
        line=line, application=application, track=place.track, order=order, valid_until=NOW + timedelta(days=90)
    )


def given_out(place):
    """The round's allocation, published."""
    run = services.run_allocation(call=place.call, by=place.officer, now=NOW)
    services.confirm_allocation(run=run, by=place.approver, now=NOW)
    return services.publish_allocation(run=run, by=place.approver, now=NOW)


def problems(found):
    return [(str(problem.message), problem.blocking) for problem in found]


def test_it_is_registered():
    assert get("space") is SPACE
    assert SPACE.room == "space"


def test_a_call_needs_terms_and_enough_rooms():
    place = space("801 802", quota=2)
    version = place.call.versions.get()
    assert problems(SPACE.check_call(version)) == [("신청서식에 상주 인원 문항이 없습니다.", False)]
    services.block_unit(
        unit=place.unit("801"),
        start=place.terms.start_date,
        end=NOW.date() + timedelta(days=9),
        note="누수",
        by=place.officer,
    )
    assert ("모집 2곳보다 배정할 수 있는 호실이 적습니다(1곳).", True) in problems(SPACE.check_call(version))
    Terms.objects.all().delete()
    version.call.refresh_from_db()
    assert [blocking for _, blocking in problems(SPACE.check_call(place.call.versions.get()))] == [True]


def test_terms_are_fixed_before_the_call_is_published():
    place = space()
    given = {"hubs": [place.hub], "rate_card": place.card, "start_date": place.terms.start_date, "by": place.officer}
    assert services.set_terms(call=place.call, offer_days=7, **given).offer_days == 7
    place.call.status = "PUBLISHED"
    with pytest.raises(Invalid):
        services.set_terms(call=place.call, **given)


def test_the_preview_names_who_would_have_no_room():
    place = space("801")
    selected(place, in_line=False)
    second = selected(place, in_line=False)
    number = second.application.receipt_number
    assert problems(SPACE.preview(place.decision)) == [
        (f"접수번호 {number}: 선정되어도 지금은 맞는 호실이 없습니다.", False)
    ]
    Need.objects.filter(pk=second.pk).delete()
    assert problems(SPACE.preview(place.decision)) == [(f"접수번호 {number}: 상주 인원이 없습니다.", True)]


def test_publishing_freezes_the_need_and_lines_up():
    place = space()
    need = selected(place, in_line=False)
    line = place.decision.lines.select_related("application__organisation").get()
    SPACE.published(line, by=place.approver, now=NOW)
    need.refresh_from_db()
    assert need.frozen_at == NOW
    assert leaves(need)[0]["actor"]["role"] == "space.approver"
    assert not Offer.objects.exists()


def test_without_a_head_count_nothing_is_published():
    place = space()
    need = selected(place, in_line=False)
    Need.objects.filter(pk=need.pk).delete()
    with pytest.raises(Invalid, match="상주 인원이 없어"):
        SPACE.published(place.decision.lines.get(), by=place.approver, now=NOW)


def test_a_freed_room_goes_to_the_first_reserve_it_fits():
    place = space("801", quota=1)
    first = selected(place)
    too_large, fitting, later = reserved(place, seats=9), reserved(place), reserved(place)
    [offer] = given_out(place)
    following = services.decline_offer(offer=offer, by=master(first), now=NOW)
    for entry in (too_large, fitting, later):
        entry.refresh_from_db()
    assert (following.need.application, following.unit) == (fitting.application, place.unit("801"))
    assert [too_large.status, fitting.status, later.status] == ["WAITING", "CALLED", "WAITING"]
    assert too_large.skips[0]["ko"] == "좌석이 상주 인원보다 적습니다."
    assert Offer.objects.filter(status="SENT").count() == 1


def test_selected_without_a_room_comes_before_any_reserve():
    place = space("801", quota=2)
    first, without = selected(place), selected(place)
    entry = reserved(place)
    [offer] = given_out(place)
    assert services.decline_offer(offer=offer, by=master(first), now=NOW).need == without
    entry.refresh_from_db()
    assert entry.status == "WAITING"


def test_expiry_calls_the_reserve_too():
    place = space("801", quota=1)
    selected(place)
    entry = reserved(place)
    [offer] = given_out(place)
    services.expire_due_offers(now=offer.expires_at)
    entry.refresh_from_db()
    assert entry.status == "CALLED"
    assert Offer.objects.get(status="SENT").need.application == entry.application


def test_a_called_reserve_that_accepts_is_converted_when_signed():
    place = space("801", quota=1)
    first = selected(place)
    entry = reserved(place)
    [offer] = given_out(place)
    following = services.decline_offer(offer=offer, by=master(first), now=NOW)
    services.accept_offer(offer=following, by=master(following.need), now=NOW, agreed=True)
    lease = services.prepare_lease(offer=following, by=place.officer, now=NOW)
    for side, by in (("TENANT", master(following.need)), ("LESSOR", place.approver)):
        services.sign_lease(lease=lease, side=side, by=by, now=NOW, document_hash=lease.document_hash, consented=True)
    entry.refresh_from_db()
    assert (entry.status, entry.application.status) == ("CONVERTED", "FULFILLED")


def test_a_withdrawn_company_calls_the_reserve_for_its_room():
    place = space("801", quota=1)
    first = selected(place)
    entry = reserved(place)
    given_out(place)
    intake.withdraw(application=first.application, reason="사업 철수", by=master(first), now=NOW)
    entry.refresh_from_db()
    assert entry.status == "CALLED"
    assert Offer.objects.get(status="SENT").need.application == entry.application


@dataclass
class Freed:
    unit: object


def test_whether_a_reserve_fits():
    place = space("801")
    small, large, silent = reserved(place), reserved(place, seats=5), reserved(place, stated=False)
    freed = Freed(place.unit("801"))
    assert SPACE.fits(small, freed).ok
    assert SPACE.fits(small, None).ok
    assert (SPACE.fits(large, freed).ok, str(SPACE.fits(large, freed).reason)) == (
        False,
        "좌석이 상주 인원보다 적습니다.",
    )
    assert str(SPACE.fits(silent, freed).reason) == "상주 인원이 없습니다."


def test_a_place_without_a_room_is_of_no_use_once_rooms_are_given_out():
    place = space("801", quota=2)
    selected(place)
    entry = reserved(place)
    assert SPACE.fits(entry, None).ok
    given_out(place)
    assert not SPACE.fits(entry, None).ok


def test_leaving_twice_changes_nothing():
    place = space("801")
    need = selected(place)
    offer = offered(place, need, "801")
    for _ in range(2):
        SPACE.left(need.application, why="withdrawn", by=log.SYSTEM, now=NOW)
    offer.refresh_from_db()
    assert offer.status == "REVOKED"
    assert [leaf["type"] for leaf in leaves(need)] == ["space.need.lined_up/1", "space.need.left/1"]
    SPACE.left(reserved(place, stated=False).application, why="withdrawn", by=log.SYSTEM, now=NOW)


FORM = {
    "sections": [
        {
            "code": "room",
            "name": {"ko": "공간"},
            "blocks": [
                {"code": "people", "kind": "head_count", "label": {"ko": "상주 인원"}, "required": True},
                {"code": "wanted", "kind": "unit_preference", "label": {"ko": "희망 호실"}},
            ],
        }
    ]
}


@pytest.mark.parametrize(("value", "ok"), [("4", True), ("0", False), ("201", False), ("네", False), ("", False)])
def test_head_count(value, ok):
    form = parse_form(FORM, SPACE.blocks)
    assert (HeadCount().check(form.block("people"), value) == []) == ok


@pytest.mark.parametrize(
    ("value", "stored"),
    [("801, 807", ["801", "807"]), ("801 807", ["801", "807"]), (["801"], ["801"]), ("", None), (None, None)],
)
def test_wanted_units_are_kept_in_order(value, stored):
    block = parse_form(FORM, SPACE.blocks).block("wanted")
    kind = UnitPreference()
    assert kind.stored(kind.field(block).clean(value)) == stored
    assert kind.shown(block, stored) == ", ".join(stored or ())


@pytest.mark.parametrize("value", ["801, 801", "<script>", "x" * 21, ", ".join(str(n) for n in range(30))])
def test_what_is_no_list_of_units(value):
    block = parse_form(FORM, SPACE.blocks).block("wanted")
    with pytest.raises(ValidationError):
        UnitPreference().field(block).clean(value)


def test_wishes_name_units_that_need_not_exist():
    place = space("801 802")
    need = selected(place, wishes=[Wish("UNIT", "999"), Wish("UNIT", "802")])
    [offer] = given_out(place)
    assert (offer.need, offer.unit.code) == (need, "802")
