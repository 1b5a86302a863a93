"""The doors of an event: every answer with its reason and kept, in and out, by day and by door; who came decides the tariff."""

import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.errors import Invalid, NotAllowed
from portal.mice import services
from portal.mice.models import CheckIn, EventDoor, EventEdition, Registrant
from tests.factories import support as make
from tests.factories.people import person
from tests.factories.support import ENDS, MILLION, STARTS
from tests.mice.test_awards import refused
from tests.tenancy.test_races import at_once

DAY = timedelta(days=1)


def morning(day, hour=1):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.fixture
def run(db):
    return make.support(support_rate_bp=10_000, required_onsite=10, required_foreign=2)


@pytest.fixture
def edition(run):
    return make.edition()


def guest(run, edition, **fields):
    given = {"name": "김참가", "origin": "DOMESTIC", **fields}
    return services.register_guest(edition=edition, by=run.officer, **given)


def scan(run, edition, who, *, at=None, **fields):
    given = {"code": services.event_ticket(who), "nonce": uuid.uuid4(), "now": at or morning(STARTS), **fields}
    return services.scan_ticket(edition=edition, by=run.officer, **given).verdict


def hall(run, edition, **fields):
    given = {"name": "본회의장", "opens_at": morning(STARTS), "closes_at": morning(STARTS, 9), **fields}
    return services.open_door(edition=edition, by=run.officer, **given)


def test_before_and_after_the_event_nobody_gets_in_and_each_refusal_is_kept(run, edition):
    who = guest(run, edition)
    days = [STARTS - DAY, STARTS, ENDS, ENDS + DAY]
    said = [scan(run, edition, who, at=morning(day)) for day in days]
    assert said == ["NOT_YET", "ADMITTED", "ADMITTED", "OVER"]
    assert list(CheckIn.objects.order_by("id").values_list("verdict", "day")) == list(zip(said, days, strict=True))


def test_seoul_says_what_day_it_is(run, edition):
    who = guest(run, edition)
    midnight = datetime(STARTS.year, STARTS.month, STARTS.day, tzinfo=UTC) - timedelta(hours=9)
    before = midnight - timedelta(seconds=1)
    assert [scan(run, edition, who, at=at) for at in (before, midnight)] == ["NOT_YET", "ADMITTED"]


def test_a_day_ticket_is_good_for_its_day(run, edition):
    who = guest(run, edition, day=ENDS)
    assert [scan(run, edition, who, at=morning(day)) for day in (STARTS, ENDS)] == ["OTHER_DAY", "ADMITTED"]
    with pytest.raises(Invalid, match="행사가 열리는 날"):
        guest(run, edition, day=ENDS + DAY)


def test_a_door_has_its_time_and_its_kinds(run, edition):
    door = hall(run, edition, kinds=["SPEAKER", "PRESS"])
    speaker, visitor = guest(run, edition, kind="SPEAKER"), guest(run, edition)
    early, closing = door.opens_at - timedelta(seconds=1), door.closes_at
    assert [scan(run, edition, speaker, at=at, door=door) for at in (early, door.opens_at, closing)] == [
        "NOT_YET",
        "ADMITTED",
        "OVER",
    ]
    assert scan(run, edition, visitor, at=door.opens_at, door=door) == "KIND"
    assert scan(run, edition, visitor, at=door.opens_at) == "ADMITTED"


def test_who_went_out_comes_in_again_and_nobody_leaves_who_was_not_there(run, edition):
    who = guest(run, edition)
    ways = ["EXIT", "ENTRY", "ENTRY", "EXIT", "EXIT", "ENTRY"]
    minutes = [morning(STARTS) + timedelta(minutes=number) for number in range(len(ways))]
    said = [scan(run, edition, who, at=at, way=way) for at, way in zip(minutes, ways, strict=True)]
    assert said == ["OUTSIDE", "ADMITTED", "INSIDE", "ADMITTED", "OUTSIDE", "ADMITTED"]
    assert services.count_turnout(edition)["onsite"] == 1


def test_inside_is_by_door_by_day_and_by_presence(run, edition):
    who, door = guest(run, edition), hall(run, edition)
    assert scan(run, edition, who) == "ADMITTED"
    assert scan(run, edition, who, door=door) == "ADMITTED"
    assert scan(run, edition, who, mode="ONLINE") == "ADMITTED"
    assert scan(run, edition, who, at=morning(ENDS)) == "ADMITTED"
    came = services.count_turnout(edition)
    assert (came["onsite"], came["online"], came["days"]) == (1, 0, 2)


def test_who_is_blocked_inside_still_gets_out(run, edition):
    who = guest(run, edition)
    assert scan(run, edition, who) == "ADMITTED"
    services.block_guest(registrant=who, blocked=True, by=run.officer)
    at = morning(STARTS) + timedelta(hours=1)
    assert scan(run, edition, who, at=at, way="EXIT") == "ADMITTED"
    assert scan(run, edition, who, at=at + timedelta(minutes=1)) == "BLOCKED"
    services.block_guest(registrant=who, blocked=False, by=run.officer)
    assert scan(run, edition, who, at=at + timedelta(minutes=2)) == "ADMITTED"


def test_strangers_run_no_doors(run, edition):
    who, stranger = guest(run, edition), person()
    for forbidden in (
        lambda: services.block_guest(registrant=who, blocked=True, by=stranger),
        lambda: services.open_door(
            edition=edition, name="문", opens_at=morning(STARTS), closes_at=morning(ENDS), by=stranger
        ),
        lambda: services.register_guest(edition=edition, name="", origin="DOMESTIC", by=stranger),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


def test_a_door_is_made_once_and_in_order(run, edition):
    hall(run, edition)
    with pytest.raises(Invalid, match="같은 이름"):
        hall(run, edition)
    with pytest.raises(Invalid, match="뒤여야"):
        hall(run, edition, name="옆문", closes_at=morning(STARTS))
    with pytest.raises(Invalid, match="다른 행사의 입구"):
        scan(run, make.edition(), guest(run, edition), door=EventDoor.objects.get())


def test_a_nonce_of_another_event_tells_nothing_of_it(run, edition):
    other, nonce = make.edition(), uuid.uuid4()
    assert scan(run, other, guest(run, other), nonce=nonce) == "ADMITTED"
    with pytest.raises(Invalid, match="다른 행사에서"):
        scan(run, edition, guest(run, edition), nonce=nonce)


def test_the_database_keeps_doors_and_tickets(run, edition):
    who, door, other = guest(run, edition), hall(run, edition), make.edition()
    row = {"verdict": "INSIDE", "day": STARTS, "at": morning(STARTS)}
    for wrong, rule in (
        ({"edition": other, "registrant": who}, "of another edition"),
        ({"edition": other, "door": door}, "of another edition"),
        ({"edition": edition, "way": "BACK"}, "scan_way_known"),
        ({"edition": edition, "verdict": "MAYBE"}, "scan_verdict_known"),
        ({"edition": edition, "verdict": "ADMITTED"}, "somebody_was_admitted"),
    ):
        refused(lambda wrong=wrong: CheckIn.objects.create(**{**row, "nonce": uuid.uuid4(), **wrong}), rule)
    refused(lambda: Registrant.objects.update(kind="KING"), "registrant_kind_known")
    refused(lambda: EventDoor.objects.update(kinds=["KING"]), "door_kinds_known")
    refused(lambda: EventDoor.objects.update(closes_at=door.opens_at), "door_closes_after_it_opens")
    again = {"edition": edition, "opens_at": door.opens_at, "closes_at": door.closes_at}
    refused(lambda: EventDoor.objects.create(name=door.name, **again), "doors_have_names")


@pytest.mark.parametrize(
    ("countries", "days", "tariff"),
    [(("US", "JP"), 2, 60), (("US", "US"), 2, 0), (("US", "JP"), 1, 0)],
)
def test_too_few_countries_or_days_are_paid_nothing_whoever_came(run, edition, countries, days, tariff):
    award = make.held(run, edition, 60)
    for place in range(8):
        scan(run, edition, guest(run, edition), at=morning(STARTS if place % days == 0 else ENDS))
    for country in countries:
        scan(run, edition, guest(run, edition, origin="FOREIGN", country=country))
    outcome = make.settled(run, award, make.spent(award, 40 * MILLION), make.spent(award, 20 * MILLION, "speakers"))
    assert (outcome.tariff, outcome.final) == (tariff * MILLION, tariff * MILLION)


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("attempt", range(3))
def test_two_gates_that_scan_one_ticket_in_the_same_second_let_in_once(attempt):
    run, edition = make.support(), make.edition()
    who = guest(run, edition)

    def gate(name):
        fresh = EventEdition.objects.get(pk=edition.pk)
        return lambda: scan(run, fresh, who, gate=name)

    outcomes = at_once(*[gate(f"문 {number}") for number in range(6)])
    assert Counter(outcomes) == {("done", "ADMITTED"): 1, ("done", "INSIDE"): 5}
    assert CheckIn.objects.count() == 6


@pytest.mark.usefixtures("committed_db")
def test_a_nonce_sent_twice_in_the_same_second_is_one_scan():
    run, edition = make.support(), make.edition()
    who, nonce = guest(run, edition), uuid.uuid4()
    outcomes = at_once(*[lambda: scan(run, edition, who, nonce=nonce) for _ in range(4)])
    assert Counter(outcomes) == {("done", "ADMITTED"): 4}
    assert CheckIn.objects.count() == 1
