from dataclasses import asdict
from datetime import date

import pytest

from ledger import log
from portal.core.errors import Invalid, NotAllowed, Overtaken, Refused
from tenancy import queries, services
from tenancy.allocation import allocate, check
from tenancy.fitting import Wish
from tenancy.models import AllocationRun, Occupancy, Offer
from tests.factories.people import company, leaves, person, with_role
from tests.factories.space import NOW, START, cluster, selected, space, unit

pytestmark = pytest.mark.django_db


def run(place, **given):
    return services.run_allocation(call=place.call, by=place.officer, now=NOW, **given)


def published(place):
    made = run(place)
    services.confirm_allocation(run=made, by=place.approver, now=NOW)
    return made, services.publish_allocation(run=made, by=place.approver, now=NOW)


def test_a_run_seals_its_inputs_and_follows_the_rule():
    place = space("801 802")
    first = selected(place, wishes=[Wish("UNIT", "802"), Wish("UNIT", "801")])
    second = selected(place, seats=3)
    third = selected(place)
    made = run(place)
    numbers = [need.application.receipt_number for need in (first, second, third)]
    assert made.inputs["applicants"] == numbers
    assert made.result == {numbers[0]: "mapo.802", numbers[1]: "mapo.801"}
    assert made.result == allocate(made.inputs["applicants"], made.inputs["preferences"])
    assert [(line.rank, line.unit and line.unit.code, line.wish) for line in made.lines.all()] == [
        (1, "802", 1),
        (2, "801", 1),
        (3, None, None),
    ]
    sealed, computed = leaves(made)
    assert sealed["type"] == "space.allocation.prepared/1"
    assert computed["data"] == {
        "from": "DRAFT",
        "to": "COMPUTED",
        "inputs": made.inputs_hash,
        "result": made.result_hash,
        "version": "look-ahead-serial-dictatorship:1",
        "placed": 2,
        "violations": 0,
    }


def test_publishing_sends_every_offer_and_holds_the_cells():
    place = space("801")
    unit(place.floor, "803", seats=8, cells=2)
    selected(place)
    selected(place, seats=8)
    made, offers = published(place)
    assert [(offer.unit.code, offer.status) for offer in offers] == [("801", "SENT"), ("803", "SENT")]
    rows = Occupancy.objects.order_by("cell__code")
    assert [(row.cell.code, row.status, row.period.lower, row.period.upper) for row in rows] == [
        (code, "HELD", START, date(2020, 12, 23)) for code in ("8-01", "8-02", "8-03")
    ]
    assert leaves(made)[-1]["data"]["to"] == "PUBLISHED"
    assert leaves(offers[0])[-1]["type"] == "space.offer.sent/1"
    place.card.refresh_from_db()
    assert place.card.frozen_at == NOW


def test_the_proof_file_is_enough_to_check():
    place = space("801 802")
    selected(place)
    made, _ = published(place)
    proof = services.prove_allocation(made)
    assert check(proof["applicants"], proof["preferences"], proof["result"]) == []
    assert proof["applicants"] == [made.lines.get().need.application.receipt_number]


def test_who_ran_it_does_not_confirm_it():
    place = space()
    selected(place)
    both = with_role("space.approver", user=place.officer, cluster=cluster())
    made = run(place)
    with pytest.raises(NotAllowed):
        services.confirm_allocation(run=made, by=both, now=NOW)


@pytest.mark.parametrize("who", ["stranger", "tenant", "other city", "other hub", "approver", "evaluator"])
def test_who_may_not_run(who):
    place = space()
    need = selected(place)
    people = {
        "stranger": person,
        "tenant": lambda: need.organisation.memberships.get().user,
        "other city": lambda: with_role("space.officer", cluster=cluster("incheon")),
        "other hub": lambda: with_role("space.officer", cluster=cluster(), scope_kind="hub", scope_ref="gaepo"),
        "approver": lambda: place.approver,
        "evaluator": lambda: with_role("space.evaluator", cluster=cluster()),
    }
    with pytest.raises(NotAllowed):
        services.run_allocation(call=place.call, by=people[who](), now=NOW)


def test_an_officer_does_not_confirm_or_publish():
    place = space()
    selected(place)
    made = run(place)
    for refused in (services.confirm_allocation, services.publish_allocation):
        with pytest.raises(NotAllowed):
            refused(run=made, by=with_role("space.officer", cluster=cluster()), now=NOW)


def test_a_second_run_needs_a_reason_and_voids_the_first():
    place = space()
    selected(place)
    first = run(place)
    with pytest.raises(Invalid):
        run(place)
    second = run(place, reason="상주 인원 정정")
    first.refresh_from_db()
    assert (first.status, second.number) == ("VOID", 2)
    assert "reason_c" in leaves(first)[-1]["data"]


def test_no_second_allocation_once_one_is_in_force():
    place = space()
    selected(place)
    published(place)
    with pytest.raises(Invalid):
        run(place, reason="다시")


def test_nobody_in_line():
    with pytest.raises(Invalid):
        run(space())
    assert not AllocationRun.objects.exists()


def test_a_room_taken_meanwhile_stops_the_confirmation():
    place = space("801 802")
    selected(place)
    made = run(place)
    services.block_unit(unit=place.unit("801"), start=START, end=date(2020, 1, 1), note="누수", by=place.officer)
    with pytest.raises(Refused, match="다시 계산"):
        services.confirm_allocation(run=made, by=place.approver, now=NOW)
    assert run(place, reason="801호 누수").result == {made.inputs["applicants"][0]: "mapo.802"}


def test_publishing_twice():
    place = space()
    selected(place)
    made, _ = published(place)
    stale = AllocationRun.objects.get(pk=made.pk)
    stale.status = "CONFIRMED"
    with pytest.raises(Refused):
        services.publish_allocation(run=stale, by=place.approver, now=NOW)
    assert Offer.objects.count() == 1


def test_feasibility_gives_the_reason_against_each_room():
    place = space("801 802")
    unit(place.floor, "803", seats=8, cells=2, features=["accessible"])
    services.block_unit(unit=place.unit("802"), start=START, end=date(2020, 1, 1), note="누수", by=place.officer)
    selected(place, seats=5)
    [row] = queries.feasibility(place.call, place.terms)
    assert row.refused == {"too_few_seats": 2}
    assert [chance.room.code for chance in row.fitting] == ["803"]
    assert asdict(row.chances[0].room)["free"] is True


def test_a_need_is_frozen_once_the_company_is_in_line():
    need = selected(space())
    with pytest.raises(NotAllowed):
        services.state_need(application=need.application, seats=9, by=log.SYSTEM)
    again = services.freeze_need(application=need.application, by=log.SYSTEM, now=NOW)
    assert len(leaves(again)) == 1


def test_needs_must_make_sense():
    need = selected(space(), in_line=False)
    for wrong in ({"seats": 0}, {"seats": 1, "wishes": [Wish("UNIT", "801")] * 2}):
        with pytest.raises(Invalid):
            services.state_need(application=need.application, by=log.SYSTEM, **wrong)


def test_only_its_people_state_a_companys_need():
    need = selected(space(), in_line=False)
    with pytest.raises(NotAllowed):
        services.state_need(application=need.application, seats=2, by=company().memberships.get().user)


def test_a_lost_race_for_the_run_in_force():
    place = space()
    selected(place)
    made = run(place)
    services.confirm_allocation(run=made, by=place.approver, now=NOW)
    stale = AllocationRun.objects.get(pk=made.pk)
    stale.status = "COMPUTED"
    with pytest.raises(Overtaken):
        services.confirm_allocation(run=stale, by=place.approver, now=NOW)


def test_bench_takes_as_many_queries_for_three_as_for_one(django_assert_num_queries):
    place = space("801 802 803")
    selected(place)
    terms = queries.terms_of(place.call)
    with django_assert_num_queries(4):
        queries.feasibility(place.call, terms)
    for _ in range(2):
        selected(place, wishes=[Wish("UNIT", "803")])
    with django_assert_num_queries(4):
        queries.feasibility(place.call, terms)
